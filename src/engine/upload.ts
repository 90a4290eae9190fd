// Brings an attempt's bytes for one file to the file system and makes sure that they are there, once.
import type { Content } from '../file-system/content.js'
import { lengthOf } from '../file-system/content.js'
import type { FileSystemErrorCode } from '../file-system/file-system-error.js'
import { FileSystemError, isFileSystemError } from '../file-system/file-system-error.js'
import { parentOf } from '../file-system/path.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { copyPrefix } from './copy-prefix.js'
import { fencedOrLost, throwIfFenced } from './fenced.js'
import type { FileTarget } from './file-target.js'
import { tell } from './hooks.js'
import { inThisLane, reclaim } from './reclaim.js'
import type { Epoch, TaskContext } from './task-context.js'
import { writeTemp } from './write-temp.js'

/** Trying again within the attempt does not help: the attempt fails and abort() cleans up. */
const hopeless: readonly FileSystemErrorCode[] = [
  'QUOTA',
  'NO_SPACE',
  'PERMISSION',
  'AUTHENTICATION',
  'UNSUPPORTED',
  'INVALID_PATH',
  'CLOSED',
]

/**
 * Uploads the content behind what the target holds. Resolves when it was found there at the expected length; `target` then says
 * where. Rejects with `FENCED`, `DATA_LOST`, `FOREIGN_FILE` or a FileSystemError: the attempt has failed.
 */
export async function upload(context: TaskContext, epoch: Epoch, target: FileTarget, content: Content): Promise<void> {
  const startedMs = context.clock.nowMs()
  const bytes = lengthOf(content)
  if (target.parts !== undefined) await createPart(context, epoch, target, content, bytes)
  else if (target.placement.at === 'nowhere') await createTemp(context, epoch, target, content)
  else await appendUntilThere(context, epoch, target, content, bytes)
  target.checkedLength += bytes
  tell(context, 'upload', { path: target.path, bytes, durationMs: context.clock.nowMs() - startedMs })
}

/** Makes the directory of a new file before the decision, so that one that cannot be made fails the attempt and not the publish. */
export async function makeDirectory({ fileSystem }: TaskContext, target: FileTarget): Promise<void> {
  if (target.directory !== '') await fileSystem.mkdirs(parentOf(target.path))
}

async function createTemp(context: TaskContext, epoch: Epoch, target: FileTarget, content: Content): Promise<void> {
  await makeDirectory(context, target)
  const temp = await writeTemp(context, epoch, 'data', content, context.createOptions)
  target.placement = { at: 'temp', temp }
}

/** Nothing is ever appended to, so a request that is not answered costs a temp and nothing else. */
async function createPart(
  context: TaskContext,
  epoch: Epoch,
  target: FileTarget,
  content: Content,
  bytes: number,
): Promise<void> {
  await prepareFirstPart(context, epoch, target)
  const temp = await writeTemp(context, epoch, 'data', content, context.createOptions)
  target.parts?.push({ temp, bytes })
  countBlocks(context, target, bytes)
}

/** Counts the blocks of a part. */
export function countBlocks(context: TaskContext, target: FileTarget, bytes: number): void {
  if (target.blockCount !== undefined) target.blockCount += blocksOf(context, bytes)
}

/** Looks, before a part goes to its temp, at what it is to be put behind. */
export async function prepareFirstPart(context: TaskContext, epoch: Epoch, target: FileTarget): Promise<void> {
  if (target.parts === undefined || target.parts.length > 0) return
  if (target.placement.at === 'nowhere') await makeDirectory(context, target)
  else await checkBase(context, epoch, target)
}

/** Blocks that HDFS makes of so many bytes; of a block size that nobody told us of, the usual one is taken. */
export function blocksOf({ createOptions }: Pick<TaskContext, 'createOptions'>, bytes: number): number {
  return Math.ceil(bytes / (createOptions.blockSizeBytes ?? BLOCK_SIZE_BYTES_USUAL))
}

/** `dfs.blocksize` as shipped. */
const BLOCK_SIZE_BYTES_USUAL = 128 * 2 ** 20

