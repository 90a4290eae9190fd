// Finds a datanode that takes an upload: asks the namenode, connects, and asks again where nothing was sent yet.

import { errorOfRefusal, Refused } from '../webhdfs-protocol/answer-errors.js'
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import type { Place } from './connections.js'
import { addressesOf } from './datanode-socket.js'
import { askForPlace } from './redirect.js'
import type { Session } from './session.js'
import { errorOfFailure, TransportFailure } from './transport-failure.js'
import { UploadRequest } from './upload-request.js'

/** What is to be uploaded how. */
export interface UploadPlan {
  readonly op: 'CREATE' | 'APPEND'
  readonly parameters: Readonly<Record<string, string | number | undefined>>
  readonly contentBytes?: number
}

/** Opens requests for one upload; it remembers which datanodes failed, and how many were tried in all. */
export class UploadOpener {
  readonly #session: Session
  readonly #plan: UploadPlan
  readonly #attempt: Attempt
  readonly #excluded = new Set<string>()
  #tried = 0
  #place: Place | undefined

  constructor(session: Session, plan: UploadPlan, attempt: Attempt) {
    this.#session = session
    this.#plan = plan
    this.#attempt = attempt
  }

  /** Resolves with a connected request. Rejects with a `FileSystemError`; nothing has happened to the file then. */
  async open(): Promise<UploadRequest> {
    const { connections, options } = this.#session
    const { op, contentBytes } = this.#plan
    for (;;) {
      this.#place = await this.#askForPlace()
      this.#tried += 1
      try {
        return await UploadRequest.open(connections, options, {
          method: op === 'CREATE' ? 'PUT' : 'POST',
          ...this.#place,
          ...(contentBytes === undefined ? {} : { contentBytes }),
        })
      } catch (error) {
        if (!(error instanceof TransportFailure)) throw error
        const elsewhere = error.reason === 'connect' || error.reason === 'timeout'
        if (!elsewhere || !this.mayTryAnother) throw errorOfFailure(error, this.#attempt, 'unknown')
        await this.exclude()
      }
    }
  }

  get mayTryAnother(): boolean {
    return this.#tried < this.#session.options.datanodeAttemptsMax
  }

  /** Leaves out the datanode that was tried last. HttpFS chooses by itself, and is asked again as it is. */
  async exclude(): Promise<void> {
    if (this.#place === undefined || this.#session.options.httpFs) return
    for (const address of await addressesOf(this.#place.server.host)) this.#excluded.add(address)
  }

  async #askForPlace(): Promise<Place> {
    const { op, parameters } = this.#plan
    const { path } = this.#attempt
    const method = op === 'CREATE' ? 'PUT' : 'POST'
    try {
      const request = { method, op, path, parameters, excluded: this.#excluded } as const
      return await askForPlace(this.#session.namenodes, request, this.#attempt)
    } catch (error) {
      if (error instanceof Refused) throw errorOfRefusal(error, this.#attempt, 'not-applied')
      throw error
    }
  }
}
