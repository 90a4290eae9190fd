// Reclaim(file, keep): fence a data file, wait until it is closed or copy, cut it to `keep`. Used by every open that takes
// over, by an attempt whose append was left unanswered, and by abort. docs/protocol.md, "Reclaiming a file".
import pLimit from 'p-limit'
import type { FileStatus } from '../file-system/file-system.js'
import { FileSystemError, isFileSystemError } from '../file-system/file-system-error.js'
import { joinPath, nameOf } from '../file-system/path.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import type { DataFileName } from '../protocol/file-naming.js'
import type { Placement } from '../protocol/plan-commit.js'
import type { Generations } from '../protocol/reclaim-decision.js'
import { generationsOf, reclaimChoice } from '../protocol/reclaim-decision.js'
import { copyPrefix } from './copy-prefix.js'
import { fenced, fencedOrLost } from './fenced.js'
import { tell } from './hooks.js'
import { inLanes } from './lanes.js'
import type { Epoch, TaskContext } from './task-context.js'
import { type Lane, waitUntilClosed } from './wait-until-closed.js'

/** What to reclaim. */
export interface ReclaimRequest {
  readonly serial: number
  readonly directory: string
  /** As the log last named it, for messages. */
  readonly path: string
  /** Bytes to keep: the committed length, or the checked base of an upload that went wrong. */
  readonly keep: number
  /** `surely`: nobody but this call can have a request on its way to the file, whatever the file system can tell. */
  readonly writersGone: 'surely' | 'maybe'
  /** Left out: `true`. `false`: what was to be put behind it was refused for as long as we try, so it is copied. */
  readonly takesMore?: boolean
}

/** Where a reclaimed file is. With placement `temp` the path is the one that the next record must give it. */
export interface Reclaimed {
  readonly path: string
  readonly placement: Placement
}

/** For who is in a lane already. */
export const inThisLane: Lane = (run) => run()

/** Reclaims many files side by side: while files are waited for, to close or to be cut, the lanes are free for others. Rejects as `reclaim` does. */
export function reclaimAll<File, Result>(
  context: TaskContext,
  files: Iterable<File>,
  work: (file: File, lane: Lane) => Promise<Result>,
): Promise<Result[]> {
  const lanes = pLimit(context.limits.reclaimsMax)
  return inLanes({ lanes }, files, (file) => work(file, context.lanes))
}

/** Reclaims a file. Rejects with `FENCED`, `DATA_LOST`, `FOREIGN_FILE`, or a FileSystemError: then it may be called again and goes on from whatever name the file has. */
export async function reclaim(
  context: TaskContext,
  epoch: Epoch,
  request: ReclaimRequest,
  lane: Lane,
): Promise<Reclaimed> {
  let mayTruncate = context.fileSystem.capabilities.truncate
  const { keep, takesMore = true } = request
  const { naming } = context
  for (let round = 0; round < context.limits.reclaimRoundsMax; round++) {
    const name = await lane(() => fence(context, epoch, request))
    if (name === undefined) continue
    const path = joinPath(request.directory, naming.format(name))
    const found = await settle(context, epoch, path, request, lane)
    if (found === 'moved') continue
    switch (reclaimChoice({ ...found, keep, mayTruncate, takesMore })) {
      case 'keep':
        return reclaimed(context, request, path, 'kept')
      case 'data-lost':
        return fencedOrLost(context, epoch, path, `it has ${found.length} bytes, ${request.keep} were committed`)
      case 'truncate':
        if (await truncate(context, epoch, path, request.keep)) return reclaimed(context, request, path, 'truncated')
        // It may still be cut later. The name is burnt: go round once more and leave the file behind.
        mayTruncate = false
        continue
      case 'copy': {
        const temp = await lane(() => copyPrefix(context, epoch, path, request.keep))
        if (temp === 'moved') continue
        const next = joinPath(request.directory, naming.format({ ...name, generation: epoch.nextGeneration() }))
        tell(context, 'reclaim', { from: request.path, path: next, keptBytes: request.keep, how: 'copied' })
        return { path: next, placement: { at: 'temp', temp, replaces: [path] } }
      }
    }
  }
  throw new MultiOutputError(
    'OPEN_FAILED',
    `${request.path}: not reclaimed within ${context.limits.reclaimRoundsMax} rounds; it keeps moving or the file system keeps answering without effect`,
    { path: request.path },
  )
}

