// The conformance suite over real WebHDFS and real HttpFS. Its cases are side by side, for most of them wait for a server.
import { randomUUID } from 'node:crypto'
import { describe, it, vi } from 'vitest'
import type { WebHdfsScheme } from '../../../src/file-system/webhdfs/options.js'
import { createWebHdfsFileSystem, webHdfsCapabilities } from '../../../src/file-system/webhdfs/webhdfs-file-system.js'
import { runFileSystemConformance } from '../../../src/testing/index.js'
import { sharedCluster, sharedHadoopVersion } from '../../cluster/shared-cluster.js'

vi.setConfig({ maxConcurrency: 12 })

const schemes: readonly WebHdfsScheme[] = sharedHadoopVersion() === '3.4.2' ? ['webhdfs', 'httpfs'] : ['webhdfs']

describe.concurrent('WebHDFS and HttpFS', () => {
  for (const scheme of schemes) {
    const open = async (root: string) => {
      const cluster = await sharedCluster()
      const { hostname, port } = new URL(scheme === 'webhdfs' ? cluster.webhdfsUrl : cluster.httpfsUrl)
      const namenodes = [{ host: hostname, port: Number(port) }]
      return createWebHdfsFileSystem({ scheme, namenodes, root, user: cluster.description.user })
    }
    const factory = async () => {
      const directory = `${scheme}-conformance/${randomUUID()}`
      const top = await open('/')
      await top.mkdirs(directory)
      return {
        fileSystem: await open(`/${directory}`),
        another: () => open(`/${directory}`),
        dispose: async () => {
          await top.delete(directory, { recursive: 'all' })
          await top.close()
        },
      }
    }
    const capabilities = webHdfsCapabilities(scheme)
    runFileSystemConformance(`${scheme} ${sharedHadoopVersion()}`, factory, { describe, it, capabilities })
  }
})
