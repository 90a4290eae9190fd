// The windows of event time as the task's writer sees them: what its records say of them, and what is done once they are decided.
import type { CommitRecord } from '../protocol/log-record.js'
import type { TaskState } from '../protocol/task-state.js'
import { windowsSealedBy } from '../protocol/windows.js'
import { type EventTimePolicy, EventTimes } from './event-times.js'
import { tell } from './hooks.js'
import { type Look, Markers } from './markers.js'
import type { TaskContext } from './task-context.js'

/** What a record says of windows. */
interface RecordOfWindows {
  readonly watermarkMs?: number
  readonly markedUntilMs?: number
}

/** The windows of one task. */
export class Windows {
  readonly times: EventTimes
  readonly #context: TaskContext
  readonly #markers: Markers

  constructor(
    context: TaskContext,
    { taskCount }: { readonly taskCount: number },
    policy: EventTimePolicy,
    state: TaskState,
  ) {
    this.#context = context
    this.times = new EventTimes(context, policy, state)
    this.#markers = new Markers(context, { taskCount, late: policy.late })
  }

  /** The watermark that a task without partitions takes over from the others. */
  async followed(nowMs: number): Promise<number | undefined> {
    return this.times.ownsNoPartition(nowMs) ? this.#markers.followed() : undefined
  }

  /** Whether a commit with nothing else to say has nothing to say of windows either. */
  isQuiet(state: TaskState, watermarkMs: number | undefined): boolean {
    return watermarkMs === state.watermarkMs && !this.#markers.wantsRecord(state)
  }

  /** Every record of the writer's own carries the watermark, so that others need not look far for it. */
  ofRecord(state: TaskState, watermarkMs: number | undefined): RecordOfWindows {
    const markedUntilMs = this.#markers.untilMs(state, watermarkMs)
    return {
      ...(watermarkMs === undefined ? {} : { watermarkMs }),
      ...(markedUntilMs === undefined ? {} : { markedUntilMs }),
    }
  }

  /** Tells of the windows that a published commit sealed. */
  tellSealed(before: TaskState, record: CommitRecord): void {
    for (const window of windowsSealedBy(before, record)) tell(this.#context, 'windowSealed', window)
  }

  /** Marks what all tasks are past. Never rejects. */
  mark(state: TaskState, look: Look): Promise<void> {
    return this.#markers.mark(state, look)
  }
}
