// Source → sink: claims, moves records, commits, and goes on by itself when something was away.
import type { SinkSession } from '../sink/sink.js'
import { type Decode, decoderOf } from '../source/decode.js'
import type { SourceReader, SourceRecord } from '../source/source.js'
import { type LoopEnd, runAttempts } from './attempt-loop.js'
import { Away } from './away.js'
import { type CheckedPipelineOptions, checkPipelineOptions } from './check-options.js'
import { mayPass } from './may-pass.js'
import type {
  PipelineCommit,
  PipelineOptions,
  PipelineResult,
  PipelineState,
  PipelineStatus,
} from './pipeline-options.js'
import { StopRequest } from './stop-request.js'
import { Tally } from './tally.js'
import { tell } from './tell.js'

type Outcome = PipelineResult['outcome']

/**
 * Moves records from a source to a sink, each exactly once, until the source ends, it is stopped, or something fails for good.
 *
 * @example
 * ```ts
 * const sink = multiOutputSink<SourceRecord>({ location: 'file:///data/orders', job: 'orders', format: text({ prefixId: true }) })
 * const pipeline = new Pipeline({ source: linesFromFiles(['orders.jsonl']), sink })
 * process.once('SIGTERM', () => pipeline.stop())
 * const { outcome } = await pipeline.run()
 * ```
 */
export class Pipeline {
  readonly #options: CheckedPipelineOptions
  readonly #decode: Decode
  readonly #request = new StopRequest()
  readonly #tally = new Tally()
  readonly #away: Away
  /** Aborts when it has ended: lets go of the timer of `stop`. */
  readonly #ended = new AbortController()
  #state: PipelineState = 'new'
  #session: SinkSession<SourceRecord> | undefined
  #reader: SourceReader | undefined

  /** Throws `WRONG_OPTIONS`. Nothing happens before {@link run}. */
  constructor(options: PipelineOptions) {
    this.#options = checkPipelineOptions(options)
    this.#decode = decoderOf(this.#options.decode)
    const { clock, random, logger, events, away: policy } = this.#options
    this.#away = new Away({ clock, random, logger, events, policy })
  }