function reclaimed(context: TaskContext, request: ReclaimRequest, path: string, how: 'kept' | 'truncated'): Reclaimed {
  tell(context, 'reclaim', { from: request.path, path, keptBytes: request.keep, how })
  return { path, placement: { at: 'data-file' } }
}

/** Gives the file a name of our own epoch. `undefined`: look again. */
async function fence(context: TaskContext, epoch: Epoch, request: ReclaimRequest): Promise<DataFileName | undefined> {
  const { directory } = request
  const pathOf = (name: DataFileName): string => joinPath(directory, context.naming.format(name))
  const generations = await findGenerations(context, epoch, request)
  if (generations.found === 'none') {
    return fencedOrLost(
      context,
      epoch,
      request.path,
      `no file of serial ${request.serial} is in its directory any more`,
    )
  }
  if (generations.found === 'later-epoch') throw fenced(context, epoch, `${generations.name} is of a later epoch`)
  for (const lower of generations.lower) await context.fileSystem.delete(pathOf(lower))
  const next: DataFileName = { ...generations.highest, generation: epoch.nextGeneration() }
  try {
    await context.fileSystem.rename(pathOf(generations.highest), pathOf(next), { mode: 'move' })
    return next
  } catch (error) {
    // Moved by another, or unanswered: the next listing tells under which name it is.
    if (isFileSystemError(error, 'NOT_FOUND') || (error instanceof FileSystemError && error.outcome === 'unknown')) {
      return undefined
    }
    throw error
  }
}

/** Lists once more before believing that a file is gone: a listing is not atomic. */
async function findGenerations(context: TaskContext, epoch: Epoch, request: ReclaimRequest): Promise<Generations> {
  const { naming, task } = context
  const extension = naming.extensionOf(request.path)
  const wanted = { task, serial: request.serial, extension, epoch: epoch.number }
  let generations: Generations = { found: 'none' }
  for (let listing = 0; listing < 2 && generations.found === 'none'; listing++) {
    generations = generationsOf(naming, await namesIn(context, request.directory), wanted)
  }
  return generations
}

async function namesIn({ fileSystem }: TaskContext, directory: string): Promise<string[]> {
  const names: string[] = []
  try {
    for await (const entry of fileSystem.list(directory)) if (entry.type === 'file') names.push(nameOf(entry.path))
  } catch (error) {
    if (!isFileSystemError(error, 'NOT_FOUND')) throw error
  }
  return names
}

/** Waits until the fenced file is closed, or for as long as a takeover may take. */
async function settle(
  context: TaskContext,
  epoch: Epoch,
  path: string,
  request: ReclaimRequest,
  lane: Lane,
): Promise<{ readonly state: 'closed' | 'maybe-open'; readonly length: number } | 'moved'> {
  const { capabilities } = context.fileSystem
  let state: 'closed' | 'maybe-open' | 'moved' = 'maybe-open'
  if (capabilities.tellsOpen) state = await waitUntilClosed(context, epoch, path, lane)
  else if (capabilities.requestsEndWithProcess && request.writersGone === 'surely') state = 'closed'
  if (state === 'moved') return 'moved'
  // Asked after the file was seen closed; before, a length says nothing.
  const status: FileStatus | undefined = await lane(() => context.fileSystem.stat(path))
  return status === undefined ? 'moved' : { state, length: status.length }
}

/** False: it was refused, or may be on its way still. */
async function truncate(context: TaskContext, epoch: Epoch, path: string, length: number): Promise<boolean> {
  try {
    await context.fileSystem.truncate(path, { length, waitMs: context.limits.truncateWaitMs })
    return true
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error
    if (error.outcome !== 'not-applied') epoch.hasUnanswered = true
    context.logger.info(
      { err: error, path },
      'truncate did not settle; the committed part of the file is copied instead',
    )
    return false
  }
}
