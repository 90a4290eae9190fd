// A directory of this machine as a file system. Durable: what is reported outlives a power loss. Safe for several processes.
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import * as nodeFileSystem from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Random, systemRandom } from '../../model/random.js'
import { type Content, chunksOf, lengthOf } from '../content.js'
import type {
  ByteRange,
  Capabilities,
  CreateOptions,
  FileStatus,
  FileSystem,
  RenameMode,
  Upload,
} from '../file-system.js'
import type { FileSystemError, Operation } from '../file-system-error.js'
import { checkPath } from '../path.js'
import { checkBytes, checkRange, checkWait } from './arguments.js'
import type { LocalContext } from './context.js'
import { DirectorySync } from './directory-sync.js'
import type { Disk } from './disk.js'
import { type Attempt, refusal, toFileSystemError } from './errno.js'
import { probeHardLinks } from './hard-link-probe.js'
import { makeDirectories } from './make-directories.js'
import { listEntries, openToRead, readChunks, readRange, statusOf } from './read.js'
import { remove } from './remove.js'
import { rename } from './rename.js'
import { Root } from './root.js'
import { touch } from './touch.js'
import { checkLength, type LocalUpload, openNew, openToAppend, openToWrite } from './upload.js'

/** Options of {@link createLocalFileSystem}. */
export interface LocalFileSystemOptions {
  /** The directory that is the location; a relative one is taken from the process's working directory. It need not exist: `mkdirs('')` makes it. */
  readonly root: string
  /** Names the files of the hard-link probe. */
  readonly random?: Random
  /** Stands in for the operating system, in tests of its failures. */
  readonly disk?: Disk
}

const capabilities: Capabilities = {
  append: true,
  truncate: true,
  concat: false,
  atomicRenameNoReplace: true,
  atomicRenameReplace: true,
  tellsOpen: false,
  recoverLease: false,
  renameFences: false,
  requestsEndWithProcess: true,
  durableWithoutClose: true,
  permission: true,
  replication: false,
  blockSize: false,
}

const OPEN_TO_TRUNCATE = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Opens a directory of this machine. Asks the disk nothing yet: the first change probes for hard links, and rejects with `UNSUPPORTED` where there are none. */
export function createLocalFileSystem(options: LocalFileSystemOptions): FileSystem {
  return new LocalFileSystem(options)
}

class LocalFileSystem implements FileSystem {
  readonly location: string
  readonly capabilities: Capabilities = capabilities
  readonly #context: LocalContext
  readonly #uploads = new Set<LocalUpload>()
  readonly #reading = new Set<FileHandle>()
  #running = 0
  #closed = false
  #onIdle: (() => void) | undefined
  #probing: ReturnType<typeof probeHardLinks> | undefined

  constructor({ root, random = systemRandom, disk = nodeFileSystem }: LocalFileSystemOptions) {
    const directory = resolve(root)
    this.location = pathToFileURL(directory).href
    this.#context = { disk, random, root: new Root(directory, disk), directories: new DirectorySync(disk) }
  }

