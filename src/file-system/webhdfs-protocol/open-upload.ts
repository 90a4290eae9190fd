// Finds a datanode that takes an upload: the one that is known, or asks the namenode; connects, and asks again where nothing was sent yet.
import type { Attempt } from './arguments.js'
import { addressesOf } from './datanode-addresses.js'
import { askForPlace } from './redirect.js'
import { errorOfFailure, TransportFailure } from './transport-failure.js'
import { type ContentOpener, type ContentRequest, type UploadPlan, WireUpload } from './upload.js'
import type { Wire } from './wire.js'

/** How an adapter connects to a place. Rejects with a {@link TransportFailure}. */
export type ConnectUpload = (place: URL) => Promise<ContentRequest>

/** Where the last bytes of files went. */
export interface KnownPlaces {
  /** Where to append to a file. It is known no longer until it is kept again. */
  take(path: string): URL | undefined
  /** An upload to the file was taken at this place, and its length was as expected. */
  keep(path: string, place: URL): void
  /** The server did not take a connection: nothing goes there without the namenode's word. */
  leave(place: URL): void
}

/** Settings of {@link openUpload}. */
export interface UploadOpening {
  readonly connect: ConnectUpload
  /** Datanodes tried until one takes the connection. */
  readonly datanodeAttemptsMax: number
  /** Left out: the namenode is always asked. */
  readonly known?: KnownPlaces
}

/** Resolves when a datanode has taken the connection. */
export function openUpload(
  wire: Wire,
  plan: UploadPlan,
  opening: UploadOpening,
  attempt: Attempt,
): Promise<WireUpload> {
  return WireUpload.open(wire, plan, new UploadOpener(wire, plan, opening, attempt), attempt)
}

class UploadOpener implements ContentOpener {
  readonly #wire: Wire
  readonly #plan: UploadPlan
  readonly #opening: UploadOpening
  readonly #attempt: Attempt
  readonly #excluded = new Set<string>()
  #tried = 0
  #place: URL | undefined

  constructor(wire: Wire, plan: UploadPlan, opening: UploadOpening, attempt: Attempt) {
    this.#wire = wire
    this.#plan = plan
    this.#opening = opening
    this.#attempt = attempt
  }

  async open(): Promise<ContentRequest> {
    for (;;) {
      const known = this.#tried === 0 && this.#plan.op === 'APPEND' ? this.#known?.take(this.#attempt.path) : undefined
      this.#place = known ?? (await askForPlace(this.#wire, this.#plan, this.#excluded, this.#attempt))
      this.#tried += 1
      try {
        return await this.#opening.connect(this.#place)
      } catch (error) {
        if (!(error instanceof TransportFailure)) throw error
        const elsewhere = error.reason === 'connect' || error.reason === 'timeout'
        if (!elsewhere || !this.mayTryAnother) throw errorOfFailure(error, this.#attempt, 'unknown')
        await this.exclude()
      }
    }
  }

  /** HttpFS redirects to itself. */
  get #known(): KnownPlaces | undefined {
    return this.#wire.httpFs ? undefined : this.#opening.known
  }

  keep(): void {
    if (this.#place !== undefined) this.#known?.keep(this.#attempt.path, this.#place)
  }

  get mayTryAnother(): boolean {
    return this.#tried < this.#opening.datanodeAttemptsMax
  }

  /** HttpFS chooses by itself, and is asked again as it is. */
  async exclude(): Promise<void> {
    if (this.#place === undefined || this.#wire.httpFs) return
    this.#known?.leave(this.#place)
    for (const address of await addressesOf(this.#place)) this.#excluded.add(address)
  }
}
