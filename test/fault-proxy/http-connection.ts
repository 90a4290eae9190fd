// One HTTP connection through the proxy: exchange after exchange, each under the fault that it met, if any.
import type { Upstream } from './connection.js'
import { Connection } from './connection.js'
import { Exchange } from './exchange.js'
import type { SeenResponse } from './fault.js'
import type { BodyPiece, RequestHead, ResponseHead } from './http-message.js'
import {
  bodyPieces,
  readRequestHead,
  readResponseHead,
  requestFrame,
  responseFrame,
  writeResponseHead,
} from './http-message.js'
import { isRedirect, mayNameLocation, rewriteLocationBody, rewriteLocationHeader } from './redirect.js'
import { type SocketReader, writeTo } from './socket-reader.js'

/** A request that is held back is kept in memory: tests hold small ones. */
const heldBytesMax = 64 * 2 ** 20

/** How much of a response a test gets to see. */
const seenBodyBytesMax = 64 * 1024

export class HttpConnection extends Connection {
  /** The client is cut off: nothing is forwarded to it any more. */
  #clientCut = false

  protected override async run(): Promise<void> {
    while (!this.closed && !this.#clientCut) {
      const request = await readRequestHead(this.fromClient)
      if (request === null || this.closed) return
      const { faults, server, id } = this.context
      const hop = hopOf(request.head)
      const strike = faults.meet({ request: request.head, hop, server, connectionId: id, direction: 'request' })
      const exchange = new Exchange(request.head, strike, () => this.#cut(exchange))
      const open = await this.#serve(exchange, request.wire)
      exchange.end()
      if (!open) return
    }
  }

  /** `false` when the connection is to end with this exchange. */
  async #serve(exchange: Exchange, requestWire: Buffer): Promise<boolean> {
    const { fault } = exchange
    if (fault?.kind === 'cut-before') {
      this.close()
      exchange.tell()
      return false
    }
    if (fault?.kind === 'observe') exchange.tell()
    const body = bodyPieces(this.fromClient, requestFrame(exchange.request!), exchange.actsAfterBytes('request'))
    const held = fault?.kind === 'hold' ? await this.#holdBack(exchange, body) : null
    if (fault?.kind === 'delay' && fault.direction === 'request') {
      exchange.tell()
      await this.pause(fault.delayMs)
    }
    if (this.closed || this.#clientCut) return false
    // The server may have dropped an idle connection while a request for it was held.
    if (held !== null) this.dropUpstream()
    const upstream = await this.connect()
    if (upstream === null || this.#clientCut) return false
    const [response] = await Promise.all([
      this.#passResponse(exchange, upstream),
      this.#sendRequest(exchange, upstream, requestWire, held ?? body),
    ])
    return response !== null
  }

  /** Takes the whole request, or what the client sends of it, and waits for its release. */
  async #holdBack(exchange: Exchange, body: AsyncGenerator<BodyPiece, boolean>): Promise<readonly BodyPiece[]> {
    const kept: BodyPiece[] = []
    let keptBytes = 0
    let next = await body.next()
    for (; next.done !== true; next = await body.next()) {
      kept.push(next.value)
      keptBytes += next.value.wire.length
      if (keptBytes > heldBytesMax) throw new Error(`a held request is longer than ${heldBytesMax} bytes`)
    }
    exchange.requestWhole = next.value
    exchange.stop()
    exchange.tell()
    await this.unlessClosed(exchange.mayGoOn())
    return kept
  }

  async #sendRequest(
    exchange: Exchange,
    upstream: Upstream,
    requestWire: Buffer,
    pieces: AsyncIterable<BodyPiece> | readonly BodyPiece[],
  ): Promise<void> {
    const actsAfterBytes = exchange.actsAfterBytes('request')
    let contentBytes = 0
    await writeTo(upstream.socket, requestWire)
    if (actsAfterBytes === 0) await this.#strike(exchange)
    for await (const piece of pieces) {
      await this.unlessClosed(exchange.mayGoOn())
      // Nothing to write to is no reason to stop reading: where the server answered early, the client has to hear it.
      await writeTo(upstream.socket, piece.wire)
      contentBytes += piece.contentBytes
      if (piece.contentBytes > 0 && contentBytes === actsAfterBytes) await this.#strike(exchange)
    }
    // What was held back stands for a request that is still on its way: its client's end comes behind the answer.
    if (exchange.fault?.kind !== 'hold') void this.#passClientEnd(exchange, upstream)
  }

