// Which delegation token a command goes with: the one that it was given, else that of the environment, where one can be of use.
import { type LocationInput, parseLocation } from '../file-system/location.js'

/** Left out of the environment, or empty: there is none. */
const VARIABLE = 'HADOOP_DELEGATION_TOKEN'

/** Who a command was told to be. */
export interface GivenIdentity {
  readonly user?: string | undefined
  readonly delegationToken?: string | undefined
}

/**
 * The token for a location. What was said for this one command goes before the environment, which is there for all of them: a user's name beats the
 * environment's token, and a local directory or `hdfs://`, which take no token, are none of its business. Throws a FileSystemError for what is no location.
 */
export function delegationTokenFor(
  location: LocationInput,
  given: GivenIdentity,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (given.delegationToken !== undefined) return given.delegationToken
  const token = environment[VARIABLE]
  if (token === undefined || token === '' || given.user !== undefined) return undefined
  const place = parseLocation(location)
  const takesNone = place.scheme === 'file' || place.scheme === 'hdfs'
  return takesNone || place.user !== undefined ? undefined : token
}
