// The port over a namespace, through a transport. What is decided here is what an adapter for HDFS decides: which request
// serves a verb, what an exception means, what is checked before and after.
import type { Content } from '../content.js'
import { chunksOf, lengthOf } from '../content.js'
import type {
  ByteRange,
  Capabilities,
  CreateOptions,
  FileStatus,
  FileSystem,
  RenameMode,
  Upload,
} from '../file-system.js'
import { FileSystemError, isFileSystemError, type Operation } from '../file-system-error.js'
import {
  checkConcat,
  checkCreateOptions,
  checkDirectoryPath,
  checkFilePath,
  checkLength,
  checkRange,
  refusal,
} from './check-arguments.js'
import type { Namespace, NamespacePage } from './namespace.js'
import type { NamespaceUpload } from './namespace-upload.js'
import { openUpload } from './namespace-upload.js'
import { translate } from './translate-exception.js'
import type { NamespaceTransport } from './transport.js'

/** Pauses between looks at a truncation that goes on in the background: each twice the one before. */
const TRUNCATE_POLL_MS_MIN = 10
const TRUNCATE_POLL_MS_MAX = 1_000
/** What one chunk of a stream holds at most. */
const STREAM_CHUNK_BYTES = 64 * 2 ** 10

/** How the adapter is set up. */
export interface NamespaceFileSystemOptions {
  readonly transport: NamespaceTransport
  readonly capabilities: Capabilities
  /** Entries of one page of a listing. */
  readonly pageEntriesMax: number
}

/** A file system on a namespace. */
export class NamespaceFileSystem implements FileSystem {
  readonly location: string
  readonly capabilities: Capabilities
  readonly #transport: NamespaceTransport
  readonly #pageEntriesMax: number
  readonly #uploads: Set<NamespaceUpload> = new Set()
  #isClosed = false

  constructor({ transport, capabilities, pageEntriesMax }: NamespaceFileSystemOptions) {
    this.location = transport.location
    this.capabilities = capabilities
    this.#transport = transport
    this.#pageEntriesMax = pageEntriesMax
  }

  async create(path: string, content: Content, options?: CreateOptions): Promise<number> {
    return await this.#uploadAll(await this.createUpload(path, options), content)
  }

  async createUpload(path: string, options?: CreateOptions): Promise<Upload & NamespaceUpload> {
    checkFilePath(path, 'create')
    this.#requireOpen('create', path)
    checkCreateOptions(options, path, this.capabilities)
    return this.#open({ path, base: 0, operation: 'create', options })
  }

  async append(path: string, content: Content, { base }: { readonly base: number }): Promise<number> {
    checkFilePath(path, 'append')
    this.#require('append', 'append', path)
    if (lengthOf(content) === 0) throw refusal('INVALID_ARGUMENT', 'append', path, 'there is nothing to append')
    return await this.#uploadAll(await this.appendUpload(path, { base }), content)
  }

  async appendUpload(path: string, { base }: { readonly base: number }): Promise<Upload & NamespaceUpload> {
    checkFilePath(path, 'append')
    this.#require('append', 'append', path)
    this.#requireOpen('append', path)
    checkLength(base, 'append', path)
    // The namenode looks for the file before it names a datanode: until then an answer is final.
    await this.#read('append', path, 'APPEND to the namenode', (namespace) => namespace.locateForAppend(path))
    return this.#open({ path, base, operation: 'append', options: undefined })
  }

