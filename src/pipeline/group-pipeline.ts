// The tasks of a job as a group shares them out: a pipeline for each task that this process is given, from assignment to release.
import { type Logger, silentLogger } from '../engine/logger.js'
import type { Takeover } from '../engine/open-task.js'
import { type Clock, systemClock } from '../model/clock.js'
import { isMultiOutputError } from '../model/multi-output-error.js'
import { systemRandom } from '../model/random.js'
import type { Sink } from '../sink/sink.js'
import type { SourceRecord } from '../source/source.js'
import type { TaskAssignment, TaskGroup } from '../source/task-group.js'
import { Away } from './away.js'
import { checkPipelineOptions } from './check-options.js'
import { Doorbell } from './doorbell.js'
import { handedOver } from './hand-over.js'
import { mayPass } from './may-pass.js'
import { emptyStatus, mergedStatus } from './merged-status.js'
import { Pipeline } from './pipeline.js'
import type { PipelineOptions, PipelineResult, PipelineState, PipelineStatus } from './pipeline-options.js'
import { StopRequest } from './stop-request.js'

/** Options of `new GroupPipeline`: those of a pipeline, for every task. */
export interface GroupPipelineOptions extends Omit<PipelineOptions, 'source' | 'sink'> {
  readonly group: TaskGroup
  /** The sink of a task, made for each assignment. `takeover` is to be passed on to `multiOutputSink`. */
  readonly sink: (task: number, options: { readonly takeover: Takeover }) => Sink<SourceRecord>
  /** As the sinks have it. */
  readonly taskCount: number
  /** How long a process that still runs may take to commit and release a task that went from it to this one; default 3,000. It is fenced then. */
  readonly handOverMsMax?: number
}

/** A task of this process. */
interface Slot {
  readonly task: number
  isWanted: boolean
  /** Whether to wait for who has it. */
  mayBeHeld: boolean
  pipeline: Pipeline | undefined
  state: 'running' | 'ended' | 'fenced'
}

/** With nothing left to do but tasks that were fenced, a new assignment is waited for so long, where the run is to end by itself. */
const FENCED_WAIT_MS = 30_000

/**
 * Runs a pipeline for each task that the group gives to this process. A task that goes to another process is committed and released;
 * one that is `FENCED` ends here, and is claimed again only when the group assigns it anew. Any other failure of a task
 * stops them all and ends the run. The group may be away for as long as `away` allows: what was read is committed meanwhile.
 */
export class GroupPipeline {
  readonly #options: GroupPipelineOptions
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #request = new StopRequest()
  readonly #bell = new Doorbell()
  readonly #away: Away
  readonly #slots = new Map<number, Slot>()
  /** Of pipelines that have ended. */
  #past: PipelineStatus = { ...emptyStatus, state: 'ended' }
  #state: PipelineState = 'new'
  #isLost: { readonly error: unknown } | undefined
  #failure: { readonly error: unknown } | undefined
  #outcomes = new Set<PipelineResult['outcome']>()
  #fencedWait: AbortController | undefined

