// One task's writer: takes records in, commits, aborts, leaves. It owns an epoch until it closes or is fenced.
import type { JsonValue } from '../model/json-value.js'
import { isMultiOutputError, MultiOutputError } from '../model/multi-output-error.js'
import { noOffsets, type OffsetRanges } from '../model/offsets.js'
import type { RecordContext } from '../model/record-id.js'
import { checkpointIsDue } from '../protocol/checkpoint-policy.js'
import { planCommit } from '../protocol/plan-commit.js'
import type { TaskState } from '../protocol/task-state.js'
import type { Attempt } from './attempt.js'
import { type AttemptFile, BrokenFormat, NEVER_RIPE } from './attempt-file.js'
import { collectGarbage, prepareCheckpoint } from './checkpoint.js'
import { bytesOf, plannedFiles, sealReasons, tellCommit } from './commit-content.js'
import { Decisions } from './decisions.js'
import type { EventTimePolicy } from './event-times.js'
import { tell } from './hooks.js'
import { Intake, type IntakeOptions, type Stream } from './intake.js'
import { Losses } from './losses.js'
import type { OpenedTask } from './open-task.js'
import { chooseSeals, type SealPolicy, type UntouchedSeal } from './seal-choice.js'
import { SmallBlocks } from './small-blocks.js'
import type { Epoch, TaskContext } from './task-context.js'
import { type UploadOptions, Uploads } from './uploads.js'
import { Windows } from './windows.js'
import { WriterHealth } from './writer-health.js'

/** How a task writes. */
export interface TaskWriterOptions<R> extends Omit<IntakeOptions<R>, 'eventTimes'>, UploadOptions<R>, SealPolicy {
  readonly streams: ReadonlyMap<string, Stream<R>>
  readonly taskCount: number
  /** Left out: no watermark, and no window is sealed by it. */
  readonly eventTime?: EventTimePolicy
}

/** What a commit did. `offsets` and the counts are empty and 0 where there was nothing to commit; then no record was put. */
export interface CommitResult {
  /** Of the newest commit record. */
  readonly sequence: number
  readonly offsets: OffsetRanges
  /** Data files that gained bytes or were sealed. */
  readonly files: number
  readonly records: number
  readonly bytes: number
}

/** What a commit says besides its records, and when it was called. */
interface Said {
  readonly metadata: JsonValue | undefined
  readonly watermarkMs: number | undefined
  readonly startedMs: number
}

