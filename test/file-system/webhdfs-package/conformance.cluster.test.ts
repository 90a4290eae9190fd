// The conformance suite through the npm package, over real WebHDFS and real HttpFS.
import { randomUUID } from 'node:crypto'
import { describe, it, vi } from 'vitest'
import webhdfs from 'webhdfs'
import { createWebHdfsPackageFileSystem } from '../../../src/file-system/webhdfs-package/webhdfs-package-file-system.js'
import { wireCapabilities } from '../../../src/file-system/webhdfs-protocol/wire-file-system.js'
import { runFileSystemConformance } from '../../../src/testing/index.js'
import { sharedCluster, sharedHadoopVersion } from '../../cluster/shared-cluster.js'

vi.setConfig({ maxConcurrency: 12 })

const servers = sharedHadoopVersion() === '3.4.2' ? (['webhdfs', 'httpfs'] as const) : (['webhdfs'] as const)

describe.concurrent('the package webhdfs', () => {
  for (const server of servers) {
    const open = async (root: string) => {
      const cluster = await sharedCluster()
      const { hostname: host, port } = new URL(server === 'webhdfs' ? cluster.webhdfsUrl : cluster.httpfsUrl)
      const client = webhdfs.createClient({ host, port, user: cluster.description.user, path: '/webhdfs/v1' })
      return createWebHdfsPackageFileSystem(client, { root, server })
    }
    const factory = async () => {
      const directory = `package-${server}-conformance/${randomUUID()}`
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
    const capabilities = wireCapabilities({ httpFs: server === 'httpfs' })
    runFileSystemConformance(`the package webhdfs, ${server} ${sharedHadoopVersion()}`, factory, {
      describe,
      it,
      capabilities,
    })
  }
})
