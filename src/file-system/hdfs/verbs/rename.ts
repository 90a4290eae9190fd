// rename2, which replaces or does not, as it is told, in one step.
import type { RenameMode } from '../../file-system.js'
import { FileSystemError, type FileSystemErrorCode } from '../../file-system-error.js'
import { parentOf } from '../../path.js'
import { errorOfRefusal, outcomeOfMutation, Refused } from '../../webhdfs-protocol/answer-errors.js'
import { type Attempt, refusal } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { rename2 } from '../messages/namespace-methods.js'
import type { Session } from '../session.js'
import { stat } from './stat.js'

interface Names {
  readonly source: string
  readonly destination: string
}

/** See `FileSystem.rename`. `claim` and `move` are the same here: nothing is ever replaced. */
export async function rename(session: Session, names: Names, mode: RenameMode): Promise<void> {
  const { source, destination } = names
  const { root } = session.options
  const attempt: Attempt = { operation: 'rename', path: source }
  const replaces = mode === 'replace'
  if (replaces) await checkReplaceable(session, names, attempt)
  const request = { src: absolutePath(root, source), dst: absolutePath(root, destination), overwriteDest: replaces }
  try {
    await session.calls.call(rename2, request, attempt)
  } catch (error) {
    throw error instanceof Refused ? await errorOf(error, session, names, mode) : error
  }
}

/** HDFS would replace an empty directory by a directory. */
async function checkReplaceable(session: Session, { source, destination }: Names, attempt: Attempt): Promise<void> {
  const found = await stat(session, destination, attempt)
  if (found?.type !== 'directory' || source === destination) return
  throw refusal('IS_DIRECTORY', 'would replace a directory', { operation: 'rename', path: destination })
}

async function errorOf(error: Refused, session: Session, names: Names, mode: RenameMode): Promise<FileSystemError> {
  const { source, destination } = names
  const { code, settles } = error.verdict
  if (code === 'NOT_FOUND' && settles !== 'nothing' && !/^rename source /.test(error.message)) {
    // Neither of the two sentences that HDFS has: state tells which one is missing.
    return whatIsMissing(session, names)
  }
  const path = code === 'ALREADY_EXISTS' || code === 'PARENT_NOT_FOUND' ? destination : source
  // A directory appeared at the destination after the look above.
  const isInTheWay = mode === 'replace' && code === 'ALREADY_EXISTS' && source !== destination
  const verdict = isInTheWay ? { ...error.verdict, code: 'IS_DIRECTORY' as const } : error.verdict
  return errorOfRefusal(new Refused(error.exception, verdict), { operation: 'rename', path }, outcomeOfMutation)
}

async function whatIsMissing(session: Session, { source, destination }: Names): Promise<FileSystemError> {
  const attempt: Attempt = { operation: 'rename', path: source }
  const missing = (code: FileSystemErrorCode, says: string, path: string): FileSystemError =>
    refusal(code, says, { operation: 'rename', path })
  if ((await stat(session, source, attempt)) === undefined) return missing('NOT_FOUND', 'has no such source', source)
  const parent = await stat(session, parentOf(destination), attempt)
  if (parent === undefined) return missing('PARENT_NOT_FOUND', 'has no parent directory', destination)
  if (parent.type === 'file') return missing('NOT_A_DIRECTORY', 'has a file for its parent', destination)
  const message = `rename of ${JSON.stringify(source)}: something was missing, and is there now`
  return new FileSystemError(message, { code: 'UNEXPECTED', outcome: 'not-applied', retry: 'now', ...attempt })
}
