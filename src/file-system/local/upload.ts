// Bytes on their way into one file of the local disk, and the operations that are such an upload in one go.
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { CreateOptions, Upload } from '../file-system.js'
import type { FileSystemError } from '../file-system-error.js'
import { parentOf } from '../path.js'
import { checkBytes, modeOf } from './arguments.js'
import type { LocalContext } from './context.js'
import { type Attempt, errnoOf, refusal, toFileSystemError } from './errno.js'
import { makeDirectories } from './make-directories.js'
import { writeAll } from './transfer.js'

/** Bytes that `write` takes in before it asks the caller to wait. */
const QUEUED_BYTES_MAX = 1024 * 1024

// O_NOFOLLOW: the path was resolved, so a link there is one that came since. O_NONBLOCK: a FIFO must not block.
const OPEN_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
const OPEN_TO_APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Makes the file and opens it. */
export async function openNew(
  context: LocalContext,
  path: string,
  options: CreateOptions,
  attempt: Attempt,
): Promise<LocalUpload> {
  const mode = modeOf(options, attempt)
  // An attempt of its own: directories that were made do not make the file's outcome doubtful.
  if (options.parents === 'create') await makeDirectories(context, parentOf(path), { ...attempt })
  const entry = await context.root.findEntry(path, attempt)
  if (entry === undefined) throw refusal('PARENT_NOT_FOUND', 'has no parent directory', attempt)
  let handle: FileHandle
  try {
    handle = await context.disk.open(entry.absolute, OPEN_NEW, mode ?? 0o666)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    throw refusal('PARENT_NOT_FOUND', 'has no parent directory', attempt, { cause: error })
  }
  attempt.outcome = 'unknown'
  // The process's umask has cut the mode; what was asked for is what the file gets.
  if (mode !== undefined) await orClose(handle, () => handle.chmod(mode))
  return new LocalUpload({ context, handle, attempt, base: 0, directory: entry.directory })
}

/** Opens a file of length `base` to write at its end. */
export async function openToAppend(
  context: LocalContext,
  path: string,
  base: number,
  attempt: Attempt,
): Promise<LocalUpload> {
  checkBytes(base, 'base', attempt)
  const handle = await openToWrite(context, path, attempt, OPEN_TO_APPEND)
  await orClose(handle, async () => checkLength(handle, base, attempt))
  return new LocalUpload({ context, handle, attempt, base, directory: undefined })
}

/** Opens a file that exists, for `append` and `truncate`. */
export async function openToWrite(
  context: LocalContext,
  path: string,
  attempt: Attempt,
  flags: number,
): Promise<FileHandle> {
  const real = await context.root.find(path, attempt)
  if (real === undefined) throw refusal('NOT_FOUND', 'is not there', attempt)
  const handle = await context.disk.open(real, flags)
  await orClose(handle, async () => {
    if (!(await handle.stat()).isFile()) throw refusal('UNSUPPORTED', 'is neither a file nor a directory', attempt)
  })
  return handle
}

/** Throws `WRONG_LENGTH` unless the open file has that length, `NOT_FOUND` when it has lost its last name. */
export async function checkLength(handle: FileHandle, expected: number, attempt: Attempt): Promise<void> {
  const status = await handle.stat()
  // Without a name nobody can open it any more, so nothing of it will ever appear.
  const lost: Attempt = { ...attempt, outcome: 'not-applied' }
  if (status.nlink === 0) throw refusal('NOT_FOUND', 'was deleted or replaced meanwhile', lost)
  if (status.size === expected) return
  throw refusal('WRONG_LENGTH', `is ${status.size} bytes long where ${expected} were expected`, attempt)
}

