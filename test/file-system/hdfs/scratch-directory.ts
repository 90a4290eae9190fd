// A directory of its own in the shared cluster, for tests over HDFS's own protocol.
import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { createHdfsFileSystem } from '../../../src/file-system/hdfs/hdfs-file-system.js'
import type { HdfsOptions } from '../../../src/file-system/hdfs/options.js'
import { sharedCluster } from '../../cluster/shared-cluster.js'

export interface ScratchDirectory {
  /** Absolute. */
  readonly root: string
  readonly user: string
  readonly rpc: { readonly host: string; readonly port: number }
  /** Another client of the directory; it is closed with the test. */
  open(options?: Partial<HdfsOptions>): FileSystem
}

/** Gone after the test. */
export async function scratchDirectory(): Promise<ScratchDirectory> {
  const { hdfsUrl, description } = await sharedCluster()
  const { hostname: host, port } = new URL(hdfsUrl)
  const rpc = { host, port: Number(port) }
  const { user } = description
  const name = `hdfs-tests/${randomUUID()}`
  const root = `/${name}`
  const top = createHdfsFileSystem({ namenodes: [rpc], root: '/', user })
  await top.mkdirs(name)
  const opened: FileSystem[] = []
  onTestFinished(async () => {
    for (const each of opened) await each.close()
    await top.delete(name, { recursive: 'all' })
    await top.close()
  })
  return {
    root,
    user,
    rpc,
    open: (options = {}) => {
      const fileSystem = createHdfsFileSystem({ namenodes: [rpc], root, user, ...options })
      opened.push(fileSystem)
      return fileSystem
    },
  }
}

/** Bytes that differ from place to place. */
export function someBytes(bytes: number, seed = 1): Uint8Array {
  const content = Buffer.allocUnsafe(bytes)
  let state = seed >>> 0
  for (let index = 0; index < bytes; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    content[index] = state >>> 24
  }
  return content
}
