// Puts one record: a temp, then a rename onto a name that must not exist. settle-put.ts decides, this carries out.
import { FileSystemError, isFileSystemError } from '../file-system/file-system-error.js'
import { parentOf } from '../file-system/path.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import type { PlacedRecord } from '../protocol/fold.js'
import { recordPath } from '../protocol/layout.js'
import type { LogRecord } from '../protocol/log-record.js'
import { encodeForLog } from '../protocol/record-codec.js'
import type { PutSeen, PutStep } from '../protocol/settle-put.js'
import { nextAbortStep, nextPutStep } from '../protocol/settle-put.js'
import { describeWriter } from './fenced.js'
import { listSequences, readRecord } from './read-log.js'
import type { Epoch, TaskContext } from './task-context.js'
import { writeTemp } from './write-temp.js'

/** How a put ended: `taken` is the record of another that stands at the sequence, or above it. */
export type PutOutcome =
  | { readonly outcome: 'won' }
  | { readonly outcome: 'undecided' }
  | { readonly outcome: 'taken'; readonly by: string; readonly byClaim: boolean }

/** One record on its way into the log. It is settled by `decide` or by `abandon`; each may be called again after it rejected. */
export class RecordPut {
  /** As readers will see it. */
  readonly record: LogRecord
  readonly sequence: number
  readonly #context: TaskContext
  readonly #epoch: Epoch
  readonly #bytes: Uint8Array
  readonly #path: string
  #temp: string | undefined
  #renamed = false
  #occupant: LogRecord | undefined
  /** The record that this one follows, where it was read and not put by ourselves. */
  readonly #follows: PlacedRecord | undefined

  constructor(
    context: TaskContext,
    epoch: Epoch,
    sequence: number,
    record: LogRecord,
    options: { readonly follows?: PlacedRecord | undefined } = {},
  ) {
    this.#follows = options.follows
    this.#context = context
    this.#epoch = epoch
    this.sequence = sequence
    const encoded = encodeForLog(record)
    this.record = encoded.record
    this.#bytes = encoded.bytes
    this.#path = recordPath(context.task, sequence)
  }

