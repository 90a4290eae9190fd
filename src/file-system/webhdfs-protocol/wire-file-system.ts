// The verbs that are the same whoever speaks WebHDFS: those that need an answer of the namenode and no datanode. Adapters add
// the content: create, append, read, and how it all ends.
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
import { FileSystemError, type Operation } from '../file-system-error.js'
import { NAMENODE_CAPABILITIES } from '../namenode-capabilities.js'
import { concat } from './concat.js'
import { remove } from './delete.js'
import { checkHdfsPath } from './hdfs-path.js'
import { isOpenForWrite } from './is-open-for-write.js'
import { list } from './list.js'
import { mkdirs } from './mkdirs.js'
import { rename } from './rename.js'
import { stat } from './stat.js'
import { touch } from './touch.js'
import { truncate } from './truncate.js'
import type { Wire } from './wire.js'

/** What these adapters can do. HttpFS ignores the option by which WebHDFS replaces a file. */
export function wireCapabilities({ httpFs }: { readonly httpFs: boolean }): Capabilities {
  return { ...NAMENODE_CAPABILITIES, atomicRenameReplace: !httpFs }
}

/** See the head of the file. */
export abstract class WireFileSystem implements FileSystem {
  readonly location: string
  readonly capabilities: Capabilities
  readonly #wire: Wire

  constructor(wire: Wire, location: string) {
    this.#wire = wire
    this.location = location
    this.capabilities = wireCapabilities(wire)
  }

  abstract create(path: string, content: Content, options?: CreateOptions): Promise<number>
  abstract createUpload(path: string, options?: CreateOptions): Promise<Upload>
  abstract append(path: string, content: Content, options: { readonly base: number }): Promise<number>
  abstract appendUpload(path: string, options: { readonly base: number }): Promise<Upload>
  abstract read(path: string, range?: ByteRange): Promise<Uint8Array>
  abstract readStream(path: string, range?: ByteRange): AsyncIterable<Uint8Array>
  abstract close(): Promise<void>
  /** Throws `CLOSED` after `close()`. */
  protected abstract checkOpen(operation: Operation, path: string): void

  async truncate(path: string, options: { readonly length: number; readonly waitMs: number }): Promise<void> {
    this.begin('truncate', path)
    return truncate(this.#wire, path, options)
  }

  async concat(target: string, sources: readonly string[]): Promise<void> {
    for (const path of [target, ...sources]) this.begin('concat', path)
    return concat(this.#wire, target, sources)
  }

  async rename(source: string, destination: string, { mode }: { readonly mode: RenameMode }): Promise<void> {
    for (const path of [source, destination]) this.begin('rename', path)
    return rename(this.#wire, { source, destination }, mode)
  }

  async delete(path: string, options: { readonly recursive?: 'none' | 'all' } = {}): Promise<'deleted' | 'absent'> {
    this.begin('delete', path)
    return remove(this.#wire, path, options)
  }

  async mkdirs(path: string): Promise<void> {
    this.begin('mkdirs', path, { root: 'allowed' })
    return mkdirs(this.#wire, path)
  }

  async touch(path: string): Promise<'present' | 'absent'> {
    this.begin('touch', path, { root: 'allowed' })
    return touch(this.#wire, path)
  }

  async stat(path: string): Promise<FileStatus | undefined> {
    this.begin('stat', path, { root: 'allowed' })
    return stat(this.#wire, path, { operation: 'stat', path })
  }

  async *list(
    path: string,
    options: { readonly startAfter?: string } = {},
  ): AsyncGenerator<FileStatus, void, undefined> {
    this.begin('list', path, { root: 'allowed' })
    yield* list(this.#wire, path, options)
  }

  async isOpenForWrite(path: string): Promise<boolean> {
    this.begin('isOpenForWrite', path)
    return isOpenForWrite(this.#wire, path)
  }

  async recoverLease(path: string): Promise<'closed' | 'recovering'> {
    this.begin('recoverLease', path)
    const says = `recoverLease of ${JSON.stringify(path)}: WebHDFS has no such operation; hdfs:// does`
    throw new FileSystemError(says, {
      code: 'UNSUPPORTED',
      outcome: 'not-applied',
      retry: 'never',
      operation: 'recoverLease',
      path,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Throws `INVALID_PATH`, and `CLOSED` after `close()`. */
  protected begin(operation: Operation, path: string, options?: { readonly root: 'allowed' }): void {
    checkHdfsPath(path, operation, options)
    this.checkOpen(operation, path)
  }
}
