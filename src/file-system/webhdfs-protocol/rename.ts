// RENAME in its three modes. WebHDFS has options that fail in words; HttpFS ignores them and says `false`, or moves a file
// into a directory that stands at the destination, so there the adapter looks first, and afterwards for the reason.
import type { RenameMode } from '../file-system.js'
import { FileSystemError, type FileSystemErrorCode } from '../file-system-error.js'
import { parentOf } from '../path.js'
import { errorOfRefusal, outcomeOfMutation, parse, Refused } from './answer-errors.js'
import { type Attempt, refusal } from './arguments.js'
import { parameterPath } from './hdfs-path.js'
import { booleanOf } from './replies.js'
import { stat } from './stat.js'
import type { Wire, WireReply } from './wire.js'

interface Names {
  readonly source: string
  readonly destination: string
}

/** See `FileSystem.rename`. */
export async function rename(wire: Wire, names: Names, mode: RenameMode): Promise<void> {
  const attempt: Attempt = { operation: 'rename', path: names.source }
  if (wire.httpFs) await renamePlainly(wire, names, mode, attempt)
  else await renameWithOptions(wire, names, mode, attempt)
}

async function renameWithOptions(wire: Wire, names: Names, mode: RenameMode, attempt: Attempt): Promise<void> {
  const { source, destination } = names
  if (mode === 'replace') await checkReplaceable(wire, names, attempt)
  try {
    await ask(wire, names, { renameoptions: mode === 'replace' ? 'OVERWRITE' : 'NONE' }, attempt)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { code, settles } = error.verdict
    const about = code === 'ALREADY_EXISTS' || code === 'PARENT_NOT_FOUND' ? destination : source
    // A directory appeared at the destination after the look above.
    const inTheWay = mode === 'replace' && code === 'ALREADY_EXISTS' && source !== destination
    const verdict = inTheWay ? { ...error.verdict, code: 'IS_DIRECTORY' as const } : error.verdict
    const at = { operation: attempt.operation, path: about }
    if (code === 'NOT_FOUND' && settles !== 'nothing' && !/^rename source /.test(error.message)) {
      // Neither of the two sentences that 3.4.2 has: state tells which one is missing.
      throw await brokenRule(wire, names, attempt)
    }
    throw errorOfRefusal(new Refused(error.exception, verdict), at, outcomeOfMutation)
  }
}

/** `OVERWRITE` would replace an empty directory by a directory. */
async function checkReplaceable(wire: Wire, { source, destination }: Names, attempt: Attempt): Promise<void> {
  const found = await stat(wire, destination, attempt)
  if (found?.type !== 'directory' || source === destination) return
  throw refusal('IS_DIRECTORY', 'would replace a directory', { operation: 'rename', path: destination })
}

async function renamePlainly(wire: Wire, names: Names, mode: RenameMode, attempt: Attempt): Promise<void> {
  if (mode === 'replace') {
    throw refusal('UNSUPPORTED', 'in mode replace would not be atomic through HttpFS', attempt)
  }
  const occupied = await stat(wire, names.destination, attempt)
  if (occupied !== undefined) throw await brokenRule(wire, names, attempt)
  let renamed: boolean
  try {
    renamed = parse(await ask(wire, names, {}, attempt), booleanOf, attempt, 'unknown')
  } catch (error) {
    if (error instanceof Refused) throw errorOfRefusal(error, attempt, outcomeOfMutation)
    throw error
  }
  if (!renamed) throw await brokenRule(wire, names, attempt)
}

function ask(wire: Wire, { source, destination }: Names, options: object, attempt: Attempt): Promise<WireReply> {
  const parameters = { destination: parameterPath(wire.root, destination), ...options }
  return wire.ask({ method: 'PUT', op: 'RENAME', path: source, parameters, effect: 'mutates' }, attempt)
}

/** The server said no without saying why: which rule of the verb does not hold? */
async function brokenRule(wire: Wire, { source, destination }: Names, attempt: Attempt): Promise<FileSystemError> {
  const found = async (path: string) => stat(wire, path, attempt)
  if ((await found(source)) === undefined) return broken('NOT_FOUND', 'has no such source', source)
  if ((await found(destination)) !== undefined) return broken('ALREADY_EXISTS', 'exists', destination)
  const parent = await found(parentOf(destination))
  if (parent === undefined) return broken('PARENT_NOT_FOUND', 'has no parent directory', destination)
  if (parent.type === 'file') return broken('NOT_A_DIRECTORY', 'has a file for its parent', destination)
  if (destination.startsWith(`${source}/`)) return broken('INVALID_ARGUMENT', 'would be below its source', destination)
  return broken('UNEXPECTED', 'is free, and yet the server answered false', destination)
}

function broken(code: FileSystemErrorCode, complaint: string, path: string): FileSystemError {
  return new FileSystemError(`rename: ${JSON.stringify(path)} ${complaint}`, {
    code,
    outcome: 'not-applied',
    retry: code === 'UNEXPECTED' ? 'now' : 'never',
    operation: 'rename',
    path,
  })
}
