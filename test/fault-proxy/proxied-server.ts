// A server behind a fault proxy, for the proxy's own tests; both are closed when the test ends.
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { type FaultProxy, startFaultProxy } from './proxy.js'
import { type Answer, type RecordingServer, startRecordingServer } from './recording-server.js'

const ok: Answer = (_request, response) => {
  response.end('{"boolean":true}')
}

export interface Served {
  readonly server: RecordingServer
  readonly proxy: FaultProxy
  /** The server's URL through the proxy. */
  readonly url: string
}

/** Anything that is to be closed when the test ends, the last opened first. */
export function closedAtEnd<T extends AsyncDisposable>(resource: T): T {
  onTestFinished(() => resource[Symbol.asyncDispose]())
  return resource
}

export async function serve(answer: Answer = ok): Promise<Served> {
  const server = closedAtEnd(await startRecordingServer(answer))
  const proxy = closedAtEnd(startFaultProxy())
  return { server, proxy, url: await proxy.routeUrl(server.url) }
}

/** A namenode that redirects to a datanode, as WebHDFS does, and the same with `noredirect=true`. */
export async function serveWebHdfs(): Promise<Served & { readonly datanode: RecordingServer }> {
  const datanode = closedAtEnd(
    await startRecordingServer((_request, response) => {
      response.writeHead(201, { Location: 'hdfs://127.0.0.1:8020/a', Connection: 'close' }).end()
    }),
  )
  const served = await serve((request, response) => {
    // Written in another length than the proxy's address, so that a Content-Length left as it was would show.
    const location = `http://127.1:${datanode.port}${request.url}&namenoderpcaddress=127.0.0.1%3A8020`
    if (request.url?.includes('noredirect=true')) {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ Location: location }))
    } else response.writeHead(307, { Location: location, 'Content-Length': 0 }).end()
  })
  return { ...served, datanode }
}

/** A client that says exactly `text`. */
export function rawClient(url: string, text: string): { readonly client: Socket; readonly read: () => string } {
  const { hostname, port } = new URL(url)
  const client = connect(Number(port), hostname)
  const chunks: Buffer[] = []
  client.on('data', (chunk: Buffer) => chunks.push(chunk))
  client.on('error', () => {
    // 'close' follows, and tells enough.
  })
  client.write(text)
  return { client, read: () => Buffer.concat(chunks).toString() }
}