  async create(path: string, content: Content, options: CreateOptions = {}): Promise<number> {
    return await this.#change('create', path, async (attempt) => {
      return await this.#sendAll(await openNew(this.#context, path, options, attempt), content)
    })
  }

  async createUpload(path: string, options: CreateOptions = {}): Promise<Upload> {
    return await this.#change('create', path, async (attempt) => {
      return this.#register(await openNew(this.#context, path, options, attempt))
    })
  }

  async append(path: string, content: Content, { base }: { readonly base: number }): Promise<number> {
    return await this.#change('append', path, async (attempt) => {
      if (lengthOf(content) === 0) throw refusal('INVALID_ARGUMENT', 'was given nothing to append', attempt)
      return await this.#sendAll(await openToAppend(this.#context, path, base, attempt), content)
    })
  }

  async appendUpload(path: string, { base }: { readonly base: number }): Promise<Upload> {
    return await this.#change('append', path, async (attempt) => {
      return this.#register(await openToAppend(this.#context, path, base, attempt))
    })
  }

  async truncate(path: string, options: { readonly length: number; readonly waitMs: number }): Promise<void> {
    await this.#change('truncate', path, async (attempt) => {
      const { length, waitMs } = options
      checkBytes(length, 'length', attempt)
      // Cutting is done when the call returns, so there is nothing to wait for.
      checkWait(waitMs, attempt)
      const handle = await openToWrite(this.#context, path, attempt, OPEN_TO_TRUNCATE)
      try {
        const { size: presentBytes } = await handle.stat()
        const shorter = `is ${presentBytes} bytes long and cannot be cut to ${length}`
        if (length > presentBytes) throw refusal('WRONG_LENGTH', shorter, attempt)
        await handle.truncate(length)
        attempt.outcome = 'unknown'
        await handle.sync()
        await checkLength(handle, length, { ...attempt, outcome: 'applied' })
      } finally {
        await handle.close()
      }
    })
  }

  async concat(target: string, sources: readonly string[]): Promise<void> {
    await this.#run('concat', target, async (attempt) => {
      for (const source of sources) checkPath(source, 'concat')
      throw refusal('UNSUPPORTED', 'is on a local disk, which has no concat', attempt)
    })
  }

  async rename(source: string, destination: string, { mode }: { readonly mode: RenameMode }): Promise<void> {
    await this.#change('rename', source, async (attempt) => {
      checkPath(destination, 'rename')
      await rename(this.#context, { source, destination, mode }, attempt)
    })
  }

  async delete(path: string, options: { readonly recursive?: 'none' | 'all' } = {}): Promise<'deleted' | 'absent'> {
    return await this.#change('delete', path, async (attempt) => {
      return await remove(this.#context, path, { recursive: options.recursive ?? 'none' }, attempt)
    })
  }

  async mkdirs(path: string): Promise<void> {
    await this.#run('mkdirs', path, async (attempt) => {
      await makeDirectories(this.#context, path, attempt)
      await this.#refuseUnfitDisk(attempt)
    })
  }

  async touch(path: string): Promise<'present' | 'absent'> {
    return await this.#run('touch', path, (attempt) => touch(this.#context, path, attempt))
  }

  async stat(path: string): Promise<FileStatus | undefined> {
    return await this.#run('stat', path, (attempt) => statusOf(this.#context, path, attempt))
  }

  async *list(path: string, options: { readonly startAfter?: string } = {}): AsyncGenerator<FileStatus> {
    const attempt = this.#begin('list', path)
    try {
      for await (const status of listEntries(this.#context, path, options.startAfter, attempt)) {
        if (this.#closed) throw closedError(attempt)
        yield status
      }
    } catch (error) {
      throw toFileSystemError(error, attempt)
    }
  }

  async read(path: string, range: ByteRange = {}): Promise<Uint8Array> {
    return await this.#run('read', path, async (attempt) => {
      checkRange(range, attempt)
      const handle = await openToRead(this.#context, path, attempt)
      try {
        return await readRange(handle, range)
      } finally {
        await handle.close()
      }
    })
  }

  async *readStream(path: string, range: ByteRange = {}): AsyncGenerator<Uint8Array> {
    const attempt = this.#begin('read', path)
    checkRange(range, attempt)
    let handle: FileHandle | undefined
    try {
      handle = await this.#run('read', path, () => openToRead(this.#context, path, attempt))
      this.#reading.add(handle)
      for await (const chunk of readChunks(handle, range)) {
        yield chunk
        if (this.#closed) throw closedError(attempt)
      }
    } catch (error) {
      throw this.#closed ? closedError(attempt, error) : toFileSystemError(error, attempt)
    } finally {
      if (handle !== undefined) this.#reading.delete(handle)
      await handle?.close()
    }
  }

  async isOpenForWrite(path: string): Promise<boolean> {
    return await this.#run('isOpenForWrite', path, async (attempt) => {
      throw refusal('UNSUPPORTED', 'is on a local disk, which does not tell whether a file is open', attempt)
    })
  }

  async recoverLease(path: string): Promise<'closed' | 'recovering'> {
    return await this.#run('recoverLease', path, async (attempt) => {
      throw refusal('UNSUPPORTED', 'is on a local disk, which takes no file from a writer', attempt)
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    const uploads = [...this.#uploads].map((upload) => upload.shutDown())
    const reading = [...this.#reading].map((handle) => handle.close())
    await Promise.all([...uploads, ...reading])
    // What the operating system was asked to do it does; there is no calling back.
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve
      })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #sendAll(upload: LocalUpload, content: Content): Promise<number> {
    try {
      for (const chunk of chunksOf(content)) {
        const wait = upload.write(chunk)
        if (wait !== undefined) await wait
      }
      return await upload.end()
    } catch (error) {
      await upload.abort()
      throw error
    }
  }

  #register(upload: LocalUpload): LocalUpload {
    this.#uploads.add(upload)
    upload.onOver = () => {
      this.#uploads.delete(upload)
    }
    // Closed while the file was being opened.
    if (this.#closed) void upload.shutDown()
    return upload
  }

  #begin(operation: Operation, path: string): Attempt {
    const attempt: Attempt = { operation, path, outcome: 'not-applied' }
    if (this.#closed) throw closedError(attempt)
    checkPath(path, operation, rootless.has(operation) ? undefined : { root: 'allowed' })
    return attempt
  }

  async #run<T>(operation: Operation, path: string, body: (attempt: Attempt) => Promise<T>): Promise<T> {
    const attempt = this.#begin(operation, path)
    this.#running++
    try {
      return await body(attempt)
    } catch (error) {
      throw toFileSystemError(error, attempt)
    } finally {
      this.#running--
      if (this.#running === 0) this.#onIdle?.()
    }
  }

  /** An operation that changes something: not on a disk whose commit log could not be trusted. */
  async #change<T>(operation: Operation, path: string, body: (attempt: Attempt) => Promise<T>): Promise<T> {
    return await this.#run(operation, path, async (attempt) => {
      await this.#refuseUnfitDisk(attempt)
      return await body(attempt)
    })
  }

  async #refuseUnfitDisk(attempt: Attempt): Promise<void> {
    const root = await this.#context.root.real()
    if (root === undefined) return
    this.#probing ??= probeHardLinks(this.#context, root)
    const answer = await this.#probing
    if (answer === 'undecided') this.#probing = undefined
    else if (answer !== undefined) throw refusal('UNSUPPORTED', answer.unfit, { ...attempt, outcome: 'not-applied' })
  }
}

/** Operations that name something below the location, never the location itself. */
const rootless: ReadonlySet<Operation> = new Set(['create', 'append', 'truncate', 'concat', 'rename', 'delete', 'read'])

function closedError(attempt: Attempt, cause?: unknown): FileSystemError {
  return refusal('CLOSED', 'was asked of a file system that is closed', attempt, { cause })
}