  async #passResponse(exchange: Exchange, upstream: Upstream): Promise<SeenResponse | null> {
    for (;;) {
      const response = await readResponseHead(upstream.reader)
      if (response === null) {
        await this.unlessClosed(exchange.mayGoOn())
        // The client may still be sending; there is nobody left whom it could send to.
        this.client.destroy()
        return null
      }
      if (response.head.status >= 200) {
        const seen = await this.#passFinalResponse(exchange, upstream, response)
        exchange.answered(seen)
        if (seen !== null) void this.#passServerEnd(exchange, upstream)
        return seen
      }
      await this.#forward(exchange, response.wire)
    }
  }

  async #passFinalResponse(
    exchange: Exchange,
    { reader }: Upstream,
    response: { readonly head: ResponseHead; readonly wire: Buffer },
  ): Promise<SeenResponse | null> {
    const { fault } = exchange
    const unheard = fault?.kind === 'cut-after' || fault?.kind === 'swallow-reply'
    const actsAfterBytes = exchange.actsAfterBytes('response')
    const { head, wire, pieces } = await this.#redirectThroughProxy(exchange, reader, response)
    if (fault?.kind === 'delay' && fault.direction === 'response') {
      exchange.tell()
      await this.pause(fault.delayMs)
    }
    if (!unheard) await this.#forward(exchange, wire)
    if (actsAfterBytes === 0) await this.#strike(exchange)
    const seen: Buffer[] = []
    let contentBytes = 0
    let next = await pieces.next()
    for (; next.done !== true; next = await pieces.next()) {
      const piece = next.value
      if (!unheard) await this.#forward(exchange, piece.wire)
      if (piece.contentBytes > 0 && contentBytes < seenBodyBytesMax) seen.push(piece.wire)
      contentBytes += piece.contentBytes
      if (piece.contentBytes > 0 && contentBytes === actsAfterBytes) await this.#strike(exchange)
    }
    if (!next.value) {
      this.client.destroySoon()
      return null
    }
    const body = Buffer.concat(seen).subarray(0, seenBodyBytesMax).toString('utf8')
    const answer = { status: head.status, headers: head.headers, body }
    if (unheard) {
      exchange.answered(answer)
      await this.#leaveUnheard(exchange)
    }
    return answer
  }

  /** The client gets no answer: it is cut off, or waits until it leaves of its own accord. */
  async #leaveUnheard(exchange: Exchange): Promise<void> {
    if (exchange.fault?.kind === 'cut-after') {
      this.#clientCut = true
      this.client.destroy()
      exchange.tell()
      return
    }
    exchange.tell()
    this.#clientCut = true
    while ((await this.fromClient.some(seenBodyBytesMax)) !== null) {
      // Whatever else the client says is for nobody.
    }
    this.client.destroy()
  }

  /** The response as the client is to see it: a server that it is sent to is one behind this proxy. */
  async #redirectThroughProxy(
    exchange: Exchange,
    reader: SocketReader,
    { head, wire }: { readonly head: ResponseHead; readonly wire: Buffer },
  ): Promise<{
    readonly head: ResponseHead
    readonly wire: Buffer
    readonly pieces: AsyncGenerator<BodyPiece, boolean>
  }> {
    const request = exchange.request!
    const { route } = this.context
    const frame = responseFrame(head, request.method)
    const pieces = bodyPieces(reader, frame, exchange.actsAfterBytes('response'))
    if (isRedirect(head)) {
      const rewritten = await rewriteLocationHeader(head, route)
      return { head: rewritten, wire: writeResponseHead(rewritten), pieces }
    }
    if (mayNameLocation(request, head)) {
      const whole: Buffer[] = []
      for await (const piece of pieces) if (piece.contentBytes > 0) whole.push(piece.wire)
      const rewritten = await rewriteLocationBody(head, Buffer.concat(whole), route)
      const again = piecesOf(rewritten.body, exchange.actsAfterBytes('response'))
      return { head: rewritten.head, wire: writeResponseHead(rewritten.head), pieces: again }
    }
    return { head, wire, pieces }
  }

  /** The fault acts here, in the middle of a body. */
  async #strike(exchange: Exchange): Promise<void> {
    if (exchange.fault?.kind === 'cut-body') this.#cut(exchange)
    else exchange.stop()
    exchange.tell()
    await this.unlessClosed(exchange.mayGoOn())
  }

  async #forward(exchange: Exchange, wire: Buffer): Promise<void> {
    if (!(await this.unlessClosed(exchange.mayGoOn())) || this.#clientCut) return
    await writeTo(this.client, wire)
  }

  /** The client gets what was forwarded to it, then its end; the server likewise, and may still answer: to nobody. */
  #cut(exchange: Exchange): void {
    this.#clientCut = true
    this.client.destroySoon()
    if (this.upstream === null) this.close()
    else this.upstream.socket.end()
    exchange.release()
  }

  /** A client that leaves while its request is being served: the server is told. */
  async #passClientEnd(exchange: Exchange, upstream: Upstream): Promise<void> {
    const more = await this.fromClient.peek()
    if (more || exchange.over || this.upstream !== upstream) return
    if (await this.unlessClosed(exchange.mayGoOn())) upstream.socket.end()
  }

  /** A server that ends the connection behind its answer: the client is told. */
  async #passServerEnd(exchange: Exchange, upstream: Upstream): Promise<void> {
    const more = await upstream.reader.peek()
    if (more || this.upstream !== upstream) return
    if (await this.unlessClosed(exchange.mayGoOn())) this.client.end()
  }
}

/** A namenode's redirect to a datanode carries its own address, HttpFS marks the one to itself. */
function hopOf({ query }: RequestHead): 'first' | 'redirected' {
  return query.has('namenoderpcaddress') || query.get('data') === 'true' ? 'redirected' : 'first'
}

async function* piecesOf(body: Buffer, cutAt: number): AsyncGenerator<BodyPiece, boolean> {
  for (const wire of [body.subarray(0, cutAt), body.subarray(cutAt)]) {
    if (wire.length > 0) yield { wire, contentBytes: wire.length }
  }
  return true
}
