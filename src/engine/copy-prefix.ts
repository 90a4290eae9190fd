// Copies to a temp: the committed prefix of a file that cannot be cut in place, or the pieces of one that CONCAT will not put together.
import { isFileSystemError } from '../file-system/file-system-error.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import type { Epoch, TaskContext } from './task-context.js'
import { tryFreshTemps } from './write-temp.js'

/** Copies the first `keep` bytes to a temp and answers its path; `moved` where the file is not there any more. Rejects with `DATA_LOST` where it has fewer. Memory is flat. */
export async function copyPrefix(
  context: TaskContext,
  epoch: Epoch,
  path: string,
  keep: number,
): Promise<string | 'moved'> {
  const copy = await copyAll(context, epoch, [path], { bytes: keep, readMax: keep })
  if (copy === 'gone') return 'moved'
  if (copy.temp === undefined) throw tooShort(path, copy.bytesRead, keep)
  return copy.temp
}

/**
 * Copies files, one behind the other, to a temp and answers its path; or `other` where one of them is not there any more, or they have not exactly so many
 * bytes in all. Memory is flat.
 */
export async function copyPieces(
  context: TaskContext,
  epoch: Epoch,
  paths: readonly string[],
  bytes: number,
): Promise<string | 'other'> {
  // One more than there should be shows that there are more.
  const copy = await copyAll(context, epoch, paths, { bytes, readMax: bytes + 1 })
  return copy === 'gone' ? 'other' : (copy.temp ?? 'other')
}

/** How much is copied: reading ends at `readMax`, and only a copy of exactly `bytes` is one. */
interface CopyLength {
  readonly bytes: number
  readonly readMax: number
}

/** `temp` is left out where another number of bytes was read. */
async function copyAll(
  context: TaskContext,
  epoch: Epoch,
  paths: readonly string[],
  length: CopyLength,
): Promise<{ readonly temp?: string; readonly bytesRead: number } | 'gone'> {
  let bytesRead = 0
  try {
    const temp = await tryFreshTemps(context, epoch, 'copy', async (fresh) => {
      bytesRead = await copyTo(context, paths, fresh, length)
    })
    return bytesRead === length.bytes ? { temp, bytesRead } : { bytesRead }
  } catch (error) {
    if (isFileSystemError(error, 'NOT_FOUND') && error.path !== undefined && paths.includes(error.path)) return 'gone'
    throw error
  }
}

/** Answers the bytes that were read; if there are not as many as there should be, the temp is given up. */
async function copyTo(
  { fileSystem, createOptions }: TaskContext,
  paths: readonly string[],
  temp: string,
  { bytes, readMax }: CopyLength,
): Promise<number> {
  const upload = await fileSystem.createUpload(temp, createOptions)
  try {
    for (const path of paths) {
      const end = readMax - upload.sentBytes
      if (end === 0) break
      for await (const chunk of fileSystem.readStream(path, { end })) await upload.write(chunk)
    }
    if (upload.sentBytes !== bytes) {
      await upload.abort()
      return upload.sentBytes
    }
    const length = await upload.end()
    if (length !== bytes) throw tooShort(temp, length, bytes)
    return length
  } catch (error) {
    await upload.abort()
    throw error
  }
}

function tooShort(path: string, length: number, keep: number): MultiOutputError {
  return new MultiOutputError(
    'DATA_LOST',
    `${path}: only ${length} bytes can be read, ${keep} were committed. The file itself was not changed.`,
    { path },
  )
}