  /** Throws `WRONG_OPTIONS`. Nothing happens before {@link run}. */
  constructor(options: GroupPipelineOptions) {
    const { group, sink, taskCount: _, handOverMsMax: __, ...rest } = options
    const checked = checkPipelineOptions({ ...rest, source: group.source(0), sink: sink(0, { takeover: 'always' }) })
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#logger = options.logger ?? silentLogger
    this.#away = new Away({
      clock: this.#clock,
      random: options.random ?? systemRandom,
      logger: this.#logger,
      events: checked.events,
      policy: checked.away,
    })
  }

  /** Runs it; once. Rejects with what ended it: as a pipeline does, or with what the group says. */
  async run(): Promise<PipelineResult> {
    if (this.#state !== 'new') throw new TypeError('a pipeline runs once: make another')
    this.#state = 'opening'
    const wake = (): void => this.#bell.ring()
    this.#request.stopping.addEventListener('abort', wake)
    this.#request.abandoning.addEventListener('abort', wake)
    try {
      await this.#work()
    } catch (error) {
      this.#failure ??= { error }
    }
    await this.#end()
    if (this.#failure !== undefined && !this.#request.isAbandoned) throw this.#failure.error
    return { outcome: this.#outcome(), status: { ...this.status(), state: 'ended' } }
  }

  /** As {@link Pipeline.stop}, for all of its tasks. */
  stop(): void {
    this.#request.stop()
  }

  /** As {@link Pipeline.stopNow}. */
  stopNow(): void {
    this.#request.abandon()
    for (const { pipeline } of this.#slots.values()) pipeline?.stopNow()
  }

  /** All of its tasks in one. */
  status(): PipelineStatus {
    const running = [...this.#slots.values()].flatMap(({ pipeline }) => pipeline?.status() ?? [])
    const away = this.#away.state
    const own: PipelineStatus = { ...emptyStatus, state: this.#state, ...(away === undefined ? {} : { away }) }
    const merged = mergedStatus([this.#past, ...running, ...(running.length === 0 || away !== undefined ? [own] : [])])
    return this.#state === 'stopping' || this.#state === 'ended' ? { ...merged, state: this.#state } : merged
  }

  async #work(): Promise<void> {
    await this.#join()
    while (!this.#request.isStopping && this.#failure === undefined && !this.#isDone) {
      if (this.#isLost !== undefined) {
        const { error } = this.#isLost
        this.#isLost = undefined
        if (!mayPass(error)) throw error
        await this.#pause(error)
        await this.#join()
        continue
      }
      await this.#bell.wait()
    }
  }

  /** Tries until it works. */
  async #join(): Promise<void> {
    const { group, taskCount, untilEnd } = this.#options
    while (!this.#request.isStopping) {
      try {
        await group.join({
          taskCount,
          stop: untilEnd === true ? 'atEnd' : 'never',
          logger: this.#logger,
          onAssigned: (assignment) => this.#onAssigned(assignment),
          onLost: (error) => {
            this.#isLost = { error }
            this.#bell.ring()
          },
        })
        return
      } catch (error) {
        if (!mayPass(error)) throw error
        await this.#pause(error)
      }
    }
  }

  async #pause(error: unknown): Promise<void> {
    this.#state = 'away'
    await this.#away.pause(error, this.#request.stopping)
    this.#state = 'opening'
  }

  #onAssigned({ tasks, mayBeHeld }: TaskAssignment): void {
    this.#away.over()
    if (this.#request.isStopping || this.#failure !== undefined) return
    this.#state = 'running'
    this.#fencedWait?.abort()
    for (const slot of this.#slots.values()) {
      if (tasks.includes(slot.task)) continue
      slot.isWanted = false
      if (slot.pipeline === undefined) this.#slots.delete(slot.task)
      else slot.pipeline.stop()
    }
    for (const task of tasks) {
      const slot = this.#slots.get(task) ?? this.#newSlot(task)
      slot.isWanted = true
      slot.mayBeHeld = mayBeHeld(task)
      // One that is leaving begins anew when it has left.
      if (slot.pipeline === undefined && slot.state !== 'ended') this.#start(slot)
    }
    this.#bell.ring()
  }

  #newSlot(task: number): Slot {
    const slot: Slot = { task, isWanted: true, mayBeHeld: false, pipeline: undefined, state: 'running' }
    this.#slots.set(task, slot)
    return slot
  }

  #start(slot: Slot): void {
    const { group, sink, taskCount: _, handOverMsMax: waitMs = 3_000, ...options } = this.#options
    const { task } = slot
    const always = sink(task, { takeover: 'always' })
    const pipeline = new Pipeline({
      ...options,
      source: group.source(task),
      sink: slot.mayBeHeld
        ? handedOver({ always, ifReleased: sink(task, { takeover: 'ifReleased' }) }, { waitMs, clock: this.#clock })
        : always,
    })
    slot.pipeline = pipeline
    slot.state = 'running'
    pipeline.run().then(
      ({ outcome, status }) => this.#onEnded(slot, status, { outcome }),
      (error: unknown) => this.#onEnded(slot, pipeline.status(), { error }),
    )
  }

  #onEnded(
    slot: Slot,
    status: PipelineStatus,
    end: { readonly outcome: PipelineResult['outcome'] } | { readonly error: unknown },
  ): void {
    this.#past = mergedStatus([this.#past, { ...status, state: 'ended' }])
    slot.pipeline = undefined
    if ('error' in end) this.#onFailed(slot, end.error)
    else if (end.outcome === 'ended') slot.state = 'ended'
    else if (this.#state === 'stopping') this.#outcomes.add(end.outcome)
    if (!slot.isWanted) this.#slots.delete(slot.task)
    else if (slot.state === 'running' && !this.#request.isStopping && this.#failure === undefined) this.#start(slot)
    this.#bell.ring()
  }

  #onFailed(slot: Slot, error: unknown): void {
    if (!isMultiOutputError(error, 'FENCED')) {
      this.#failure ??= { error }
      return
    }
    slot.state = 'fenced'
    this.#options.group.giveUp(slot.task)
    const { task } = slot
    if (!slot.isWanted) return
    this.#logger.warn({ task, err: error }, `task ${task} was taken over; this process leaves it to its new owner`)
    if (this.#options.untilEnd === true) this.#failUnlessAssigned(error)
  }

  /** A run that is to end must not wait for ever for a task that is not coming back. */
  #failUnlessAssigned(error: unknown): void {
    this.#fencedWait?.abort()
    const waiting = new AbortController()
    this.#fencedWait = waiting
    this.#clock.sleep(FENCED_WAIT_MS, { signal: waiting.signal }).then(
      () => {
        if (waiting.signal.aborted) return
        this.#failure ??= { error }
        this.#bell.ring()
      },
      (clockError: unknown) => this.#logger.error({ err: clockError }, 'the clock failed'),
    )
  }

  get #isDone(): boolean {
    const wanted = [...this.#slots.values()].filter(({ isWanted }) => isWanted)
    return this.#options.untilEnd === true && wanted.length > 0 && wanted.every(({ state }) => state === 'ended')
  }

  async #end(): Promise<void> {
    this.#fencedWait?.abort()
    this.#state = 'stopping'
    for (const slot of this.#slots.values()) {
      slot.isWanted = false
      slot.pipeline?.stop()
    }
    while (!this.#request.isAbandoned && [...this.#slots.values()].some(({ pipeline }) => pipeline !== undefined)) {
      await this.#bell.wait()
    }
    this.#state = 'ended'
    const leaving = this.#options.group.leave().catch((error: unknown) => {
      this.#logger.warn({ err: error }, 'leaving the group failed')
    })
    if (!this.#request.isAbandoned) await leaving
  }

  #outcome(): PipelineResult['outcome'] {
    if (this.#request.isAbandoned || this.#outcomes.has('abandoned')) return 'abandoned'
    if (this.#away.state !== undefined || this.#outcomes.has('discarded')) return 'discarded'
    return this.#request.isStopping ? 'stopped' : 'ended'
  }
}
