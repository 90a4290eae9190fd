// Looks at the disk: status, directories, bytes. Nothing here changes anything.
import { isUtf8 } from 'node:buffer'
import { type BigIntStats, constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { ByteRange, FileStatus } from '../file-system.js'
import { isFileSystemError } from '../file-system-error.js'
import { joinPath } from '../path.js'
import type { LocalContext } from './context.js'
import { type Attempt, errnoOf, refusal } from './errno.js'
import { below, undefinedIfAbsent } from './root.js'
import { readFully } from './transfer.js'
import { orClose } from './upload.js'

/** Bytes of a chunk of `readStream`. */
const STREAM_CHUNK_BYTES = 256 * 1024

/** Entries looked at together while listing. */
const LIST_PAGE_ENTRIES = 64

// O_NONBLOCK: a FIFO without a writer must not block; files do not know it.
const OPEN_TO_READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW

/** What stands at the path; `undefined` also for what is neither a file nor a directory. */
export async function statusOf(context: LocalContext, path: string, attempt: Attempt): Promise<FileStatus | undefined> {
  const real = await context.root.find(path, attempt)
  if (real === undefined) return undefined
  const status = await context.disk.lstat(real, { bigint: true }).catch(undefinedIfAbsent)
  return status === undefined ? undefined : toFileStatus(path, status)
}

function toFileStatus(path: string, status: BigIntStats): FileStatus | undefined {
  if (!status.isFile() && !status.isDirectory()) return undefined
  const isFile = status.isFile()
  return {
    path,
    type: isFile ? 'file' : 'directory',
    length: isFile ? Number(status.size) : 0,
    modifiedMs: Number(status.mtimeMs),
    fileId: `${status.dev}-${status.ino}`,
  }
}

/**
 * The entries after the name `startAfter`, in the order of their names' code points. Left out is what the port has no
 * word for: names that are not UTF-8, links that cannot be followed or lead out of the location, devices and sockets.
 */
export async function* listEntries(
  context: LocalContext,
  path: string,
  startAfter: string | undefined,
  attempt: Attempt,
): AsyncGenerator<FileStatus> {
  const real = await context.root.find(path, attempt)
  if (real === undefined) throw refusal('NOT_FOUND', 'is not there', attempt)
  const after = startAfter === undefined ? undefined : Buffer.from(startAfter)
  // Bytes of UTF-8 sort like the code points that they stand for; UTF-16, as strings compare, does not.
  const names = (await context.disk.readdir(real, { encoding: 'buffer' }))
    .filter((name) => isUtf8(name) && (after === undefined || Buffer.compare(name, after) > 0))
    .sort(Buffer.compare)
  for (let first = 0; first < names.length; first += LIST_PAGE_ENTRIES) {
    const page = names.slice(first, first + LIST_PAGE_ENTRIES).map(async (bytes) => {
      const name = bytes.toString()
      return await entryStatus(context, { absolute: below(real, name), path: joinPath(path, name) }, attempt)
    })
    for (const status of await Promise.all(page)) if (status !== undefined) yield status
  }
}

async function entryStatus(
  context: LocalContext,
  entry: { readonly absolute: string; readonly path: string },
  attempt: Attempt,
): Promise<FileStatus | undefined> {
  const status = await context.disk.lstat(entry.absolute, { bigint: true }).catch(undefinedIfAbsent)
  if (status === undefined) return undefined
  if (!status.isSymbolicLink()) return toFileStatus(entry.path, status)
  try {
    return await statusOf(context, entry.path, { ...attempt, path: entry.path })
  } catch (error) {
    if (isFileSystemError(error, 'INVALID_PATH') || ['ELOOP', 'EACCES'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

/** Opens a file to read; the caller closes it. */
export async function openToRead(context: LocalContext, path: string, attempt: Attempt): Promise<FileHandle> {
  const real = await context.root.find(path, attempt)
  if (real === undefined) throw refusal('NOT_FOUND', 'is not there', attempt)
  const handle = await context.disk.open(real, OPEN_TO_READ)
  return await orClose(handle, async () => {
    const status = await handle.stat()
    if (status.isDirectory()) throw refusal('IS_DIRECTORY', 'is a directory', attempt)
    if (!status.isFile()) throw refusal('UNSUPPORTED', 'is neither a file nor a directory', attempt)
    return handle
  })
}

/** The bytes of a range, in memory. */
export async function readRange(handle: FileHandle, range: ByteRange): Promise<Uint8Array> {
  const { size: sizeBytes } = await handle.stat()
  const start = range.start ?? 0
  const wantedBytes = Math.max(0, Math.min(range.end ?? sizeBytes, sizeBytes) - start)
  const bytes = new Uint8Array(wantedBytes)
  const filledBytes = await readFully(handle, bytes, start)
  return filledBytes === wantedBytes ? bytes : bytes.slice(0, filledBytes)
}

/** The same, chunk by chunk. A file that grows meanwhile is read on to its new end. */
export async function* readChunks(handle: FileHandle, range: ByteRange): AsyncGenerator<Uint8Array> {
  const end = range.end ?? Number.POSITIVE_INFINITY
  for (let position = range.start ?? 0; position < end; ) {
    const chunk = new Uint8Array(Math.min(STREAM_CHUNK_BYTES, end - position))
    const filledBytes = await readFully(handle, chunk, position)
    if (filledBytes > 0) yield filledBytes === chunk.byteLength ? chunk : chunk.subarray(0, filledBytes)
    if (filledBytes < chunk.byteLength) return
    position += filledBytes
  }
}
