// HDFS by its own protocol as a file system of the port.
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
import { NAMENODE_CAPABILITIES } from '../namenode-capabilities.js'
import { checkHdfsPath } from '../webhdfs-protocol/hdfs-path.js'
import { collectBytes } from '../webhdfs-protocol/read.js'
import { errorOfFailure } from '../webhdfs-protocol/transport-failure.js'
import { openSession } from './open-session.js'
import type { HdfsOptions, ResolvedOptions } from './options.js'
import { resolveOptions } from './options.js'
import { closedFailure } from './pauses.js'
import type { Session } from './session.js'
import { append, appendUpload } from './verbs/append.js'
import { concat } from './verbs/concat.js'
import { create, createUpload } from './verbs/create.js'
import { remove } from './verbs/delete.js'
import { isOpenForWrite } from './verbs/is-open-for-write.js'
import { list } from './verbs/list.js'
import { mkdirs } from './verbs/mkdirs.js'
import { readStream } from './verbs/read.js'
import { recoverLease } from './verbs/recover-lease.js'
import { rename } from './verbs/rename.js'
import { stat } from './verbs/stat.js'
import { touch } from './verbs/touch.js'
import { truncate } from './verbs/truncate.js'

/** What {@link createHdfsFileSystem} can do: all that the port knows. */
export const HDFS_CAPABILITIES: Capabilities = {
  ...NAMENODE_CAPABILITIES,
  recoverLease: true,
  durableWithoutClose: true,
}

/**
 * Opens a directory of HDFS by its own protocol: RPC to the namenodes, data to and from the datanodes. Sends nothing yet. Throws a
 * `TypeError` for options that are none.
 *
 * @example
 * ```ts
 * const fileSystem = createHdfsFileSystem({
 *   namenodes: [{ host: 'namenode', port: 8020 }],
 *   root: '/data/events',
 *   user: 'etl',
 * })
 * ```
 */
export function createHdfsFileSystem(options: HdfsOptions): FileSystem {
  return new HdfsFileSystem(openSession(resolveOptions(options)))
}

function shownLocation({ authority, root }: ResolvedOptions): string {
  return `hdfs://${authority}${root === '' ? '/' : root}`
}

class HdfsFileSystem implements FileSystem {
  readonly location: string
  readonly capabilities: Capabilities = HDFS_CAPABILITIES
  readonly #session: Session
  #closing: Promise<void> | undefined

  constructor(session: Session) {
    this.#session = session
    this.location = shownLocation(session.options)
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

  async touch(path: string): Promise<'present' | 'absent'> {
    this.#begin('touch', path, { root: 'allowed' })
    return touch(this.#session, path)
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
    return collectBytes(this.readStream(path, range), this.#session.options.readBytesMax, path)
  }

  async *readStream(path: string, range: ByteRange = {}): AsyncGenerator<Uint8Array, void, undefined> {
    this.#begin('read', path)
    yield* readStream(this.#session, path, range)
  }

  async isOpenForWrite(path: string): Promise<boolean> {
    this.#begin('isOpenForWrite', path)
    return isOpenForWrite(this.#session, path, { operation: 'isOpenForWrite', path })
  }

  async recoverLease(path: string): Promise<'closed' | 'recovering'> {
    this.#begin('recoverLease', path)
    return recoverLease(this.#session, path)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Uploads first, for they need the connections to end well. */
  async #close(): Promise<void> {
    const { uploads, calls, datanodes, pauses } = this.#session
    await Promise.all([...uploads].map((upload) => upload.abort()))
    pauses.close()
    calls.close(closedFailure())
    datanodes.close(closedFailure())
  }

  /** Throws `INVALID_PATH`, and `CLOSED` after `close()`. */
  #begin(operation: Operation, path: string, options?: { readonly root: 'allowed' }): void {
    checkHdfsPath(path, operation, options)
    if (this.#closing !== undefined) throw errorOfFailure(closedFailure(), { operation, path }, 'not-applied')
  }
}
