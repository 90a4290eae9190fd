// A file system that drops the bytes of data files and knows their lengths: what is left is the writer's own work.
import { type Content, lengthOf } from '../../src/file-system/content.js'
import type { CreateOptions, FileStatus, RenameMode } from '../../src/file-system/file-system.js'
import { type Call, ForwardingFileSystem } from '../../src/file-system/layers/forwarding.js'
import { MemoryFileSystem } from '../../src/file-system/memory/memory-file-system.js'
import { nameOf } from '../../src/file-system/path.js'

const nothing = new Uint8Array(0)

/** Names and the commit log are kept in memory. */
export class DroppingFileSystem extends ForwardingFileSystem {
  readonly #lengths = new Map<string, number>()
  /** Bytes that were dropped. */
  droppedBytes = 0

  constructor() {
    super(new MemoryFileSystem())
  }

  protected around<T>(_call: Call, run: () => Promise<T>): Promise<T> {
    return run()
  }

  protected stream<T>(_call: Call, open: () => AsyncIterable<T>): AsyncIterable<T> {
    return open()
  }

  override async create(path: string, content: Content, options?: CreateOptions): Promise<number> {
    if (!nameOf(path).startsWith('data-')) return super.create(path, content, options)
    await super.create(path, nothing, options)
    return this.#drop(path, 0, content)
  }

  override async append(path: string, content: Content): Promise<number> {
    const length = this.#lengths.get(path)
    if (length === undefined) throw new Error(`${path} is no data file`)
    return this.#drop(path, length, content)
  }

  override async rename(source: string, destination: string, options: { readonly mode: RenameMode }): Promise<void> {
    await super.rename(source, destination, options)
    const length = this.#lengths.get(source)
    if (length === undefined) return
    this.#lengths.delete(source)
    this.#lengths.set(destination, length)
  }

  override async stat(path: string): Promise<FileStatus | undefined> {
    const status = await super.stat(path)
    const length = this.#lengths.get(path)
    return status === undefined || length === undefined ? status : { ...status, length }
  }

  #drop(path: string, length: number, content: Content): number {
    const bytes = lengthOf(content)
    this.droppedBytes += bytes
    this.#lengths.set(path, length + bytes)
    return length + bytes
  }
}
