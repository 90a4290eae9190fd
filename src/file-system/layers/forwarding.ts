// A file system that hands every verb on to another one. Layers extend it and say what happens around a call.
import { type Content, lengthOf } from '../content.js'
import type {
  ByteRange,
  Capabilities,
  CreateOptions,
  FileStatus,
  FileSystem,
  RenameMode,
  Upload,
} from '../file-system.js'
import { FileSystemError, type FileSystemErrorDetails, type Operation } from '../file-system-error.js'

/** One call on its way through a layer. */
export interface Call {
  readonly operation: Operation
  readonly path: string
  /** Of a rename. */
  readonly destination?: string
  /** Bytes handed over with the call. */
  readonly bytes?: number
  /** Of a truncate: what the caller allows the file system itself to wait. */
  readonly waitMs?: number
}

const reads: ReadonlySet<Operation> = new Set(['stat', 'list', 'read', 'isOpenForWrite'])

/** True for the operations that change nothing. */
export function isRead(operation: Operation): boolean {
  return reads.has(operation)
}

/** An error of a layer's own about a call. */
export function errorOf(
  call: Call,
  says: string,
  details: Pick<FileSystemErrorDetails, 'code' | 'outcome' | 'retry'>,
): FileSystemError {
  return new FileSystemError(`${call.operation}: '${call.path}' ${says}`, {
    ...details,
    operation: call.operation,
    path: call.path,
  })
}

/** Hands everything on; `around` sees every call but `close`, `openUpload` and `stream` what goes on after a call. */
export abstract class ForwardingFileSystem implements FileSystem {
  protected readonly inner: FileSystem

  constructor(inner: FileSystem) {
    this.inner = inner
  }

  /** Makes a call by `run`, perhaps later, perhaps more than once. */
  protected abstract around<T>(call: Call, run: () => Promise<T>): Promise<T>

  /** Begins an upload. */
  protected openUpload(call: Call, run: () => Promise<Upload>): Promise<Upload> {
    return this.around(call, run)
  }

  /** Goes through what `list` and `readStream` yield. */
  protected abstract stream<T>(call: Call, open: () => AsyncIterable<T>): AsyncIterable<T>

  get location(): string {
    return this.inner.location
  }

  get capabilities(): Capabilities {
    return this.inner.capabilities
  }

  create(path: string, content: Content, options?: CreateOptions): Promise<number> {
    const call: Call = { operation: 'create', path, bytes: lengthOf(content) }
    return this.around(call, () => this.inner.create(path, content, options))
  }

  createUpload(path: string, options?: CreateOptions): Promise<Upload> {
    return this.openUpload({ operation: 'create', path }, () => this.inner.createUpload(path, options))
  }

  append(path: string, content: Content, options: { readonly base: number }): Promise<number> {
    const call: Call = { operation: 'append', path, bytes: lengthOf(content) }
    return this.around(call, () => this.inner.append(path, content, options))
  }

  appendUpload(path: string, options: { readonly base: number }): Promise<Upload> {
    return this.openUpload({ operation: 'append', path }, () => this.inner.appendUpload(path, options))
  }

  truncate(path: string, options: { readonly length: number; readonly waitMs: number }): Promise<void> {
    const call: Call = { operation: 'truncate', path, waitMs: options.waitMs }
    return this.around(call, () => this.inner.truncate(path, options))
  }

  concat(target: string, sources: readonly string[]): Promise<void> {
    return this.around({ operation: 'concat', path: target }, () => this.inner.concat(target, sources))
  }

  rename(source: string, destination: string, options: { readonly mode: RenameMode }): Promise<void> {
    const call: Call = { operation: 'rename', path: source, destination }
    return this.around(call, () => this.inner.rename(source, destination, options))
  }

  delete(path: string, options?: { readonly recursive?: 'none' | 'all' }): Promise<'deleted' | 'absent'> {
    return this.around({ operation: 'delete', path }, () => this.inner.delete(path, options))
  }

  mkdirs(path: string): Promise<void> {
    return this.around({ operation: 'mkdirs', path }, () => this.inner.mkdirs(path))
  }

  touch(path: string): Promise<'present' | 'absent'> {
    return this.around({ operation: 'touch', path }, () => this.inner.touch(path))
  }

  stat(path: string): Promise<FileStatus | undefined> {
    return this.around({ operation: 'stat', path }, () => this.inner.stat(path))
  }

  list(path: string, options?: { readonly startAfter?: string }): AsyncIterable<FileStatus> {
    return this.stream({ operation: 'list', path }, () => this.inner.list(path, options))
  }

  read(path: string, range?: ByteRange): Promise<Uint8Array> {
    return this.around({ operation: 'read', path }, () => this.inner.read(path, range))
  }

  readStream(path: string, range?: ByteRange): AsyncIterable<Uint8Array> {
    return this.stream({ operation: 'read', path }, () => this.inner.readStream(path, range))
  }

  isOpenForWrite(path: string): Promise<boolean> {
    return this.around({ operation: 'isOpenForWrite', path }, () => this.inner.isOpenForWrite(path))
  }

  recoverLease(path: string): Promise<'closed' | 'recovering'> {
    return this.around({ operation: 'recoverLease', path }, () => this.inner.recoverLease(path))
  }

  close(): Promise<void> {
    return this.inner.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
