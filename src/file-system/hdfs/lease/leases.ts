// The lease on files being written: one renewal for all, for as long as there is one. Without it others may take a file after a minute
// (the soft limit), and the namenode does so after twenty (the hard limit).
import { isFileSystemError } from '../../file-system-error.js'
import { Refused } from '../../webhdfs-protocol/answer-errors.js'
import { renewLease } from '../messages/writing-methods.js'
import type { NamenodeCalls } from '../rpc/namenode-calls.js'

/** See the head of the file. */
export class Leases {
  readonly #calls: NamenodeCalls
  readonly #clientName: string
  readonly #renewalMs: number
  #files = 0
  #timer: NodeJS.Timeout | undefined
  #isRenewing = false

  constructor(
    calls: NamenodeCalls,
    { clientName, renewalMs }: { readonly clientName: string; readonly renewalMs: number },
  ) {
    this.#calls = calls
    this.#clientName = clientName
    this.#renewalMs = renewalMs
  }

  /** A file was opened for writing. */
  enter(): void {
    this.#files += 1
    this.#timer ??= setInterval(() => void this.#renew(), this.#renewalMs)
  }

  /** It is closed, or given up. */
  leave(): void {
    this.#files -= 1
    if (this.#files > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #renew(): Promise<void> {
    if (this.#isRenewing) return
    this.#isRenewing = true
    try {
      await this.#calls.call(renewLease, { clientName: this.#clientName }, { operation: 'create', path: '' })
    } catch (error) {
      // There is nobody to tell: if the lease is lost for it, the next call about the file says so. The next renewal comes soon.
      if (!(error instanceof Refused) && !isFileSystemError(error)) throw error
    } finally {
      this.#isRenewing = false
    }
  }
}