  #open(upload: {
    path: string
    base: number
    operation: 'create' | 'append'
    options: CreateOptions | undefined
  }): NamespaceUpload {
    this.#requireOpen(upload.operation, upload.path)
    const opened = openUpload({
      ...upload,
      transport: this.#transport,
      staysOpenWhenDurable: this.capabilities.durableWithoutClose,
      lengthOf: () => this.#lengthAfter(upload.operation, upload.path),
      released: () => this.#uploads.delete(opened),
    })
    this.#uploads.add(opened)
    return opened
  }

  async #uploadAll(upload: Upload, content: Content): Promise<number> {
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

  /** The length of a file that an upload has just closed. Undefined: nobody can say, for the name is gone. */
  async #lengthAfter(operation: Operation, path: string): Promise<number | undefined> {
    const status = await this.#read(operation, path, 'GETFILESTATUS', (namespace) => namespace.stat(path))
    return status?.length
  }

  async truncate(
    path: string,
    { length, waitMs }: { readonly length: number; readonly waitMs: number },
  ): Promise<void> {
    checkFilePath(path, 'truncate')
    this.#require('truncate', 'truncate', path)
    this.#requireOpen('truncate', path)
    checkLength(length, 'truncate', path)
    const isDone = await this.#mutate('truncate', path, `TRUNCATE to ${length}`, (namespace) =>
      namespace.truncate(path, length),
    )
    if (!isDone) await this.#awaitTruncation(path, length, waitMs)
  }

  async #awaitTruncation(path: string, length: number, waitMs: number): Promise<void> {
    const { clock } = this.#transport
    const giveUpMs = clock.nowMs() + waitMs
    for (let pollMs = TRUNCATE_POLL_MS_MIN; ; pollMs = Math.min(pollMs * 2, TRUNCATE_POLL_MS_MAX)) {
      const state = await this.#read('truncate', path, 'GET_BLOCK_LOCATIONS', (namespace) => ({
        isOpen: namespace.isOpen(path),
        length: namespace.stat(path)?.length,
      })).catch((error: unknown) => {
        throw asUnknown(error, `truncate ${path}: it goes on, and looking at it failed`)
      })
      if (!state.isOpen && state.length === length) return
      const complaint = state.isOpen ? `was not over after ${waitMs} ms` : `left ${state.length} bytes, not ${length}`
      if (!state.isOpen || clock.nowMs() >= giveUpMs) {
        const details = { outcome: 'unknown', operation: 'truncate', path } as const
        throw state.isOpen
          ? new FileSystemError(`truncate ${path}: it ${complaint}`, { ...details, code: 'TIMEOUT', retry: 'later' })
          : new FileSystemError(`truncate ${path}: it ${complaint}`, {
              ...details,
              code: 'WRONG_LENGTH',
              retry: 'never',
            })
      }
      await clock.sleep(Math.min(pollMs, Math.max(1, giveUpMs - clock.nowMs())))
    }
  }

  async concat(target: string, sources: readonly string[]): Promise<void> {
    checkConcat(target, sources)
    this.#require('concat', 'concat', target)
    this.#requireOpen('concat', target)
    await this.#mutate('concat', target, `CONCAT ${sources.join(', ')}`, (namespace) =>
      namespace.concat(target, sources),
    )
  }

  async rename(source: string, destination: string, { mode }: { readonly mode: RenameMode }): Promise<void> {
    checkFilePath(source, 'rename')
    checkFilePath(destination, 'rename')
    if (mode === 'claim') this.#require('atomicRenameNoReplace', 'rename', source)
    if (mode === 'replace') this.#require('atomicRenameReplace', 'rename', source)
    this.#requireOpen('rename', source)
    const option = mode === 'replace' ? 'OVERWRITE' : 'NONE'
    const request = {
      operation: 'rename',
      path: source,
      request: 'RENAME',
      detail: `→ ${destination} ${option}`,
      kind: 'mutation',
    } as const
    try {
      await this.#transport.request({
        ...request,
        execute: (namespace) => {
          if (mode === 'replace') refuseDirectories(namespace, source, destination)
          namespace.rename(source, destination, option)
        },
      })
    } catch (error) {
      throw translate(error, { operation: 'rename', path: source, outcome: 'not-applied', mode })
    }
  }

  async delete(path: string, options?: { readonly recursive?: 'none' | 'all' }): Promise<'deleted' | 'absent'> {
    checkFilePath(path, 'delete')
    this.#requireOpen('delete', path)
    const recursive = options?.recursive ?? 'none'
    const found = await this.#mutate('delete', path, `DELETE ${recursive}`, (namespace) =>
      namespace.delete(path, recursive),
    )
    return found ? 'deleted' : 'absent'
  }

  async mkdirs(path: string): Promise<void> {
    checkDirectoryPath(path, 'mkdirs')
    this.#requireOpen('mkdirs', path)
    await this.#mutate('mkdirs', path, 'MKDIRS', (namespace) => namespace.mkdirs(path))
  }

  async touch(path: string): Promise<'present' | 'absent'> {
    checkDirectoryPath(path, 'touch')
    this.#requireOpen('touch', path)
    try {
      await this.#mutate('touch', path, 'SETTIMES', (namespace) => namespace.setTimes(path))
      return 'present'
    } catch (error) {
      if (isFileSystemError(error, 'NOT_FOUND')) return 'absent'
      throw error
    }
  }

  async stat(path: string): Promise<FileStatus | undefined> {
    checkDirectoryPath(path, 'stat')
    this.#requireOpen('stat', path)
    return await this.#read('stat', path, 'GETFILESTATUS', (namespace) => namespace.stat(path))
  }

  async *list(path: string, options?: { readonly startAfter?: string }): AsyncGenerator<FileStatus> {
    checkDirectoryPath(path, 'list')
    let startAfter = options?.startAfter
    while (true) {
      this.#requireOpen('list', path)
      const page = await this.#page(path, startAfter)
      if (page.entries.length === 1 && page.entries[0]!.path === path) {
        throw refusal('NOT_A_DIRECTORY', 'list', path, 'it is a file')
      }
      yield* page.entries
      const last = page.entries.at(-1)
      if (!page.isPartial || last === undefined) return
      startAfter = last.path.slice(last.path.lastIndexOf('/') + 1)
    }
  }

  async #page(path: string, startAfter: string | undefined): Promise<NamespacePage> {
    const request = startAfter === undefined ? 'LISTSTATUS_BATCH' : `LISTSTATUS_BATCH after ${startAfter}`
    const entriesMax = this.#pageEntriesMax
    return await this.#read('list', path, request, (namespace) => namespace.list(path, { startAfter, entriesMax }))
  }

  async read(path: string, range?: ByteRange): Promise<Uint8Array> {
    checkFilePath(path, 'read')
    this.#requireOpen('read', path)
    const { start, end } = checkRange(range, path)
    return await this.#read('read', path, `OPEN ${start}…${end ?? ''}`, (namespace) => namespace.read(path, start, end))
  }

  async *readStream(path: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const bytes = await this.read(path, range)
    for (let from = 0; from < bytes.byteLength; from += STREAM_CHUNK_BYTES) {
      this.#requireOpen('read', path)
      yield bytes.subarray(from, from + STREAM_CHUNK_BYTES)
    }
  }

  async isOpenForWrite(path: string): Promise<boolean> {
    checkFilePath(path, 'isOpenForWrite')
    this.#require('tellsOpen', 'isOpenForWrite', path)
    this.#requireOpen('isOpenForWrite', path)
    return await this.#read('isOpenForWrite', path, 'GET_BLOCK_LOCATIONS', (namespace) => namespace.isOpen(path))
  }

  async recoverLease(path: string): Promise<'closed' | 'recovering'> {
    checkFilePath(path, 'recoverLease')
    this.#require('recoverLease', 'recoverLease', path)
    this.#requireOpen('recoverLease', path)
    const isClosed = await this.#mutate('recoverLease', path, 'recoverLease', (namespace) =>
      namespace.recoverLease(path),
    )
    return isClosed ? 'closed' : 'recovering'
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const upload of [...this.#uploads]) upload.closeWithFileSystem()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #read<T>(
    operation: Operation,
    path: string,
    request: string,
    execute: (namespace: Namespace) => T,
  ): Promise<T> {
    return await this.#send({ operation, path, request, kind: 'read', execute })
  }

  async #mutate<T>(
    operation: Operation,
    path: string,
    request: string,
    execute: (namespace: Namespace) => T,
  ): Promise<T> {
    return await this.#send({ operation, path, request, kind: 'mutation', execute })
  }

  async #send<T>(
    request: Parameters<NamespaceTransport['request']>[0] & { execute(namespace: Namespace): T },
  ): Promise<T> {
    try {
      return await this.#transport.request<T>(request)
    } catch (error) {
      throw translate(error, { operation: request.operation, path: request.path, outcome: 'not-applied' })
    }
  }

  #requireOpen(operation: Operation, path: string): void {
    if (this.#isClosed) throw refusal('CLOSED', operation, path, 'the file system was closed')
  }

  #require(capability: keyof Capabilities, operation: Operation, path: string): void {
    if (!this.capabilities[capability])
      throw refusal('UNSUPPORTED', operation, path, `the file system lacks ${capability}`)
  }
}

/** OVERWRITE puts a directory in the place of an empty one; the port replaces files only. */
function refuseDirectories(namespace: Namespace, source: string, destination: string): void {
  if (namespace.stat(source)?.type === 'directory' && namespace.stat(destination)?.type === 'directory') {
    throw refusal('IS_DIRECTORY', 'rename', source, `the destination ${destination} is a directory`)
  }
}

function asUnknown(error: unknown, message: string): unknown {
  if (!(error instanceof FileSystemError)) return error
  const { code, retry, operation, path } = error
  return new FileSystemError(message, { code, outcome: 'unknown', retry, operation, path, cause: error })
}
