// The three renames. A claim is link(2) and then unlink(2): link never replaces, so of any number of callers one wins,
// in any number of processes. A crash between the two leaves two names of one file, which the next claim finishes.
import type { BigIntStats } from 'node:fs'
import type { RenameMode } from '../file-system.js'
import type { LocalContext } from './context.js'
import { type Attempt, errnoOf, refusal, toFileSystemError } from './errno.js'
import { type Entry, isAbsence, undefinedIfAbsent } from './root.js'

interface Names {
  readonly source: Entry
  readonly destination: Entry
  /** The destination's path, for errors that are about it. */
  readonly path: string
}

/** Renames, and makes both directories durable. */
export async function rename(
  context: LocalContext,
  paths: { readonly source: string; readonly destination: string; readonly mode: RenameMode },
  attempt: Attempt,
): Promise<void> {
  const source = await context.root.findEntry(paths.source, attempt).catch(undefinedIfAbsent)
  const found = source === undefined ? undefined : await look(context, source)
  const towards: Attempt = { ...attempt, path: paths.destination }
  const destination = await context.root.findEntry(paths.destination, towards).catch((error: unknown) => {
    if (found !== undefined) throw toFileSystemError(error, towards)
    return undefined
  })
  if (source === undefined || found === undefined) {
    await settleAbsence(context, source, destination)
    throw refusal('NOT_FOUND', 'is not there', attempt)
  }
  if (destination === undefined) throw noParent(paths.destination, attempt)
  const names = { source, destination, path: paths.destination }
  if (source.absolute === destination.absolute) throw alreadyThere(names, attempt)
  switch (paths.mode) {
    case 'claim':
      return await claim(context, names, found, attempt)
    case 'move':
      return await move(context, names, attempt)
    case 'replace':
      return await replace(context, names, found, attempt)
  }
}

async function claim(context: LocalContext, names: Names, source: BigIntStats, attempt: Attempt): Promise<void> {
  const { disk, directories } = context
  if (!source.isFile()) {
    const what = source.isDirectory() ? 'is a directory' : 'is no plain file'
    throw refusal('UNSUPPORTED', `${what}; a claim on a local disk is a hard link, which only files have`, attempt)
  }
  try {
    await disk.link(names.source.absolute, names.destination.absolute)
  } catch (error) {
    switch (errnoOf(error)) {
      case 'EEXIST':
        return await finishClaim(context, names, attempt)
      case 'ENOENT':
        throw await whichIsMissing(context, names, attempt, error)
      case 'ENOTDIR':
        throw throughFile(names, attempt, error)
      case 'EPERM':
        throw refusal('PERMISSION', whyNoLink, attempt, { cause: error })
      default:
        throw error
    }
  }
  attempt.outcome = 'unknown'
  // Before the source goes: a file system may write out the two directories in any order.
  await directories.sync(names.destination.directory)
  if ((await dropSource(context, names)) === 'dropped') return
  // Somebody else took the source away. The same claim, finished by another process, leaves the file one name.
  const there = await look(context, names.destination)
  if (there === undefined || there.nlink === 1n) return
  throw refusal('UNEXPECTED', 'was renamed to two names at once: read both to see which counts', attempt)
}

const whyNoLink =
  'cannot be linked: the file system has no hard links, or the file belongs to another user (fs.protected_hardlinks)'

/** There is a destination: either an earlier try of this very claim, cut short, or somebody else's. */
async function finishClaim(context: LocalContext, names: Names, attempt: Attempt): Promise<void> {
  const { directories } = context
  const there = await look(context, names.destination)
  const source = await look(context, names.source)
  if (source === undefined) throw refusal('NOT_FOUND', 'is not there', attempt)
  // Whoever loses may read what stands there, and act on it: so it is durable before the loser is told.
  await directories.sync(names.destination.directory)
  // One link alone means two spellings of one name (a disk that ignores case), and nothing to finish.
  if (there === undefined || !isSameFile(there, source) || source.nlink < 2n) throw alreadyThere(names, attempt)
  attempt.outcome = 'unknown'
  await dropSource(context, names)
}

