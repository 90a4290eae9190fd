// HTTP as it is, for the assumptions about the wire: one request, one connection, everything that came back. No
// redirect is followed, nothing is retried, a status of 500 is an answer like any other.
import { type ClientRequest, type IncomingHttpHeaders, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** The interim statuses (1xx) before it, in order. */
  readonly interim: readonly number[]
}

/** A RemoteException of a body. */
export interface RemoteError {
  readonly exception: string
  readonly javaClassName: string
  readonly message: string
}

/** A request whose body is sent piece by piece. */
export interface Sending {
  readonly request: ClientRequest
  /** Rejects with the socket's error if the connection ends without an answer. */
  readonly answer: Promise<Answer>
}

export interface SendOptions {
  /** A whole body, with its Content-Length. Left out together with `headers`: none. */
  readonly body?: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a whole request. */
export function send(method: string, url: string, options: SendOptions = {}): Promise<Answer> {
  const { body, headers } = options
  const length = body === undefined && method !== 'PUT' && method !== 'POST' ? {} : lengthOf(body)
  const sending = begin(method, url, { ...length, ...headers })
  sending.request.end(body)
  return sending.answer
}

/** Begins a request; without a Content-Length among the headers its body is chunked. The caller ends or destroys it. */
export function begin(method: string, url: string, headers: Readonly<Record<string, string>> = {}): Sending {
  const outgoing = request(url, { method, headers, agent: false })
  const interim: number[] = []
  const answer = new Promise<Answer>((resolve, reject) => {
    outgoing.on('information', ({ statusCode }) => interim.push(statusCode))
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks), interim })
      })
    })
  })
  // Whoever waits for the answer hears of it; a request that is cut on purpose has nobody waiting.
  answer.catch(() => {})
  return { request: outgoing, answer }
}

/** The JSON of a body. */
export function jsonOf(answer: { readonly body: Buffer }): unknown {
  return JSON.parse(answer.body.toString('utf8'))
}

/** The exception that a body names; undefined if it names none. The message is cut to its first line. */
export function remoteErrorOf(body: string): RemoteError | undefined {
  if (!body.startsWith('{')) return undefined
  const { RemoteException } = JSON.parse(body) as { RemoteException?: RemoteError }
  if (RemoteException === undefined) return undefined
  return { ...RemoteException, message: (RemoteException.message ?? '').split('\n')[0] ?? '' }
}

/** The path as it stands in a URL: every name percent-encoded. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** `<base>/webhdfs/v1<path>?op=…`, with the parameters that are given. */
export function opUrl(
  base: string,
  path: string,
  op: string,
  parameters: Readonly<Record<string, string | undefined>> = {},
): string {
  const query = new URLSearchParams({ op })
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value)
  return `${base}/webhdfs/v1${encodePath(path)}?${query}`
}

function lengthOf(body: Uint8Array | undefined): Record<string, string> {
  return { 'Content-Length': String(body?.length ?? 0) }
}
