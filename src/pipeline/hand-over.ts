// Opens a task that another live process may be leaving at this moment: gives it a while to commit and release, and takes the task then.
import type { Clock } from '../model/clock.js'
import { isMultiOutputError } from '../model/multi-output-error.js'
import type { Sink, SinkRecord } from '../sink/sink.js'

const LOOK_AGAIN_MS = 200

/** A sink that opens `ifReleased` for `waitMs`, and `always` when that did not help. */
export function handedOver<R extends SinkRecord>(
  sinks: { readonly ifReleased: Sink<R>; readonly always: Sink<R> },
  { waitMs, clock }: { readonly waitMs: number; readonly clock: Clock },
): Sink<R> {
  const { ifReleased, always } = sinks
  return {
    name: always.name,
    task: always.task,
    taskCount: always.taskCount,
    open: async () => {
      const untilMs = clock.nowMs() + waitMs
      do {
        try {
          return await ifReleased.open()
        } catch (error) {
          if (!isMultiOutputError(error, 'NOT_RELEASED')) throw error
        }
        await clock.sleep(LOOK_AGAIN_MS)
      } while (clock.nowMs() < untilMs)
      return always.open()
    },
  }
}
