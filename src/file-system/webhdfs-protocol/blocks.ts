// GET_BLOCK_LOCATIONS: how long a file is, and whether it is open. Truncate and isOpenForWrite ask it.

import { errorOfRefusal, parse, Refused } from './answer-errors.js'
import type { Attempt } from './arguments.js'
import { type BlockSummary, blockSummaryOf } from './replies.js'
import type { Wire } from './wire.js'

/** Asks about one byte: the answer lists the blocks of the range, but tells length and state of the whole file. */
export async function blockSummary(wire: Wire, attempt: Attempt): Promise<BlockSummary> {
  const { path } = attempt
  const parameters = { offset: 0, length: 1 }
  const request = { method: 'GET', op: 'GET_BLOCK_LOCATIONS', path, parameters, effect: 'reads' } as const
  try {
    return parse(await wire.ask(request, attempt), blockSummaryOf, attempt, 'not-applied')
  } catch (error) {
    if (error instanceof Refused) throw errorOfRefusal(error, attempt, 'not-applied')
    throw error
  }
}
