// What all requests that carry content share: bytes handed over no quicker than they are taken, a time limit on the other side's
// progress, and one end: an answer or a failure. How bytes travel is the adapter's.
import type { Deadline } from './deadline.js'
import { type Reach, TransportFailure } from './transport-failure.js'
import type { ContentRequest } from './upload.js'
import type { WireReply } from './wire.js'

/** The limits that it is under. */
export interface PaceLimits {
  readonly uploadBufferBytes: number
  readonly progressTimeoutMs: number
}

/** See the head of the file. */
export abstract class PacedRequest implements ContentRequest {
  /** For messages. */
  protected readonly where: string
  protected readonly answer: Promise<WireReply>
  protected abstract readonly deadline: Deadline
  readonly #limits: PaceLimits
  #giveAnswer: (reply: WireReply) => void = () => undefined
  #refuseAnswer: (failure: TransportFailure) => void = () => undefined
  #reply: WireReply | undefined
  #failure: TransportFailure | undefined
  #settled = false
  /** Ends a wait, in success or failure. */
  #wake: (() => void) | undefined

  constructor(where: string, limits: PaceLimits) {
    this.where = where
    this.#limits = limits
    this.answer = new Promise((resolve, reject) => {
      this.#giveAnswer = resolve
      this.#refuseAnswer = reject
    })
    // It may be settled long before anybody asks.
    this.answer.catch(() => undefined)
  }

  /** How far the request got. */
  protected abstract readonly reach: Reach
  /** Hands over at most `uploadBufferBytes`. False when the next ones have to wait until {@link wake} is called. */
  protected abstract send(chunk: Uint8Array): boolean
  /** Tells the other side that there are no more bytes. */
  protected abstract finish(): void
  /** Called once, when the request has its answer or its failure. */
  protected abstract settle(): void
  /** Gives the connection up after a failure. */
  protected abstract breakOff(): void
  abstract destroy(): Promise<void>

  get reply(): WireReply | undefined {
    return this.#reply
  }

  get failure(): TransportFailure | undefined {
    return this.#failure
  }

  protected get settled(): boolean {
    return this.#settled
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    const { uploadBufferBytes } = this.#limits
    for (let from = 0; from < chunk.byteLength; from += uploadBufferBytes) {
      if (this.#settled) throw this.#over()
      const end = Math.min(from + uploadBufferBytes, chunk.byteLength)
      if (!this.send(from === 0 && end === chunk.byteLength ? chunk : chunk.subarray(from, end))) {
        return end === chunk.byteLength ? this.#room() : this.#writeRest(chunk.subarray(end))
      }
    }
    return undefined
  }

  async end(): Promise<WireReply> {
    if (!this.#settled) {
      this.finish()
      if (!this.#settled) this.deadline.set('progressTimeoutMs', this.#limits.progressTimeoutMs)
    }
    return this.answer
  }

  /** Waits until {@link wake} is called, or the request is over. */
  protected async woken(): Promise<void> {
    if (this.#settled) return
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = undefined
  }

  protected wake(): void {
    this.#wake?.()
  }

  protected succeed(reply: WireReply): void {
    if (!this.#settle()) return
    this.#reply = reply
    this.#giveAnswer(reply)
    this.wake()
  }

  protected fail(failure: TransportFailure): void {
    if (!this.#settle()) return
    this.#failure = failure
    this.#refuseAnswer(failure)
    this.wake()
    this.breakOff()
  }

  async #writeRest(rest: Uint8Array): Promise<void> {
    await this.#room()
    await this.write(rest)
  }

  /** Waits until buffered bytes have gone. */
  async #room(): Promise<void> {
    if (this.#settled) throw this.#over()
    this.deadline.set('progressTimeoutMs', this.#limits.progressTimeoutMs)
    await this.woken()
    if (this.#settled) throw this.#over()
    this.deadline.clear()
  }

  #over(): TransportFailure {
    if (this.#failure !== undefined) return this.#failure
    const message = `${this.where}: answered before all bytes were sent`
    return new TransportFailure(message, { reason: 'reset', reach: this.reach })
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    this.deadline.clear()
    this.settle()
    return true
  }
}
