// The conformance suite over HDFS's own protocol. Its cases are side by side, for most of them wait for a server.
import { randomUUID } from 'node:crypto'
import { describe, it, vi } from 'vitest'
import { createHdfsFileSystem, HDFS_CAPABILITIES } from '../../../src/file-system/hdfs/hdfs-file-system.js'
import { runFileSystemConformance } from '../../../src/testing/index.js'
import { sharedCluster, sharedHadoopVersion } from '../../cluster/shared-cluster.js'

vi.setConfig({ maxConcurrency: 12 })

describe.concurrent('HDFS by its own protocol', () => {
  const open = async (root: string) => {
    const { hdfsUrl, description } = await sharedCluster()
    const { hostname, port } = new URL(hdfsUrl)
    return createHdfsFileSystem({ namenodes: [{ host: hostname, port: Number(port) }], root, user: description.user })
  }
  const factory = async () => {
    const directory = `hdfs-conformance/${randomUUID()}`
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
  const capabilities = HDFS_CAPABILITIES
  runFileSystemConformance(`hdfs ${sharedHadoopVersion()}`, factory, { describe, it, capabilities })
})