/** Closes the handle if the action fails. */
export async function orClose<T>(handle: FileHandle, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** An open file, what is to be added to it, and what it was before. */
interface Target {
  readonly context: LocalContext
  readonly handle: FileHandle
  readonly attempt: Attempt
  /** Its length before the upload. */
  readonly base: number
  /** The real path of the directory whose entry the upload made; `undefined` for a file that was there. */
  readonly directory: string | undefined
}

/** An upload to the local disk; it stays open through `makeDurable`. */
export class LocalUpload implements Upload {
  readonly path: string
  sentBytes = 0
  /** Called once, when the upload is over in whatever way. */
  onOver: () => void = () => {}
  readonly #target: Target
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #pumping: Promise<void> | undefined
  #failure: FileSystemError | undefined
  #closing: Promise<void> | undefined
  #dataDurable = false
  #entryDurable: boolean

  constructor(target: Target) {
    this.#target = target
    this.path = target.attempt.path
    this.#entryDurable = target.directory === undefined
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    const refused = this.#whyNot()
    if (refused !== undefined) return Promise.reject(refused)
    if (chunk.byteLength === 0) return undefined
    this.sentBytes += chunk.byteLength
    this.#queuedBytes += chunk.byteLength
    this.#queue.push(chunk)
    this.#dataDurable = false
    this.#pumping ??= this.#pump()
    return this.#queuedBytes > QUEUED_BYTES_MAX ? this.#drained() : undefined
  }

  async makeDurable(): Promise<number> {
    const refused = this.#whyNot()
    try {
      if (refused !== undefined) throw refused
      return await this.#settle()
    } catch (error) {
      const failure = this.#fail(error)
      await this.#close()
      throw refused ?? failure
    }
  }

  async end(): Promise<number> {
    const length = await this.makeDurable()
    await this.#close()
    return length
  }

  async abort(): Promise<void> {
    if (this.#closing === undefined) this.#failure ??= this.#closedError('was aborted')
    await this.#pumping
    await this.#close()
  }

  /** Ends the upload because the file system is closed. */
  async shutDown(): Promise<void> {
    if (this.#closing === undefined) this.#failure ??= this.#closedError('belongs to a file system that was closed')
    await this.abort()
  }

  async #settle(): Promise<number> {
    const { context, handle, attempt, base, directory } = this.#target
    await this.#drained()
    if (!this.#dataDurable) await handle.sync()
    this.#dataDurable = true
    if (directory !== undefined && !this.#entryDurable) await context.directories.sync(directory)
    this.#entryDurable = true
    const length = base + this.sentBytes
    await checkLength(handle, length, { ...attempt, outcome: 'applied' })
    return length
  }

  // Never rejects: what goes wrong is the upload's failure, which the next call meets.
  async #pump(): Promise<void> {
    const { handle, attempt } = this.#target
    try {
      while (this.#queue.length > 0 && this.#failure === undefined) {
        const chunks = this.#queue
        this.#queue = []
        await writeAll(handle, chunks, (bytes) => {
          attempt.outcome = 'unknown'
          this.#queuedBytes -= bytes
        })
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#pumping = undefined
    }
  }

  async #drained(): Promise<void> {
    await this.#pumping
    if (this.#failure !== undefined) throw this.#failure
  }

  #whyNot(): FileSystemError | undefined {
    if (this.#failure !== undefined || this.#closing === undefined) return this.#failure
    return this.#closedError('is an upload that has ended')
  }

  #closedError(says: string): FileSystemError {
    const { attempt } = this.#target
    // Also after the end, where it is the bytes of this call alone that surely went nowhere.
    const outcome = this.#closing === undefined ? 'unknown' : 'not-applied'
    return refusal('CLOSED', says, { ...attempt, outcome })
  }

  #fail(error: unknown): FileSystemError {
    this.#failure ??= toFileSystemError(error, this.#target.attempt)
    this.#queue = []
    return this.#failure
  }

  // What is durable stays so whatever close answers, and what is not has failed already.
  #close(): Promise<void> {
    this.#closing ??= this.#target.handle
      .close()
      .catch((error: unknown) => {
        this.#fail(error)
      })
      .finally(() => this.onOver())
    return this.#closing
  }
}