// Another process may be finishing the same claim: the source's absence is what both want.
async function dropSource({ disk, directories }: LocalContext, names: Names): Promise<'dropped' | 'absent'> {
  let answer: 'dropped' | 'absent' = 'dropped'
  try {
    await disk.unlink(names.source.absolute)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    answer = 'absent'
  }
  await directories.syncIfThere(names.source.directory)
  return answer
}

async function move(context: LocalContext, names: Names, attempt: Attempt): Promise<void> {
  if ((await look(context, names.destination)) !== undefined) throw alreadyThere(names, attempt)
  await renameAndSync(context, names, attempt)
}

async function replace(context: LocalContext, names: Names, source: BigIntStats, attempt: Attempt): Promise<void> {
  const there = await look(context, names.destination)
  if (there?.isDirectory()) throw refusal('IS_DIRECTORY', 'is a directory', attempt, { path: names.path })
  if (there !== undefined && isSameFile(there, source) && source.nlink >= 2n) {
    // rename(2) does nothing when both are names of one file (a claim cut short), and says that it succeeded.
    attempt.outcome = 'unknown'
    await context.directories.sync(names.destination.directory)
    await dropSource(context, names)
    return
  }
  await renameAndSync(context, names, attempt)
}

async function renameAndSync(context: LocalContext, names: Names, attempt: Attempt): Promise<void> {
  const { disk, directories } = context
  try {
    await disk.rename(names.source.absolute, names.destination.absolute)
  } catch (error) {
    switch (errnoOf(error)) {
      case 'ENOENT':
        throw await whichIsMissing(context, names, attempt, error)
      case 'EEXIST':
      case 'ENOTEMPTY':
        throw alreadyThere(names, attempt, error)
      case 'ENOTDIR':
        throw throughFile(names, attempt, error)
      case 'EISDIR':
        throw refusal('IS_DIRECTORY', 'is a directory', attempt, { path: names.path, cause: error })
      case 'EINVAL':
        throw refusal('INVALID_ARGUMENT', 'cannot be moved into itself', attempt, { cause: error })
      default:
        throw error
    }
  }
  attempt.outcome = 'unknown'
  directories.forget(names.source.absolute)
  await directories.sync(names.destination.directory)
  if (names.source.directory !== names.destination.directory) await directories.syncIfThere(names.source.directory)
}

/**
 * The source's absence is what tells a caller that its rename happened, perhaps by a process that was killed before it
 * had synced: so the absence is made durable before it is reported.
 */
async function settleAbsence(
  { directories }: LocalContext,
  source: Entry | undefined,
  destination: Entry | undefined,
): Promise<void> {
  if (destination !== undefined) await directories.syncIfThere(destination.directory)
  if (source !== undefined) await directories.syncIfThere(source.directory)
}

async function whichIsMissing(context: LocalContext, names: Names, attempt: Attempt, cause: unknown): Promise<Error> {
  if ((await look(context, names.source)) !== undefined) return noParent(names.path, attempt)
  return refusal('NOT_FOUND', 'is not there', attempt, { cause })
}

async function look({ disk }: LocalContext, entry: Entry): Promise<BigIntStats | undefined> {
  try {
    return await disk.lstat(entry.absolute, { bigint: true })
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

function isSameFile(a: BigIntStats, b: BigIntStats): boolean {
  return a.dev === b.dev && a.ino === b.ino
}

function noParent(path: string, attempt: Attempt): Error {
  return refusal('PARENT_NOT_FOUND', 'has no parent directory', attempt, { path })
}

// The source was seen, so it is the destination: below a file, or a file where a directory is to go.
function throughFile(names: Names, attempt: Attempt, cause: unknown): Error {
  return refusal('NOT_A_DIRECTORY', 'is a file, or leads through one', attempt, { path: names.path, cause })
}

function alreadyThere(names: Names, attempt: Attempt, cause?: unknown): Error {
  return refusal('ALREADY_EXISTS', 'is there already', attempt, { path: names.path, cause })
}
