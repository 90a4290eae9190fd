// A fake namenode with a fake datanode behind it, and the adapter on both, for tests that bend one thing at a time.

import type { FileSystem } from '../../../src/file-system/file-system.js'
import type { WebHdfsOptions } from '../../../src/file-system/webhdfs/options.js'
import { createWebHdfsFileSystem } from '../../../src/file-system/webhdfs/webhdfs-file-system.js'
import {
  type Answer,
  contentOf,
  type FakeServer,
  fileStatus,
  redirectTo,
  refuse,
  respondJson,
  say,
  startFakeServer,
} from './fake-server.js'

/** Pauses that a test can wait for. Time-outs keep their defaults: what is not meant to run into one must not do so on a slow machine. */
export const SHORT_PAUSES: { readonly failoverPauseMs: number; readonly truncatePollMs: number } = {
  failoverPauseMs: 5,
  truncatePollMs: 2,
}

export interface FakeCluster extends AsyncDisposable {
  readonly namenode: FakeServer
  readonly datanode: FakeServer
  /** What was uploaded, by path. */
  readonly files: Map<string, Buffer>
  readonly fileSystem: FileSystem
  /** A second adapter with other options; closed with the cluster. */
  adapter(options: Partial<WebHdfsOptions>): FileSystem
}

/** Files live in `files`; uploads, stat and reads work as they should until a test says otherwise. */
export async function startFakeCluster(options: Partial<WebHdfsOptions> = {}): Promise<FakeCluster> {
  const files = new Map<string, Buffer>()
  const datanode = await startFakeServer({
    CREATE: async ({ seen, request, response }) => {
      files.set(seen.path, await contentOf(request))
      response.writeHead(201, { 'Content-Length': 0, Connection: 'close' }).end()
    },
    APPEND: async ({ seen, request, response }) => {
      files.set(seen.path, Buffer.concat([files.get(seen.path) ?? Buffer.alloc(0), await contentOf(request)]))
      response.writeHead(200, { 'Content-Length': 0, Connection: 'close' }).end()
    },
    OPEN: ({ seen, response }) => {
      const from = Number(seen.query.get('offset') ?? 0)
      const length = seen.query.get('length')
      const content = files.get(seen.path)?.subarray(from, length === null ? undefined : from + Number(length))
      response.writeHead(200, { 'Content-Length': content?.byteLength ?? 0, Connection: 'close' }).end(content)
    },
  })
  const toDatanode = redirectTo(() => datanode.url)
  const namenode = await startFakeServer({
    CREATE: toDatanode,
    APPEND: toDatanode,
    OPEN: toDatanode,
    GETFILESTATUS: (exchange) => {
      const content = files.get(exchange.seen.path)
      if (content !== undefined) return respondJson(exchange.response, 200, fileStatus(content.byteLength))
      return absent(exchange)
    },
    MKDIRS: say({ boolean: true }),
  })
  const adapters: FileSystem[] = []
  const adapter = (more: Partial<WebHdfsOptions>): FileSystem => {
    const made = createWebHdfsFileSystem({
      scheme: 'webhdfs',
      namenodes: [{ host: '127.0.0.1', port: namenode.port }],
      root: '/base',
      user: 'tester',
      ...SHORT_PAUSES,
      ...options,
      ...more,
    })
    adapters.push(made)
    return made
  }
  return {
    namenode,
    datanode,
    files,
    fileSystem: adapter({}),
    adapter,
    async [Symbol.asyncDispose]() {
      for (const each of adapters) await each.close()
      await namenode[Symbol.asyncDispose]()
      await datanode[Symbol.asyncDispose]()
    },
  }
}

/** As HDFS says that nothing stands there. */
export const absent: Answer = ({ seen, request, response, socket }) =>
  refuse(404, 'FileNotFoundException', `File does not exist: ${seen.path}`)({ seen, request, response, socket })