  /**
   * Runs it; once. Rejects with what ended it: a MultiOutputError (`FENCED`, `DATA_LOST`, `JOB_MISMATCH`, `BAD_RECORD` where the sink keeps none, …), a
   * SourceError, a FileSystemError, or a PipelineError with `GAVE_UP`. What came before a bad record, or before what of the source cannot be read, is committed first. In no case is anything
   * committed lost by it, and what was not committed is read again by the next run.
   */
  async run(): Promise<PipelineResult> {
    if (this.#state !== 'new') throw new TypeError('a pipeline runs once: make another')
    this.#state = 'opening'
    try {
      const outcome = await this.#orAbandoned(this.#run())
      return { outcome, status: { ...this.status(), state: 'ended' } }
    } finally {
      this.#state = 'ended'
      this.#ended.abort()
    }
  }

  /** Commits what was read, releases the sink, and lets `run` resolve; within `stopMsMax`, else as {@link stopNow}. Repeatable; does not wait. */
  stop(): void {
    if (this.#request.isStopping) return
    this.#request.stop()
    const { clock, stopMsMax, logger } = this.#options
    clock.sleep(stopMsMax, { signal: this.#ended.signal }).then(
      () => {
        if (this.#ended.signal.aborted) return
        logger.warn({ stopMsMax }, 'the time to stop is over: what is not committed will be read again')
        this.stopNow()
      },
      (error: unknown) => logger.error({ err: error }, 'the clock failed'),
    )
  }

  /** Lets `run` resolve at once. What was not committed will be read again; the next open takes the sink over. What is under way is given up behind it. */
  stopNow(): void {
    this.#request.abandon()
  }

  /** Where it is now. Cheap enough to be asked once a second. */
  status(): PipelineStatus {
    const away = this.#away.state
    return {
      state: this.#state,
      ...this.#tally.snapshot(),
      ...(away === undefined ? {} : { away }),
      source: this.#reader?.progress() ?? {},
      sink: this.#session?.status() ?? {},
    }
  }

  #orAbandoned(running: Promise<Outcome>): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const abandon = (): void => resolve('abandoned')
      if (this.#request.isAbandoned) abandon()
      this.#request.abandoning.addEventListener('abort', abandon, { once: true })
      running.then(resolve, (error: unknown) => {
        if (this.#request.isAbandoned) this.#options.logger.debug({ err: error }, 'failed after it was abandoned')
        else reject(error)
      })
    })
  }

  async #run(): Promise<Outcome> {
    const { sink, source, logger } = this.#options
    try {
      const session = await this.#retrying(() => sink.open())
      if (session === undefined) return this.#away.state === undefined ? 'stopped' : 'discarded'
      this.#session = session
      let outcome: Outcome
      try {
        outcome = await this.#pump(session)
      } catch (error) {
        await this.#leave(session)
        throw error
      }
      await this.#leave(session)
      return outcome
    } finally {
      await source.close().catch((error: unknown) => logger.warn({ err: error }, 'closing the source failed'))
    }
  }

  /** Attempt after attempt. */
  async #pump(session: SinkSession<SourceRecord>): Promise<Outcome> {
    const { sink, source, logger, clock, untilEnd } = this.#options
    for (let reason: 'start' | 'replay' = 'start'; ; reason = 'replay') {
      const { committed } = session
      const stop = untilEnd ? 'atEnd' : 'never'
      const { task, taskCount } = sink
      const reader = await this.#retrying(() => source.open({ committed, task, taskCount, stop, clock, logger }))
      if (reader === undefined) return this.#away.state === undefined ? 'stopped' : 'discarded'
      this.#reader = reader
      this.#state = 'running'
      tell(this.#options, 'opened', { reason, source: source.name, sink: sink.name })
      let failure: unknown
      try {
        return outcomeOf(await this.#runAttempts(session, reader))
      } catch (error) {
        if (!mayPass(error)) throw error
        failure = error
      } finally {
        await this.#closeReader(reader)
      }
      if (this.#request.isStopping) return this.#discarded(failure)
      this.#state = 'away'
      await this.#away.pause(failure, this.#request.stopping)
      this.#state = 'opening'
      const isReady = await this.#retrying(async () => {
        await session.abort()
        return true
      })
      if (isReady === undefined) return this.#discarded(this.#away.state?.error)
    }
  }

  #runAttempts(session: SinkSession<SourceRecord>, reader: SourceReader): Promise<LoopEnd> {
    return runAttempts({
      options: this.#options,
      session,
      reader,
      decode: this.#decode,
      request: this.#request,
      tally: this.#tally,
      onCommit: (commit) => this.#onCommit(commit),
      onStopping: (reason) => {
        this.#state = 'stopping'
        tell(this.#options, 'stopping', { reason })
      },
    })
  }

  #onCommit(commit: PipelineCommit): void {
    this.#away.over()
    if (commit.offsets.size === 0 && commit.records === 0 && commit.bytes === 0) return
    this.#tally.add(commit)
    tell(this.#options, 'commit', commit)
  }

  #discarded(error: unknown): Outcome {
    this.#options.logger.warn(
      { err: error },
      'stopped while something is away: what is not committed will be read again',
    )
    return 'discarded'
  }

  /** Tries until it works; pauses while what it needs is away. `undefined` when it was asked to stop before. */
  async #retrying<T>(run: () => Promise<T>): Promise<T | undefined> {
    while (!this.#request.isStopping) {
      try {
        return await run()
      } catch (error) {
        if (!mayPass(error)) throw error
        this.#state = 'away'
        await this.#away.pause(error, this.#request.stopping)
        this.#state = 'opening'
      }
    }
    return undefined
  }

  async #closeReader(reader: SourceReader): Promise<void> {
    this.#reader = undefined
    await reader.close().catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, 'closing a reader of the source failed')
    })
  }

  /** Releases the sink. What is committed stays so if that fails: the next open then takes it over. */
  async #leave(session: SinkSession<SourceRecord>): Promise<void> {
    this.#state = 'stopping'
    try {
      await session.close()
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'the sink was left without a release; the next open takes it over')
    }
  }
}

function outcomeOf(end: LoopEnd): Outcome {
  switch (end) {
    case 'source-ended':
      return 'ended'
    case 'asked':
      return 'stopped'
    case 'abandoned':
      return 'abandoned'
  }
}
