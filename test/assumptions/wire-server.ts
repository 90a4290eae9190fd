// A namenode or HttpFS as the wire assumptions see it: requests in their raw form, with the answers in theirs.
import { eventually } from './eventually.js'
import { type Answer, jsonOf, opUrl, type RemoteError, remoteErrorOf, type SendOptions, send } from './wire.js'

/** Request parameters beside `op` and `user.name`. */
export type Parameters = Readonly<Record<string, string | undefined>>

const octets = { 'Content-Type': 'application/octet-stream' }

export class WireServer {
  /** `http://host:port` */
  readonly url: string
  readonly user: string

  constructor(url: string, user: string) {
    this.url = url
    this.user = user
  }

  opUrl(path: string, op: string, parameters: Parameters = {}): string {
    return opUrl(this.url, path, op, { 'user.name': this.user, ...parameters })
  }

  /** One request, its redirect not followed. */
  ask(
    method: string,
    path: string,
    op: string,
    parameters: Parameters = {},
    options: SendOptions = {},
  ): Promise<Answer> {
    return send(method, this.opUrl(path, op, parameters), options)
  }

  /** Where the redirect leads. */
  async locate(method: string, path: string, op: string, parameters: Parameters = {}): Promise<string> {
    const answer = await this.ask(method, path, op, parameters)
    const { location } = answer.headers
    if (location === undefined) throw new Error(`no redirect: ${answer.status} ${answer.body}`)
    return location
  }

  /** CREATE with its redirect followed; `overwrite=false` unless the parameters say otherwise. */
  async create(path: string, content: string, parameters: Parameters = {}): Promise<Answer> {
    const location = await this.locate('PUT', path, 'CREATE', { overwrite: 'false', ...parameters })
    return send('PUT', location, { body: Buffer.from(content), headers: octets })
  }

  /** APPEND with its redirect followed. */
  async append(path: string, content: string, parameters: Parameters = {}): Promise<Answer> {
    const location = await this.locate('POST', path, 'APPEND', parameters)
    return send('POST', location, { body: Buffer.from(content), headers: octets })
  }

  /** What GET_BLOCK_LOCATIONS says. */
  async blocks(path: string): Promise<LocatedBlocks> {
    const answer = await this.ask('GET', path, 'GET_BLOCK_LOCATIONS')
    return (jsonOf(answer) as { LocatedBlocks: LocatedBlocks }).LocatedBlocks
  }

  /** Waits until an upload has begun, or ended. A file that is not there yet is not open. */
  async untilOpen(path: string, open: 'open' | 'closed' = 'open'): Promise<void> {
    await eventually(`${path} is ${open}`, async () => {
      const answer = await this.ask('GET', path, 'GET_BLOCK_LOCATIONS')
      const blocks = answer.status === 200 ? (jsonOf(answer) as { LocatedBlocks: LocatedBlocks }).LocatedBlocks : null
      return blocks?.isUnderConstruction === (open === 'open')
    })
  }

  async length(path: string): Promise<number> {
    const answer = await this.ask('GET', path, 'GETFILESTATUS')
    return (jsonOf(answer) as { FileStatus: { length: number } }).FileStatus.length
  }
}

/** The part of it that we read, and what stands beside it. */
export interface LocatedBlocks {
  readonly fileLength: number
  readonly isUnderConstruction: boolean
  readonly isLastBlockComplete: boolean
  readonly locatedBlocks: readonly {
    readonly block: { readonly numBytes: number }
    readonly startOffset: number
  }[]
  readonly lastLocatedBlock: { readonly block: { readonly numBytes: number } } | null
}

/** The status and the exception of an error answer, as one value. */
export function errorOf(answer: Answer): { status: number } & Partial<RemoteError> {
  return { status: answer.status, ...remoteErrorOf(answer.body.toString('utf8')) }
}

/** The status and the body of an answer that is no error, as one value. */
export function bodyOf(answer: Answer): { status: number; type: string | undefined; body: string } {
  const { status, headers, body } = answer
  return { status, type: headers['content-type'], body: body.toString('utf8').trim() }
}