/** Writes one task. Calls to commit, abort and close run one after the other. */
export class TaskWriter<R> {
  readonly #context: TaskContext
  readonly #options: TaskWriterOptions<R>
  readonly #epoch: Epoch
  readonly #decisions: Decisions
  readonly #intake: Intake<R>
  readonly #uploads: Uploads<R>
  readonly #losses: Losses
  readonly #windows: Windows | undefined
  readonly #health = new WriterHealth()
  readonly #smallBlocks = new SmallBlocks()
  /** Calls of abort() that are not over: what came in meanwhile would be discarded in silence. */
  #aborting = 0
  /** The record that decides `#intake.before`. */
  #beforeSequence = -1
  /** The commit in hand, from its rotation on. */
  #carryingOut: Promise<unknown> | undefined
  #relief: Promise<void> | undefined
  /** The upload of the file that was just written to has to catch up. */
  #behind: Promise<void> | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(context: TaskContext, options: TaskWriterOptions<R>, opened: OpenedTask) {
    const { epoch, state } = opened
    this.#context = context
    this.#options = options
    this.#epoch = epoch
    this.#decisions = new Decisions(context, epoch, state)
    this.#windows =
      options.eventTime === undefined ? undefined : new Windows(context, options, options.eventTime, state)
    const intakeOptions = this.#windows === undefined ? options : { ...options, eventTimes: this.#windows.times }
    this.#intake = new Intake(context, intakeOptions, state, (file) => this.#send(file))
    this.#uploads = new Uploads(context, epoch, options, (file, error) => this.#uploadFailed(file, error))
    this.#losses = new Losses(context, epoch)
  }

  /** What the log says. */
  get state(): TaskState {
    return this.#decisions.state
  }

  /** Records skipped because they were there already. */
  get skippedCount(): number {
    return this.#intake.skippedCount
  }

  /** Late records. */
  get lateCount(): number {
    return this.#windows?.times.lateCount ?? 0
  }

  /** Takes a record in. A promise only under back-pressure. Throws `BAD_RECORD`, `ABORTED`, `FENCED`. */
  write(record: R, context: RecordContext, stream: string): Promise<void> | undefined {
    this.#health.require()
    this.#refuseDuringAbort()
    const { budget } = this.#options
    try {
      budget.add(this.#intake.take(record, context, stream))
    } catch (error) {
      throw error instanceof BrokenFormat ? this.#fail(error) : error
    }
    if (budget.isExceeded) return this.#relieve()
    // The commit in hand may write to the same files.
    if (this.#uploads.isEarly && this.#carryingOut === undefined && this.#relief === undefined) {
      this.#uploads.relieveEarly(this.#intake.attempt.files, this.state)
    }
    const behind = this.#behind
    this.#behind = undefined
    return behind
  }

  /** Moves a partition's position over offsets without a record. */
  advance(to: { readonly topic: string; readonly partition: number; readonly until: bigint }): void {
    this.#health.require()
    this.#refuseDuringAbort()
    this.#intake.advance(to)
  }

  /** Commits everything taken in before the call, and what comes in until its turn. */
  async commit(metadata?: JsonValue): Promise<CommitResult> {
    const kept = metadata === undefined ? undefined : asJson(metadata)
    return this.#enqueue(async () => {
      this.#health.require()
      try {
        return await this.#commitNow(kept)
      } catch (error) {
        return await this.#failQuietly(error)
      }
    })
  }

  /** Settles the last commit, discards what is not decided, and cuts the files back; writes are refused until it is over. Repeatable when it rejects. */
  abort(): Promise<void> {
    this.#aborting++
    return this.#enqueue(() => this.#abortNow()).finally(() => {
      this.#aborting--
    })
  }

  /** What an open leaves for afterwards: a checkpoint if one is due, and the marks of windows that whoever was before did not come to. */
  tidyUp(): Promise<void> {
    return this.#enqueue(async () => {
      await this.#checkpointIfDue()
      await this.#windows?.mark(this.state, 'at-once')
    })
  }

  /** Discards what is not committed and releases the task. A fenced writer just goes. */
  close(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#health.fenced !== undefined) return this.#uploads.settled()
      try {
        await this.#abortNow()
        await this.#checkpointIfDue()
        await this.#release()
      } catch (error) {
        if (!isMultiOutputError(error, 'FENCED')) throw error
        this.#context.logger.info({ err: error, task: this.#context.task }, 'was fenced before it could leave')
      }
    })
  }

  async #release(): Promise<void> {
    if (this.#epoch.hasUnanswered) {
      this.#context.logger.info(
        { task: this.#context.task },
        'left without a release: a request got no answer; the next open fences',
      )
      return
    }
    await this.#decisions.settle()
    await this.#windows?.mark(this.state, 'at-once')
    const { watermarkMs } = this.state
    // Whoever follows no event time says it too: others look for it in the newest records.
    const windows =
      this.#windows?.ofRecord(this.state, watermarkMs) ?? (watermarkMs === undefined ? {} : { watermarkMs })
    const record = planCommit(this.#epoch.header(), { offsets: noOffsets, files: [], released: true, ...windows })
    await this.#decisions.decideAndPublish(record)
    // If the others left at the same time, neither saw before what the other had published.
    await this.#windows?.mark(this.state, 'at-once')
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#last.then(task)
    this.#last = run.catch(() => undefined)
    return run
  }

  async #commitNow(metadata: JsonValue | undefined): Promise<CommitResult> {
    const startedMs = this.#context.clock.nowMs()
    await this.#relief
    // A checkpoint may have been left open behind the last commit.
    await this.#decisions.settle()
    const followedMs = this.#windows === undefined ? undefined : await this.#windows.followed(startedMs)
    // Begun while we waited. From here to the rotation nothing is awaited, so that none can begin unseen.
    const relief = this.#relief
    this.#intake.state = this.state
    const watermarkMs = this.#windows?.times.atCommit(startedMs, followedMs)
    const seals = chooseSeals(this.#intake.attempt, this.state, this.#options, startedMs, watermarkMs)
    const attempt = this.#intake.rotate(watermarkMs)
    this.#beforeSequence = this.state.sequence + 1
    // Failed before anybody who waits for it goes on: then nobody uploads for an attempt that is lost.
    const carryingOut = this.#carryOut(attempt, seals, { metadata, watermarkMs, startedMs }, relief)
      .catch((error: unknown) => this.#failQuietly(error))
      .finally(() => {
        this.#carryingOut = undefined
      })
    this.#carryingOut = carryingOut
    const result = await carryingOut
    this.#sendWhatWaited()
    await this.#checkpointIfDue()
    await this.#windows?.mark(this.state, 'now-and-then')
    return result
  }

  async #carryOut(
    attempt: Attempt<R>,
    seals: readonly UntouchedSeal[],
    { metadata, watermarkMs, startedMs }: Said,
    relief: Promise<void> | undefined,
  ): Promise<CommitResult> {
    await relief
    const { offsets } = attempt
    const before = this.state
    const isQuiet = this.#windows === undefined || this.#windows.isQuiet(before, watermarkMs)
    if (attempt.recordCount === 0 && offsets.size === 0 && seals.length === 0 && metadata === undefined && isQuiet) {
      this.#intake.before = undefined
      return { sequence: this.state.sequence, offsets, files: 0, records: 0, bytes: 0 }
    }
    await this.#uploads.flush(attempt.files, this.state)
    const files = plannedFiles(this.#context, attempt, seals, this.#epoch)
    const windows = this.#windows?.ofRecord(before, watermarkMs)
    const told = metadata === undefined ? windows : { ...windows, metadata }
    const record = planCommit(this.#epoch.header(), { offsets, files, ...told })
    const sequence = await this.#decisions.decideAndPublish(record)
    this.#smallBlocks.look(this.#context, record, before)
    this.#intake.state = this.state
    this.#intake.before = undefined
    this.#intake.storedPerByte = this.#uploads.storedPerByte
    const result = { sequence, offsets, files: files.length, records: attempt.recordCount, bytes: bytesOf(record) }
    const durationMs = this.#context.clock.nowMs() - startedMs
    tellCommit(this.#context, { ...result, durationMs }, record, sealReasons(attempt, seals))
    this.#windows?.tellSealed(before, record)
    return result
  }

  /** A file holds enough to be sent. Not while the commit in hand writes to the same file: afterwards it is sent with the others that waited. */
  #send(file: AttemptFile<R>): void {
    if (this.#intake.isInCommit(file)) file.ripeBytes = NEVER_RIPE
    else {
      this.#uploads.send(file, this.state)
      this.#behind = this.#uploads.catchUp(file)
    }
  }

  #sendWhatWaited(): void {
    for (const file of this.#intake.attempt.files) {
      if (file.ripeBytes === NEVER_RIPE && this.#health.isSound) this.#uploads.send(file, this.state)
    }
  }

  /** What was sent is lost, and its attempt with it. Of the commit in hand, it is the commit that rejects. */
  #uploadFailed(file: AttemptFile<R>, error: unknown): void {
    if (this.#intake.attempt.files.includes(file)) this.#failAttempt(error)
  }

  /** The attempt that is being filled is lost; the commit in hand goes on. */
  #failAttempt(error: unknown): void {
    this.#discard(this.#intake.attempt, Number.POSITIVE_INFINITY, error)
    this.#intake.dropAttempt()
    this.#health.fail(error)
  }

  /** Over budget: a commit in hand frees memory by itself; else the largest buffers are uploaded. */
  #relieve(): Promise<void> {
    if (this.#relief === undefined) {
      this.#relief = this.#relieveNow().finally(() => {
        this.#relief = undefined
      })
      // Whoever does not await it learns of the failure from the next call.
      this.#relief.catch(() => undefined)
    }
    return this.#relief
  }

  async #relieveNow(): Promise<void> {
    // Else it begins at once: a commit that is called next must find it begun.
    if (this.#carryingOut !== undefined) await this.#carryingOut.catch(() => undefined)
    this.#health.require()
    if (!this.#options.budget.isExceeded) return
    try {
      await this.#uploads.relieve(this.#intake.attempt.files, this.state)
    } catch (error) {
      await this.#failQuietly(error)
    }
  }

  async #checkpointIfDue(): Promise<void> {
    if (!checkpointIsDue(this.state, this.#context.checkpointLimits)) return
    try {
      await this.#decisions.settle()
      await this.#decisions.decideAndPublish(await prepareCheckpoint(this.#context, this.#epoch, this.state))
      this.#intake.state = this.state
      await collectGarbage(this.#context, this.state)
    } catch (error) {
      // What was committed stands; a checkpoint that failed is settled before the next record and tried again after it.
      if (isMultiOutputError(error, 'FENCED')) this.#fail(error)
      this.#context.logger.warn({ err: error, task: this.#context.task }, 'a checkpoint failed; it will be tried again')
    }
  }

  /** The attempts in hand are lost: their bytes are dropped, what they wrote to is remembered. */
  #fail(error: unknown): unknown {
    this.#discardAttempts(error)
    return this.#health.fail(error)
  }

  /** The same, told when nothing goes on any more: who was fenced has changed nothing afterwards. */
  async #failQuietly(error: unknown): Promise<never> {
    const failure = this.#fail(error)
    await this.#uploads.settled()
    throw failure
  }

  #discardAttempts(why: unknown): void {
    const { before, attempt } = this.#intake
    if (before !== undefined) this.#discard(before, this.#beforeSequence, why)
    this.#discard(attempt, Number.POSITIVE_INFINITY, why)
    this.#intake.reset(this.state)
  }

  #discard(attempt: Attempt<R>, decidedBy: number, why: unknown): void {
    this.#losses.add(attempt, decidedBy)
    this.#uploads.giveUp(attempt.files, why)
    for (const file of attempt.files) this.#options.budget.add(-file.discard())
  }

  async #abortNow(): Promise<void> {
    if (this.#health.fenced !== undefined) throw this.#health.fenced
    await this.#relief?.catch(() => undefined)
    this.#discardAttempts(new MultiOutputError('ABORTED', 'the attempt was aborted'))
    // What an open upload still sends would come behind the cut.
    await this.#uploads.settled()
    let records: number
    try {
      await this.#decisions.settle()
      records = await this.#losses.cutBack(this.#decisions)
    } catch (error) {
      throw this.#fail(error)
    }
    const { failure } = this.#health
    if (records > 0 || failure !== undefined) tell(this.#context, 'abort', { records, cause: failure })
    this.#intake.reset(this.state)
    this.#health.recover()
  }

  #refuseDuringAbort(): void {
    if (this.#aborting === 0) return
    throw new MultiOutputError('ABORTED', 'abort() is under way: await it, then replay from committed')
  }
}

/** Taken when commit() is called, as JSON has it: the caller may change it while the commit waits its turn. */
function asJson(metadata: JsonValue): JsonValue {
  try {
    return JSON.parse(JSON.stringify(metadata)) as JsonValue
  } catch (cause) {
    throw new MultiOutputError('WRONG_OPTIONS', `commit: metadata is no JSON value: ${(cause as Error).message}`, {
      cause,
    })
  }
}
