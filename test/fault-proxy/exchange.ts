// One exchange under its fault, if it met one: what the two pumps of a connection share about it.
import type { Strike } from './armed-faults.js'
import type { Direction, Fault, Occurrence, SeenResponse } from './fault.js'
import type { RequestHead } from './http-message.js'

export class Exchange {
  readonly request: RequestHead | null
  readonly fault: Fault | null
  requestWhole = false
  over = false
  /** Settled by the connection: see `Occurrence.response`. */
  readonly response: Promise<SeenResponse | null>
  readonly answered: (response: SeenResponse | null) => void
  readonly #strike: Strike | null
  /** Cuts its connection: see `Occurrence.cut`. */
  readonly cut: () => void
  #told = false
  #released = false
  #release: () => void = () => {}
  #stopped: Promise<void> | null = null

  constructor(request: RequestHead | null, strike: Strike | null, cut: () => void) {
    this.request = request
    this.fault = strike?.fault ?? null
    this.#strike = strike
    this.cut = cut
    let answered: (response: SeenResponse | null) => void = () => {}
    this.response = new Promise((resolve) => {
      answered = resolve
    })
    this.answered = answered
  }

  /** After how many bytes in this direction the fault acts; infinity if it is none of that kind. */
  actsAfterBytes(direction: Direction): number {
    const { fault } = this
    const byBytes = fault?.kind === 'cut-body' || fault?.kind === 'half-open'
    return byBytes && fault.direction === direction ? fault.afterBytes : Number.POSITIVE_INFINITY
  }

  /** Tells the test that the fault has struck. Later calls do nothing. */
  tell(): void {
    if (this.#told) return
    this.#told = true
    const occurrence: Occurrence = {
      request: this.request,
      requestWhole: this.requestWhole,
      response: this.response,
      stop: () => this.stop(),
      release: () => this.release(),
      cut: this.cut,
    }
    this.#strike?.tell(occurrence)
  }

  /** The exchange is over: a fault that has not struck by now has missed. */
  end(): void {
    this.over = true
    this.answered(null)
    if (this.#told) return
    this.#told = true
    this.#strike?.miss('the exchange ended before')
  }

  /** From now on `stopped` waits, for both directions. */
  stop(): void {
    if (this.#released || this.#stopped !== null) return
    this.#stopped = new Promise((resolve) => {
      this.#release = resolve
    })
  }

  release(): void {
    this.#released = true
    this.#release()
  }

  /** Resolves when the exchange may go on: at once, unless it was stopped. */
  async mayGoOn(): Promise<void> {
    if (this.#stopped !== null) await this.#stopped
  }
}
