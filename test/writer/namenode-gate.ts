// A gateway before a namenode that answers 503 while the cluster is away, as load balancers do: nothing reaches the namenode then.
import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** See the head of the file. Datanodes are reached past it. */
export class NamenodeGate implements AsyncDisposable {
  /** Set by whoever wants it so. */
  isAway = false
  /** Requests that were answered 503. */
  refusedCount = 0
  readonly #server: Server

  private constructor(namenode: URL) {
    this.#server = createServer((incoming, outgoing) => {
      if (this.isAway) {
        this.refusedCount += 1
        outgoing.writeHead(503, { 'Content-Type': 'text/html' }).end('<h1>Service Unavailable</h1>')
        return
      }
      const { method, url, headers } = incoming
      const asked = request({ host: namenode.hostname, port: namenode.port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      })
      // Either side may be killed: the other one sees its connection end.
      asked.on('error', () => outgoing.destroy())
      outgoing.on('error', () => asked.destroy())
      incoming.pipe(asked)
    })
  }

  /** Listens on loopback. */
  static async before(namenodeHttpUrl: string): Promise<NamenodeGate> {
    const gate = new NamenodeGate(new URL(namenodeHttpUrl))
    gate.#server.listen(0, '127.0.0.1')
    await once(gate.#server, 'listening')
    return gate
  }

  /** The head of a location. */
  get webhdfsUrl(): string {
    return `webhdfs://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
