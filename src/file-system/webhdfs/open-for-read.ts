// Finds a datanode that has the bytes of a file: asks the namenode and fetches, and elsewhere while no byte has come.
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import { addressesOf } from '../webhdfs-protocol/datanode-addresses.js'
import { type Bytes, errorOfReadAnswer, type ReadParameters } from '../webhdfs-protocol/read.js'
import { askForPlace, placeIn } from '../webhdfs-protocol/redirect.js'
import { errorOfFailure, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import type { Place } from './connections.js'
import { download } from './download-request.js'
import type { Session } from './session.js'

/** Resolves when an answer of success begins. */
export async function openForRead(session: Session, parameters: ReadParameters, attempt: Attempt): Promise<Bytes> {
  const { connections, options, namenodes } = session
  const excluded = new Set<string>()
  const request = { method: 'GET', op: 'OPEN', path: attempt.path, parameters: { ...parameters } } as const
  let asked: URL | undefined
  // HttpFS answers with the bytes themselves.
  const firstPlace = async (): Promise<Place> => {
    if (options.httpFs) return namenodes.placeFor(request)
    asked = await askForPlace(namenodes, request, excluded, attempt)
    return namenodes.placeUnder(asked)
  }
  let redirected: Place | undefined
  for (let tried = 1; ; tried += 1) {
    const place = redirected ?? (await firstPlace())
    try {
      const answer = await download(connections, options, place)
      if (answer.kind === 'content') return answer.chunks
      const { reply } = answer
      if (redirected !== undefined || reply.location === undefined) throw errorOfReadAnswer(reply, attempt)
      redirected = namenodes.placeUnder(placeIn(namenodes, reply, attempt))
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error
      const elsewhere = error.reason === 'connect' || error.reason === 'reset'
      if (!elsewhere || tried >= options.datanodeAttemptsMax) throw errorOfFailure(error, attempt, 'not-applied')
      redirected = undefined
      if (options.httpFs) namenodes.leave(place.server)
      else if (asked !== undefined) for (const address of await addressesOf(asked)) excluded.add(address)
    }
  }
}