  /** The record in its place, for the fold. */
  get placed(): PlacedRecord {
    return { sequence: this.sequence, path: this.#path, bytes: this.#bytes.byteLength, record: this.record }
  }

  /** Puts the record, until it is won or the sequence is another's. Rejects with a FileSystemError, the outcome open, when the file system is away. */
  async decide(): Promise<PutOutcome> {
    this.#temp ??= await writeTemp(this.#context, this.#epoch, 'record', this.#bytes)
    if (!this.#renamed && (await this.#isFollowedGone())) {
      const by = `the record before ${this.#path} is gone again: it was seen before it was durable`
      return { outcome: 'taken', by, byClaim: false }
    }
    // After an earlier rejection the rename may have happened: look first.
    const first: PutSeen = this.#renamed ? { rename: 'not-done' } : await this.#rename()
    return this.#settle(first, nextPutStep)
  }

  /** Takes the record back: after this it is there (`won`), or never will be (`undecided`). */
  async abandon(): Promise<PutOutcome> {
    if (this.#temp === undefined || !this.#renamed) {
      // No rename was ever sent, so the record cannot be there. Its temp is swept up with the epoch's.
      return { outcome: 'undecided' }
    }
    const { fileSystem, limits } = this.#context
    for (let looks = 0; ; looks++) {
      const found = await fileSystem.delete(this.#temp)
      const settled = await this.#settle({ rename: 'not-done' }, nextAbortStep)
      if (settled.outcome !== 'undecided' || found === 'deleted' || looks >= limits.lossesMax) return settled
      // The temp was only seen to be gone. A namenode that takes over may have it still, and then a rename that comes late puts the
      // record after all, while what it names is being deleted: so it is looked for again, behind a mutation that was answered.
      await fileSystem.mkdirs(this.#epoch.freshTemp('settled'))
    }
  }

  /**
   * A namenode shows a record before it is durable, and one that takes over from it may never have heard of it: what was put above would
   * stand above a gap for ever. So the record is touched first, and then read again.
   */
  async #isFollowedGone(): Promise<boolean> {
    if (this.#follows === undefined) return false
    if ((await this.#context.fileSystem.touch(this.#follows.path)) === 'absent') return true
    const found = await readRecord(this.#context, this.#follows.sequence)
    return found?.record.id !== this.#follows.record.id
  }

  async #settle(first: PutSeen, next: (seen: PutSeen) => PutStep): Promise<PutOutcome> {
    let seen = first
    for (let step = 0; step < this.#context.limits.settleStepsMax; step++) {
      const todo = next(seen)
      switch (todo) {
        case 'won':
          return { outcome: 'won' }
        case 'undecided':
          return { outcome: 'undecided' }
        case 'fenced':
          return this.#taken()
        default:
          seen = await this.#carryOut(todo, seen)
      }
    }
    throw new MultiOutputError(
      'COMMIT_FAILED',
      `${this.#path}: not settled within ${this.#context.limits.settleStepsMax} steps; the file system keeps answering without effect`,
      { path: this.#path },
    )
  }

  async #carryOut(step: Exclude<PutStep, 'won' | 'undecided' | 'fenced'>, seen: PutSeen): Promise<PutSeen> {
    switch (step) {
      case 'read-occupant':
        return { ...seen, occupant: await this.#readOccupant() }
      case 'read-occupant-again':
        return { ...seen, occupant: await this.#readOccupant(), readAgain: true }
      case 'stat-temp':
        return { ...seen, temp: (await this.#context.fileSystem.stat(this.#temp!)) === undefined ? 'absent' : 'there' }
      case 'list-above':
        return {
          ...seen,
          above: (await listSequences(this.#context, this.sequence)).length > 0 ? 'something' : 'nothing',
        }
      case 'make-durable-and-read-again':
        // In this order: what stands there at the first answer stays, so the second one is about it.
        if ((await this.#context.fileSystem.touch(this.#path)) === 'absent') return { rename: 'not-done' }
        return { ...seen, occupant: await this.#readOccupant(), madeDurable: true }
      case 'make-directory-and-rename':
        await this.#context.fileSystem.mkdirs(parentOf(this.#path))
        return this.#rename()
      case 'rename-again':
        return this.#rename()
    }
  }

  async #rename(): Promise<PutSeen> {
    this.#renamed = true
    try {
      await this.#context.fileSystem.rename(this.#temp!, this.#path, { mode: 'claim' })
      return { rename: 'done' }
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error
      // A refusal for good (no permission, safe mode, quota) would be repeated for ever below: say it.
      if (error.outcome === 'not-applied' && !isAboutNames(error)) throw error
      return { rename: error.code === 'PARENT_NOT_FOUND' ? 'parent-absent' : 'not-done' }
    }
  }

  async #readOccupant(): Promise<'ours' | 'other' | 'absent'> {
    const placed = await readRecord(this.#context, this.sequence)
    if (placed === undefined) return 'absent'
    this.#occupant = placed.record
    return placed.record.id === this.record.id ? 'ours' : 'other'
  }

  #taken(): PutOutcome {
    const occupant = this.#occupant
    if (occupant !== undefined && occupant.id !== this.record.id) {
      return { outcome: 'taken', by: describeWriter(occupant), byClaim: occupant.type === 'claim' }
    }
    return { outcome: 'taken', by: `records stand above ${this.#path}`, byClaim: false }
  }
}

/** Answers that say which name is there or not: `settle-put` looks for itself. */
function isAboutNames(error: FileSystemError): boolean {
  return isFileSystemError(error, 'NOT_FOUND', 'PARENT_NOT_FOUND', 'ALREADY_EXISTS', 'IS_DIRECTORY')
}
