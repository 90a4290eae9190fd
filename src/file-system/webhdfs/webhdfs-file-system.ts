// WebHDFS and HttpFS as a file system of the port: checks arguments, then leaves each verb to its file.
import type { Content } from '../content.js'
import type {
  ByteRange,
  Capabilities,
  CreateOptions,
  FileStatus,
  FileSystem,
  RenameMode,
  Upload,
} from '../file-system.js'
import type { Operation } from '../file-system-error.js'
import { checkHdfsPath } from '../webhdfs-protocol/hdfs-path.js'
import { append, appendUpload } from './append.js'
import { concat } from './concat.js'
import { Connections } from './connections.js'
import { create, createUpload } from './create.js'
import { remove } from './delete.js'
import { isOpenForWrite } from './is-open-for-write.js'
import { list } from './list.js'
import { mkdirs } from './mkdirs.js'
import { Namenodes } from './namenodes.js'
import { type ResolvedOptions, resolveOptions, shownLocation, type WebHdfsOptions } from './options.js'
import { read, readStream } from './read.js'
import { rename } from './rename.js'
import type { Session } from './session.js'
import { stat } from './stat.js'
import { errorOfFailure, TransportFailure } from './transport-failure.js'
import { truncate } from './truncate.js'

/**
 * Opens a directory of HDFS by WebHDFS (at namenodes and datanodes) or HttpFS. Sends nothing yet. Throws a `TypeError` for
 * options that are none.
 *
 * @example
 * ```ts
 * const fileSystem = createWebHdfsFileSystem({
 *   scheme: 'webhdfs',
 *   namenodes: [{ host: 'namenode', port: 9870 }],
 *   root: '/data/events',
 *   user: 'etl',
 * })
 * ```
 */
export function createWebHdfsFileSystem(options: WebHdfsOptions): FileSystem {
  return new WebHdfsFileSystem(resolveOptions(options))
}

/** What {@link createWebHdfsFileSystem} can do: HttpFS ignores the option by which WebHDFS replaces a file. */
export function webHdfsCapabilities(scheme: WebHdfsOptions['scheme']): Capabilities {
  return {
    append: true,
    truncate: true,
    concat: true,
    atomicRenameNoReplace: true,
    atomicRenameReplace: scheme === 'webhdfs' || scheme === 'swebhdfs',
    tellsOpen: true,
    renameFences: true,
    requestsEndWithProcess: false,
    durableWithoutClose: false,
    permission: true,
    replication: true,
    blockSize: true,
  }
}

class WebHdfsFileSystem implements FileSystem {
  readonly location: string
  readonly capabilities: Capabilities
  readonly #session: Session

  constructor(options: ResolvedOptions) {
    const connections = new Connections(options)
    this.#session = { options, connections, namenodes: new Namenodes(connections, options) }
    this.location = shownLocation(options)
    this.capabilities = webHdfsCapabilities(options.location.scheme)
  }

  async create(path: string, content: Content, options: CreateOptions = {}): Promise<number> {
    this.#begin('create', path)
    return create(this.#session, path, content, options)
  }

  async createUpload(path: string, options: CreateOptions = {}): Promise<Upload> {
    this.#begin('create', path)
    return createUpload(this.#session, path, options)
  }

  async append(path: string, content: Content, options: { readonly base: number }): Promise<number> {
    this.#begin('append', path)
    return append(this.#session, path, content, options)
  }

  async appendUpload(path: string, options: { readonly base: number }): Promise<Upload> {
    this.#begin('append', path)
    return appendUpload(this.#session, path, options)
  }

  async truncate(path: string, options: { readonly length: number; readonly waitMs: number }): Promise<void> {
    this.#begin('truncate', path)
    return truncate(this.#session, path, options)
  }

  async concat(target: string, sources: readonly string[]): Promise<void> {
    for (const path of [target, ...sources]) this.#begin('concat', path)
    return concat(this.#session, target, sources)
  }

  async rename(source: string, destination: string, { mode }: { readonly mode: RenameMode }): Promise<void> {
    for (const path of [source, destination]) this.#begin('rename', path)
    return rename(this.#session, { source, destination }, mode)
  }

  async delete(path: string, options: { readonly recursive?: 'none' | 'all' } = {}): Promise<'deleted' | 'absent'> {
    this.#begin('delete', path)
    return remove(this.#session, path, options)
  }

  async mkdirs(path: string): Promise<void> {
    this.#begin('mkdirs', path, { root: 'allowed' })
    return mkdirs(this.#session, path)
  }

  async stat(path: string): Promise<FileStatus | undefined> {
    this.#begin('stat', path, { root: 'allowed' })
    return stat(this.#session, path, { operation: 'stat', path })
  }

  async *list(
    path: string,
    options: { readonly startAfter?: string } = {},
  ): AsyncGenerator<FileStatus, void, undefined> {
    this.#begin('list', path, { root: 'allowed' })
    yield* list(this.#session, path, options)
  }

  async read(path: string, range: ByteRange = {}): Promise<Uint8Array> {
    this.#begin('read', path)
    return read(this.#session, path, range)
  }

  async *readStream(path: string, range: ByteRange = {}): AsyncGenerator<Uint8Array, void, undefined> {
    this.#begin('read', path)
    yield* readStream(this.#session, path, range)
  }

  async isOpenForWrite(path: string): Promise<boolean> {
    this.#begin('isOpenForWrite', path)
    return isOpenForWrite(this.#session, path)
  }

  async close(): Promise<void> {
    this.#session.connections.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Throws `INVALID_PATH`, and `CLOSED` after `close()`. */
  #begin(operation: Operation, path: string, options?: { readonly root: 'allowed' }): void {
    checkHdfsPath(path, operation, options)
    try {
      this.#session.connections.checkOpen()
    } catch (error) {
      throw error instanceof TransportFailure ? errorOfFailure(error, { operation, path }, 'not-applied') : error
    }
  }
}
