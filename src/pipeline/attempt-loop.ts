// Moves records from an opened source to a claimed sink, and commits while it goes on, until the source ends, it is asked to
// stop, or something fails. What failed is decided above.
import { isMultiOutputError, MultiOutputError } from '../model/multi-output-error.js'
import type { SourceBatch, SourceRecord } from '../source/source.js'
import { Committer } from './committer.js'
import { Doorbell } from './doorbell.js'
import type { LoopContext } from './loop-context.js'
import { tell } from './tell.js'

/** After as many records timers and replies get their turn, also where the source never waits. */
const RECORDS_WITHOUT_PAUSE_MAX = 8_192

/** Why a loop ended. `abandoned`: nothing was finished. */
export type LoopEnd = 'source-ended' | 'asked' | 'abandoned'

/** Runs until the end, with a last commit. Rejects when a read, a write or a commit failed; then nothing of it runs on, except a commit that is under way in the sink. */
export function runAttempts(context: LoopContext): Promise<LoopEnd> {
  return new AttemptLoop(context).run()
}

class AttemptLoop {
  readonly #context: LoopContext
  readonly #bell = new Doorbell()
  readonly #committer: Committer
  #batch: SourceBatch | undefined
  #sourceEnded = false
  #readFailure: { readonly error: unknown } | undefined
  #recordsSincePause = 0

  constructor(context: LoopContext) {
    this.#context = context
    this.#committer = new Committer(context, this.#bell)
  }

  async run(): Promise<LoopEnd> {
    const { request, reader } = this.#context
    const wake = (): void => this.#bell.ring()
    request.stopping.addEventListener('abort', wake)
    request.abandoning.addEventListener('abort', wake)
    try {
      this.#committer.start()
      const reason = await this.#copy()
      if (reason === 'asked') reader.stop()
      if (request.isAbandoned) return 'abandoned'
      this.#context.onStopping(reason)
      await this.#committer.finish()
      return reason
    } catch (error) {
      if (!isForAPerson(error)) throw error
      // What came before it is good: the next run begins at what failed.
      await this.#committer.finish()
      throw error.cause
    } finally {
      this.#committer.stop()
      request.stopping.removeEventListener('abort', wake)
      request.abandoning.removeEventListener('abort', wake)
    }
  }

  async #copy(): Promise<'source-ended' | 'asked'> {
    const { request, reader } = this.#context
    this.#read()
    for (;;) {
      this.#committer.throwFailure()
      if (request.isStopping) return 'asked'
      const batch = this.#batch
      if (batch !== undefined) {
        this.#batch = undefined
        await this.#write(batch)
        if (request.isStopping) continue
        this.#committer.commitIfDue()
        this.#read()
        continue
      }
      if (this.#readFailure !== undefined) throw readFailure(this.#readFailure.error)
      if (this.#sourceEnded) return 'source-ended'
      const began = reader.wantsCommit ? this.#committer.commitSoon() : this.#committer.commitIfDue()
      if (!began) await this.#bell.wait()
    }
  }

  #read(): void {
    this.#context.reader.next().then(
      (batch) => {
        if (batch === undefined) this.#sourceEnded = true
        else this.#batch = batch
        this.#bell.ring()
      },
      (error: unknown) => {
        this.#readFailure = { error }
        this.#bell.ring()
      },
    )
  }

  async #write(batch: SourceBatch): Promise<void> {
    const { session, decode, tally, request } = this.#context
    for (const record of batch.records) {
      const wait = this.#writeOne(record, record.bad ?? decode(record))
      if (wait !== undefined) {
        await wait
        if (request.isAbandoned) return
        this.#committer.throwFailure()
      }
      tally.records += 1
      if (!this.#committer.count(record.value?.byteLength ?? 0)) continue
      await this.#committer.commitFull()
      if (request.isAbandoned) return
    }
    for (const advance of batch.advances) session.advance(advance)
    tally.bytes += batch.bytes
    this.#recordsSincePause += batch.records.length
    if (this.#recordsSincePause < RECORDS_WITHOUT_PAUSE_MAX) return
    this.#recordsSincePause = 0
    await new Promise<void>((resolve) => setImmediate(resolve))
  }

  #writeOne(record: SourceRecord, undecodable: string | undefined): Promise<void> | undefined {
    if (undecodable !== undefined) return this.#refuse(record, undecodable, undefined)
    try {
      return this.#context.session.write(record)
    } catch (error) {
      if (!isMultiOutputError(error, 'BAD_RECORD')) throw error
      return this.#refuse(record, error.message, error)
    }
  }

  #refuse(record: SourceRecord, reason: string, error: MultiOutputError | undefined): Promise<void> | undefined {
    const { session, reader, tally, options } = this.#context
    const place = reader.placeOf?.(record.id)
    const outcome = session.keepsBadRecords ? 'kept' : 'stopped'
    tally.badRecords += 1
    tell(options, 'badRecord', { id: record.id, ...(place === undefined ? {} : { place }), reason, outcome })
    if (session.keepsBadRecords) return session.writeBad(record, reason)
    throw new ForAPerson(error ?? badRecord(record, reason))
  }
}

/** Carries an error before which everything is good: it is committed, then the error ends the pipeline. */
class ForAPerson extends Error {
  constructor(cause: unknown) {
    super('ends the pipeline', { cause })
  }
}

function isForAPerson(error: unknown): error is ForAPerson {
  return error instanceof ForAPerson
}

function readFailure(error: unknown): unknown {
  return (error as { retry?: unknown } | undefined)?.retry === 'later' ? error : new ForAPerson(error)
}

function badRecord({ id }: SourceRecord, reason: string): MultiOutputError {
  return new MultiOutputError(
    'BAD_RECORD',
    `record ${id.topic}/${id.partition} at offset ${id.offset}: ${reason}. To go on in spite of such records keep them aside (deadLetters).`,
  )
}
