// Just enough HTTP/1.1 to see where a message begins, what it asks for and where its body ends. Bytes are passed on as
// they came: what a client or a server does wrongly must arrive wrongly.
import type { SocketReader } from './socket-reader.js'

/** A longer head than this is a mistake of the test, not traffic of ours. Node's own limit is 16 KiB. */
const headBytesMax = 64 * 1024

/** How much of a body is read at once: small enough that "after n bytes" costs no extra copy, large enough to be fast. */
const pieceBytesMax = 64 * 1024

export type HeaderList = readonly (readonly [name: string, value: string])[]

/** What a matcher sees of a request. */
export interface RequestHead {
  readonly method: string
  /** The request line's target as sent, percent-encoding included. */
  readonly target: string
  /** The path below `/webhdfs/v1`, decoded; the whole decoded path for other HTTP traffic. */
  readonly path: string
  readonly query: URLSearchParams
  /** The `op` parameter in upper case; empty if there is none. */
  readonly op: string
  readonly headers: HeaderList
}

export interface ResponseHead {
  readonly status: number
  readonly reason: string
  readonly headers: HeaderList
}

/** How far a body reaches: `length` bytes, a chunked body, or until the sender closes. */
export type BodyFrame =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' }

/** A piece of a body: the bytes on the wire, and how many of them are content (none in a chunk's frame). */
export interface BodyPiece {
  readonly wire: Buffer
  readonly contentBytes: number
}

export function headerOf(headers: HeaderList, name: string): string | undefined {
  return headers.find(([given]) => given.toLowerCase() === name)?.[1]
}

/** Reads one request head; null when the client ends the connection instead. */
export async function readRequestHead(
  reader: SocketReader,
): Promise<{ readonly head: RequestHead; readonly wire: Buffer } | null> {
  const wire = await reader.through('\r\n\r\n', headBytesMax)
  if (wire === null) return null
  const { first, headers } = parseHead(wire)
  const [method = '', target = ''] = first.split(' ')
  const url = new URL(target, 'http://proxy.invalid')
  const query = url.searchParams
  const path = decoded(url.pathname.replace(/^\/webhdfs\/v1(?=\/|$)/, ''))
  return {
    head: { method, target, path: path === '' ? '/' : path, query, op: (query.get('op') ?? '').toUpperCase(), headers },
    wire,
  }
}

/** Reads one response head, an interim one (1xx) included; null when the server ends the connection instead. */
export async function readResponseHead(
  reader: SocketReader,
): Promise<{ readonly head: ResponseHead; readonly wire: Buffer } | null> {
  const wire = await reader.through('\r\n\r\n', headBytesMax)
  if (wire === null) return null
  const { first, headers } = parseHead(wire)
  const [, status = '', ...reason] = first.split(' ')
  return { head: { status: Number(status), reason: reason.join(' '), headers }, wire }
}

export function requestFrame(head: RequestHead): BodyFrame {
  return declaredFrame(head.headers) ?? { kind: 'length', bytes: 0 }
}

export function responseFrame(head: ResponseHead, requestMethod: string): BodyFrame {
  const bodiless = requestMethod === 'HEAD' || head.status === 204 || head.status === 304 || head.status < 200
  if (bodiless) return { kind: 'length', bytes: 0 }
  return declaredFrame(head.headers) ?? { kind: 'until-close' }
}

/**
 * The pieces of a body, as they arrive. Ends early, without an error, when the sender goes away; the return value tells
 * whether the body was whole.
 *
 * @param cutAt no piece crosses this many content bytes, so that a fault can act exactly there
 */
export async function* bodyPieces(
  reader: SocketReader,
  frame: BodyFrame,
  cutAt: number,
): AsyncGenerator<BodyPiece, boolean> {
  let seen = 0
  const content = async (left: number): Promise<BodyPiece | null> => {
    const untilCut = seen < cutAt ? cutAt - seen : Number.POSITIVE_INFINITY
    const wire = await reader.some(Math.min(left, untilCut, pieceBytesMax))
    if (wire === null) return null
    seen += wire.length
    return { wire, contentBytes: wire.length }
  }
  switch (frame.kind) {
    case 'length':
      for (let left = frame.bytes; left > 0; ) {
        const piece = await content(left)
        if (piece === null) return false
        left -= piece.contentBytes
        yield piece
      }
      return true
    case 'until-close':
      for (;;) {
        const piece = await content(Number.POSITIVE_INFINITY)
        if (piece === null) return true
        yield piece
      }
    case 'chunked':
      for (;;) {
        const line = await reader.through('\r\n', headBytesMax)
        if (line === null) return false
        yield { wire: line, contentBytes: 0 }
        const chunkBytes = Number.parseInt(line.toString('latin1'), 16)
        if (Number.isNaN(chunkBytes)) throw new Error(`not a chunk size: ${JSON.stringify(line.toString('latin1'))}`)
        for (let left = chunkBytes; left > 0; ) {
          const piece = await content(left)
          if (piece === null) return false
          left -= piece.contentBytes
          yield piece
        }
        // After the last chunk come trailer lines, if any, then an empty line; after any other just the line's end.
        for (;;) {
          const end = await reader.through('\r\n', headBytesMax)
          if (end === null) return false
          yield { wire: end, contentBytes: 0 }
          if (end.length === 2) break
        }
        if (chunkBytes === 0) return true
      }
  }
}

export function writeResponseHead(head: ResponseHead): Buffer {
  const lines = head.headers.map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`HTTP/1.1 ${head.status} ${head.reason}\r\n${lines.join('')}\r\n`, 'latin1')
}

/** A path with a stray `%` goes on to the server as it is; a matcher sees it undecoded. */
function decoded(path: string): string {
  return /%(?![0-9a-fA-F]{2})/.test(path) ? path : decodeURIComponent(path)
}

function declaredFrame(headers: HeaderList): BodyFrame | null {
  if (headerOf(headers, 'transfer-encoding')?.toLowerCase().includes('chunked')) return { kind: 'chunked' }
  const length = headerOf(headers, 'content-length')
  return length === undefined ? null : { kind: 'length', bytes: Number(length) }
}

function parseHead(wire: Buffer): { readonly first: string; readonly headers: HeaderList } {
  const [first = '', ...lines] = wire.toString('latin1').trimEnd().split('\r\n')
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return { first, headers }
}
