// Finds a datanode that takes an upload: asks the namenode, connects, and asks again where nothing was sent yet.
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import { askForPlace, CONTENT_METHODS } from '../webhdfs-protocol/redirect.js'
import { errorOfFailure, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import { type ContentOpener, type UploadPlan, WireUpload } from '../webhdfs-protocol/upload.js'
import { addressesOf } from './datanode-socket.js'
import type { Session } from './session.js'
import { UploadRequest } from './upload-request.js'

/** What is to be uploaded how. */
export interface UploadRequestPlan extends UploadPlan {
  readonly parameters: Readonly<Record<string, string | number | undefined>>
  /** Bytes of the content, where they are known. */
  readonly contentBytes?: number
}

/** Resolves when a datanode has taken the connection. */
export function openUpload(session: Session, plan: UploadRequestPlan, attempt: Attempt): Promise<WireUpload> {
  return WireUpload.open(session.namenodes, plan, new UploadOpener(session, plan, attempt), attempt)
}

class UploadOpener implements ContentOpener {
  readonly #session: Session
  readonly #plan: UploadRequestPlan
  readonly #attempt: Attempt
  readonly #excluded = new Set<string>()
  #tried = 0
  #host = ''

  constructor(session: Session, plan: UploadRequestPlan, attempt: Attempt) {
    this.#session = session
    this.#plan = plan
    this.#attempt = attempt
  }

  async open(): Promise<UploadRequest> {
    const { connections, options, namenodes } = this.#session
    const { op, contentBytes } = this.#plan
    for (;;) {
      const place = namenodes.placeUnder(await askForPlace(namenodes, this.#plan, this.#excluded, this.#attempt))
      this.#host = place.server.host
      this.#tried += 1
      try {
        return await UploadRequest.open(connections, options, {
          method: CONTENT_METHODS[op],
          ...place,
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

  /** HttpFS chooses by itself, and is asked again as it is. */
  async exclude(): Promise<void> {
    if (this.#host === '' || this.#session.options.httpFs) return
    for (const address of await addressesOf(this.#host)) this.#excluded.add(address)
  }
}
