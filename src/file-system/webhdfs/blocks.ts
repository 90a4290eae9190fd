// GET_BLOCK_LOCATIONS: how long a file is, and whether it is open. Truncate and isOpenForWrite ask it.
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import { type BlockSummary, blockSummaryOf } from '../webhdfs-protocol/replies.js'
import { errorOfRefusal, parse, Refused } from './answer-errors.js'
import type { Session } from './session.js'

/** Asks about one byte: the answer lists the blocks of the range, but tells length and state of the whole file. */
export async function blockSummary(session: Session, attempt: Attempt): Promise<BlockSummary> {
  const { path } = attempt
  const parameters = { offset: 0, length: 1 }
  const request = { method: 'GET', op: 'GET_BLOCK_LOCATIONS', path, parameters, effect: 'reads' } as const
  try {
    return parse(await session.namenodes.ask(request, attempt), blockSummaryOf, attempt, 'not-applied')
  } catch (error) {
    if (error instanceof Refused) throw errorOfRefusal(error, attempt, 'not-applied')
    throw error
  }
}
