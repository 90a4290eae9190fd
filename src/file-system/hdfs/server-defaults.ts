// The cluster's defaults for new files, asked once.
import { FileSystemError } from '../file-system-error.js'
import { errorOfRefusal, Refused } from '../webhdfs-protocol/answer-errors.js'
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import type { FsServerDefaults } from './messages/file-messages.js'
import { getServerDefaults } from './messages/namespace-methods.js'
import type { NamenodeCalls } from './rpc/namenode-calls.js'

/** Asks when it is called first, and again only after a failure. Rejects with `AUTHENTICATION` where data are to be sent encrypted. */
export function serverDefaultsBy(calls: NamenodeCalls): (attempt: Attempt) => Promise<FsServerDefaults> {
  let answer: Promise<FsServerDefaults> | undefined
  return (attempt) => {
    answer ??= ask(calls, attempt).catch((error: unknown) => {
      answer = undefined
      throw error
    })
    return answer
  }
}

async function ask(calls: NamenodeCalls, attempt: Attempt): Promise<FsServerDefaults> {
  let defaults: FsServerDefaults
  try {
    defaults = (await calls.call(getServerDefaults, {}, attempt)).serverDefaults
  } catch (error) {
    throw error instanceof Refused ? errorOfRefusal(error, attempt, 'not-applied') : error
  }
  if (defaults.encryptDataTransfer !== true) return defaults
  const message = `${attempt.operation} of ${JSON.stringify(attempt.path)}: the cluster wants data encrypted on the way (dfs.encrypt.data.transfer), which hdfs:// cannot do yet; use swebhdfs://`
  throw new FileSystemError(message, { code: 'AUTHENTICATION', outcome: 'not-applied', retry: 'never', ...attempt })
}
