// TRUNCATE: done at once, or begun in the background and awaited by asking.
import { errorOfRefusal, outcomeOfMutation, parse, Refused } from './answer-errors.js'
import { type Attempt, checkBytes, checkWait } from './arguments.js'
import { blockSummary } from './blocks.js'
import { booleanOf } from './replies.js'
import { type Cut, untilTruncated } from './truncate-wait.js'
import type { Wire } from './wire.js'

/** See `FileSystem.truncate`. Sent once: a repetition would be refused while the first one runs, and drives nothing. */
export async function truncate(wire: Wire, path: string, cut: Cut): Promise<void> {
  const attempt: Attempt = { operation: 'truncate', path }
  checkBytes(cut.length, 'length', attempt)
  checkWait(cut.waitMs, attempt)
  let done: boolean
  try {
    const request = {
      method: 'POST',
      op: 'TRUNCATE',
      path,
      parameters: { newlength: cut.length },
      effect: 'mutates',
    } as const
    done = parse(await wire.ask(request, attempt), booleanOf, attempt, 'unknown')
  } catch (error) {
    if (error instanceof Refused) throw errorOfRefusal(error, attempt, outcomeOfMutation)
    throw error
  }
  if (done) return
  await untilTruncated(cut, attempt, {
    pollMs: wire.truncatePollMs,
    look: async () => {
      const { underConstruction, length } = await blockSummary(wire, attempt)
      return { isOpen: underConstruction, length }
    },
    pause: (durationMs) => wire.pause(durationMs, attempt),
  })
}
