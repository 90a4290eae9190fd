// An upload of the port: bytes into one file by one request, its answer judged, the file's length checked.
import type { Upload } from '../file-system.js'
import { FileSystemError, type Outcome } from '../file-system-error.js'
import { errorOfRefusal, Refused, unintelligible } from './answer-errors.js'
import type { Attempt } from './arguments.js'
import { verdictOn } from './exceptions.js'
import { checkLength } from './length-check.js'
import { remoteExceptionOf } from './replies.js'
import { errorOfFailure, TransportFailure } from './transport-failure.js'
import type { Wire, WireReply } from './wire.js'

/** A request that carries content. Whatever fails, fails with a {@link TransportFailure}. */
export interface ContentRequest {
  /** What the server said, if it has. */
  readonly reply: WireReply | undefined
  /** Hands bytes over. A promise only where they have to wait; throws or rejects when the request is over, be it by an answer or a failure. */
  write(chunk: Uint8Array): Promise<void> | undefined
  /** No more bytes. Resolves with the answer. */
  end(): Promise<WireReply>
  /** Breaks the connection off, and waits until it is closed. Never rejects. */
  destroy(): Promise<void>
}

/** Opens requests for one upload; it remembers which datanodes failed, and how many were tried in all. */
export interface ContentOpener {
  /** Resolves with a connected request. Rejects with a `FileSystemError`; nothing has happened to the file then. */
  open(): Promise<ContentRequest>
  readonly mayTryAnother: boolean
  /** Leaves out the datanode that was tried last. */
  exclude(): Promise<void>
  /** The upload is done, and was found to be: the next one to this file may go the same way. */
  keep(): void
}

/** What is uploaded: a new file, or more of one that has `baseBytes`. */
export interface UploadPlan {
  readonly op: 'CREATE' | 'APPEND'
  readonly parameters: Readonly<Record<string, string | number | undefined>>
  readonly baseBytes: number
  /** Bytes of the content, where they are known. */
  readonly contentBytes?: number
}

/** See {@link Upload}. */
export class WireUpload implements Upload {
  readonly #wire: Wire
  readonly #attempt: Attempt
  readonly #opener: ContentOpener
  readonly #creates: boolean
  readonly #baseBytes: number
  #request: ContentRequest
  #failure: FileSystemError | undefined
  #over = false
  /** A datanode got the headers of a create, and then another one did: that the name is taken may be our own doing. */
  #askedTwice = false
  #sentBytes = 0

  /** Resolves when a datanode has taken the connection. */
  static async open(wire: Wire, plan: UploadPlan, opener: ContentOpener, attempt: Attempt): Promise<WireUpload> {
    return new WireUpload(wire, plan, attempt, opener, await opener.open())
  }

  private constructor(wire: Wire, plan: UploadPlan, attempt: Attempt, opener: ContentOpener, request: ContentRequest) {
    this.#wire = wire
    this.#attempt = attempt
    this.#opener = opener
    this.#creates = plan.op === 'CREATE'
    this.#baseBytes = plan.baseBytes
    this.#request = request
  }

  get path(): string {
    return this.#attempt.path
  }

  get sentBytes(): number {
    return this.#sentBytes
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#over) return Promise.reject(this.#closedError('not-applied'))
    const first = this.#sentBytes === 0
    this.#sentBytes += chunk.byteLength
    try {
      const wait = this.#request.write(chunk)
      return wait?.catch((error: unknown) => Promise.reject(this.#fail(error)))
    } catch (error) {
      if (first && this.#lostBeforeBody(error)) return this.#writeElsewhere(chunk)
      return Promise.reject(this.#fail(error))
    }
  }

  makeDurable(): Promise<number> {
    return this.end()
  }

  async end(): Promise<number> {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#over) throw this.#closedError('not-applied')
    this.#over = true
    try {
      this.#checkAnswer(await this.#request.end())
      const lengthBytes = this.#baseBytes + this.#sentBytes
      await checkLength(this.#wire, lengthBytes, this.#attempt)
      this.#opener.keep()
      return lengthBytes
    } catch (error) {
      throw this.#fail(error)
    }
  }

  async abort(): Promise<void> {
    if (!this.#over) this.#failure ??= this.#closedError('unknown')
    this.#over = true
    await this.#request.destroy()
  }

  /** The connection broke with the headers sent and no byte of the content, and nobody has answered. */
  #lostBeforeBody(error: unknown): boolean {
    const lost = error instanceof TransportFailure && error.reason === 'reset' && error.reach === 'headers'
    return lost && this.#request.reply === undefined && this.#opener.mayTryAnother
  }

  async #writeElsewhere(chunk: Uint8Array): Promise<void> {
    this.#askedTwice = true
    try {
      await this.#opener.exclude()
      this.#request = await this.#opener.open()
      if (this.#failure !== undefined) await this.#request.destroy()
      await this.#request.write(chunk)
    } catch (error) {
      throw this.#fail(error)
    }
  }

  /** 201 for a create and 200 for an append, and nothing else, is success. */
  #checkAnswer(reply: WireReply): void {
    if (reply.status === (this.#creates ? 201 : 200) && remoteExceptionOf(reply) === undefined) return
    throw this.#errorOfAnswer(reply)
  }

  #errorOfAnswer(reply: WireReply): FileSystemError {
    const exception = reply.status >= 400 ? remoteExceptionOf(reply) : undefined
    if (exception === undefined) return unintelligible(reply, this.#attempt, 'unknown')
    return errorOfRefusal(new Refused(exception, verdictOn(exception)), this.#attempt, ({ settles }) =>
      this.#creates && settles === 'create' && !this.#askedTwice ? 'not-applied' : 'unknown',
    )
  }

  /** The error to reject with, now and in every later call; the connection is given up. */
  #fail(error: unknown): FileSystemError {
    if (this.#failure !== undefined) return this.#failure
    this.#failure = this.#errorOf(error)
    void this.#request.destroy()
    return this.#failure
  }

  #errorOf(error: unknown): FileSystemError {
    if (error instanceof FileSystemError) return error
    // The server has answered before it had all: its answer is the reason.
    const { reply } = this.#request
    if (error instanceof TransportFailure) {
      return reply === undefined ? errorOfFailure(error, this.#attempt, 'unknown') : this.#errorOfAnswer(reply)
    }
    throw error
  }

  #closedError(outcome: Outcome): FileSystemError {
    const { operation, path } = this.#attempt
    const message = `${operation} of ${JSON.stringify(path)}: this upload is over`
    return new FileSystemError(message, { code: 'CLOSED', outcome, retry: 'never', operation, path })
  }
}

/** A whole content in one upload. Resolves with the file's length. */
export async function uploadAll(upload: Upload, chunks: readonly Uint8Array[]): Promise<number> {
  for (const chunk of chunks) {
    const wait = upload.write(chunk)
    if (wait !== undefined) await wait
  }
  return await upload.end()
}