async function appendUntilThere(
  context: TaskContext,
  epoch: Epoch,
  target: FileTarget,
  content: Content,
  bytes: number,
): Promise<void> {
  await checkBase(context, epoch, target)
  for (let attempt = 1; ; attempt++) {
    const path = target.placement.at === 'temp' ? target.placement.temp : target.path
    try {
      const length = await context.fileSystem.append(path, content, { base: target.checkedLength })
      if (length !== target.checkedLength + bytes) throw foreignBytes(path, length, target.checkedLength + bytes)
      return
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error
      await prepareRepeat(context, epoch, target, path, error)
      if (attempt >= context.limits.uploadsMax) throw error
    }
  }
}

/**
 * Before an attempt's first bytes go to a data file, or to a temp that is put behind it: is it as long as the log says? One that lost bytes (a power failure, a hand) would
 * look whole again with ours at its end, and be cut to the committed length with the wrong content.
 */
export async function checkBase(context: TaskContext, epoch: Epoch, target: FileTarget): Promise<void> {
  if (target.placement.at === 'temp' || target.reachedDataFile) return
  const { path, checkedLength } = target
  const length = (await context.fileSystem.stat(path))?.length
  if (length === undefined) return fencedOrLost(context, epoch, path, 'it is not there any more')
  if (length < checkedLength) {
    return fencedOrLost(context, epoch, path, `it has ${length} bytes, ${checkedLength} were committed`)
  }
  const isAppendedTo = target.parts === undefined
  // In mode `concat` nobody has renamed the file away from who was fenced: whoever owns the task now may have put more behind it.
  if (length > checkedLength && !isAppendedTo) await throwIfFenced(context, epoch)
  // From here on abort() has to look after the file, also where it is to cut what others wrote.
  target.reachedDataFile = isAppendedTo || length > checkedLength
  if (length > checkedLength) throw foreignBytes(path, length, checkedLength)
}

/** An append did not succeed. Throws where the attempt has to fail, else leaves the target so that appending again is safe: under a name that the first request does not know. */
async function prepareRepeat(
  context: TaskContext,
  epoch: Epoch,
  target: FileTarget,
  path: string,
  error: FileSystemError,
): Promise<void> {
  if (error.code === 'WRONG_LENGTH') throw foreignBytes(path, undefined, target.checkedLength, error)
  if (error.outcome === 'unknown') epoch.hasUnanswered = true
  if (error.code === 'TIMEOUT') target.writersGone = 'maybe'
  const isTemp = target.placement.at === 'temp'
  if (error.code === 'NOT_FOUND' && error.outcome === 'not-applied') {
    if (!isTemp) return fencedOrLost(context, epoch, path, 'it is not there any more')
    await throwIfFenced(context, epoch)
  }
  noteRefusal(target, error)
  // Unknown may also mean that a lease was lost and the file is where it was: what follows looks for it.
  if ((error.outcome === 'not-applied' && target.takesMore) || hopeless.includes(error.code)) throw error
  if (target.placement.at === 'temp') {
    const temp = await copyPrefix(context, epoch, path, target.checkedLength)
    if (temp !== 'moved') {
      target.placement = { ...target.placement, temp }
      return
    }
    // Nothing that was committed is lost with a temp: the attempt fails, and the source replays it.
    await throwIfFenced(context, epoch)
    throw error
  }
  const { serial, directory, checkedLength: keep, writersGone, takesMore } = target
  const { path: reclaimedPath, placement } = await reclaim(
    context,
    epoch,
    { serial, directory, path: target.path, keep, writersGone, takesMore },
    inThisLane,
  )
  target.path = reclaimedPath
  target.placement = placement
}

/** Somebody else has the file open, or HDFS takes nothing at its end any more (H49): both may last for ever, so its bytes go on in a copy. */
export function noteRefusal(target: FileTarget, error: unknown): void {
  if (isFileSystemError(error, 'LEASE_HELD')) target.takesMore = false
}

/** The length is not what it must be: bytes of ours were lost, or somebody else's came. */
export function foreignBytes(
  path: string,
  found: number | undefined,
  expected: number,
  cause?: FileSystemError,
): MultiOutputError {
  const what = found === undefined ? 'its length is not what it must be' : `it has ${found} bytes, not ${expected}`
  return new MultiOutputError(
    'FOREIGN_FILE',
    `${path}: ${what}: bytes of ours were lost or a foreign writer added some. abort() cuts it back to what was committed; find who else writes there.`,
    { path, ...(cause === undefined ? {} : { cause }) },
  )
}
