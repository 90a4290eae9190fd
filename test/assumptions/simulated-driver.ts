// The driver over the namespace that the simulation and the file system in memory stand on. Its clock moves only by `wait`.
import { RemoteException } from '../../src/file-system/file-system-error.js'
import type { Writer } from '../../src/file-system/memory/inode.js'
import { Namespace } from '../../src/file-system/memory/namespace.js'
import type {
  AssumptionsDriver,
  CreateOptions,
  FileState,
  Held,
  HeldRequest,
  OpenUpload,
  Outcome,
  RenameMode,
  Traits,
} from './driver.js'

/** `dfs.ls.limit`. */
const entriesMax = 1_000

/** A namespace of its own for each driver. */
export class SimulatedDriver implements AssumptionsDriver {
  readonly directory: string
  readonly traits: Traits
  readonly #namespace: Namespace
  #nowMs = Date.UTC(2024, 0, 1)
  #clients = 0

  constructor(directory: string, traits: Traits) {
    this.directory = directory
    this.traits = traits
    const { appendAfterConcat } = traits
    this.#namespace = new Namespace({ nowMs: () => this.#nowMs, appendAfterConcat })
    this.#namespace.mkdirs(relative(directory))
  }

  async create(path: string, bytes: Uint8Array, options?: CreateOptions): Promise<Outcome<'done'>> {
    const upload = await this.openCreate(path, bytes, options)
    return 'value' in upload ? await upload.value.finish() : upload
  }

  async append(path: string, bytes: Uint8Array): Promise<Outcome<'done'>> {
    const upload = await this.openAppend(path, bytes)
    return 'value' in upload ? await upload.value.finish() : upload
  }

  async rename(source: string, destination: string, mode: RenameMode): Promise<Outcome<boolean>> {
    const [from, to] = [relative(source), relative(destination)]
    return outcomeOf(() => {
      if (mode === 'plain') return this.#namespace.renamePlainly(from, to)
      this.#namespace.rename(from, to, mode === 'none' ? 'NONE' : 'OVERWRITE')
      return true
    })
  }

  async delete(path: string, what: 'file-or-empty-directory' | 'tree'): Promise<Outcome<boolean>> {
    return outcomeOf(() => this.#namespace.delete(relative(path), what === 'tree' ? 'all' : 'none'))
  }

  async truncate(path: string, length: number): Promise<Outcome<boolean>> {
    return outcomeOf(() => this.#namespace.truncate(relative(path), length))
  }

  async concat(target: string, sources: readonly string[]): Promise<Outcome<'done'>> {
    return outcomeOf(() => {
      this.#namespace.concat(relative(target), sources.map(relative))
      return 'done'
    })
  }

  async mkdirs(path: string): Promise<Outcome<boolean>> {
    return outcomeOf(() => {
      this.#namespace.mkdirs(relative(path))
      return true
    })
  }

  async stat(path: string): Promise<FileState | null> {
    const status = this.#namespace.stat(relative(path))
    if (status === undefined) return null
    return { length: status.length, isDirectory: status.type === 'directory', fileId: status.fileId }
  }

  async isOpen(path: string): Promise<Outcome<boolean>> {
    return outcomeOf(() => this.#namespace.isOpen(relative(path)))
  }

  async read(path: string): Promise<Outcome<Uint8Array>> {
    return outcomeOf(() => this.#namespace.read(relative(path), 0, undefined))
  }

  async list(path: string, startAfter?: string): Promise<Outcome<readonly string[]>> {
    return outcomeOf(() => {
      const { entries } = this.#namespace.list(relative(path), { startAfter, entriesMax })
      return entries.map((entry) => entry.path.slice(entry.path.lastIndexOf('/') + 1))
    })
  }

  async openCreate(path: string, bytes: Uint8Array, options: CreateOptions = {}): Promise<Outcome<OpenUpload>> {
    const { parents = 'create', ...rest } = options
    this.#clients += 1
    const request = { holder: `client-${this.#clients}`, parents, ...rest }
    return await this.#open(bytes, () => this.#namespace.create(relative(path), request))
  }

  async openAppend(path: string, bytes: Uint8Array): Promise<Outcome<OpenUpload>> {
    this.#clients += 1
    return await this.#open(bytes, () => {
      this.#namespace.locateForAppend(relative(path))
      return this.#namespace.append(relative(path), `client-${this.#clients}`)
    })
  }

  async #open(bytes: Uint8Array, open: () => Writer): Promise<Outcome<OpenUpload>> {
    const opened = outcomeOf(open)
    if (!('value' in opened)) return opened
    const writer = opened.value
    const namespace = this.#namespace
    let failed: Outcome<'done'> | undefined
    const cut = async () => namespace.connectionLost(writer)
    const upload: OpenUpload = {
      write: async (bytes) => {
        const received = outcomeOf(() => namespace.receive(writer, bytes))
        if (!('value' in received)) failed ??= received
      },
      finish: async () => {
        if (failed !== undefined) {
          await cut()
          return failed
        }
        return outcomeOf(() => {
          namespace.complete(writer)
          return 'done'
        })
      },
      cut,
      vanish: async () => ({ end: cut }),
    }
    await upload.write(bytes)
    return { value: upload }
  }

  async hold(held: HeldRequest): Promise<Held> {
    return { deliver: () => this.#deliver(held) }
  }

  #deliver(held: HeldRequest): Promise<Outcome<unknown>> {
    switch (held.kind) {
      case 'append':
        return this.append(held.path, held.bytes)
      case 'create':
        return this.create(held.path, held.bytes, held.options)
      case 'truncate':
        return this.truncate(held.path, held.length)
      case 'rename':
        return this.rename(held.source, held.destination, held.mode)
      case 'concat':
        return this.concat(held.target, held.sources)
    }
  }

  async wait(durationMs: number): Promise<void> {
    this.#nowMs += durationMs
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function relative(path: string): string {
  return path.replace(/^\//, '')
}

function outcomeOf<T>(request: () => T): Outcome<T> {
  try {
    return { value: request() }
  } catch (error) {
    if (!(error instanceof RemoteException)) throw error
    return { exception: error.exception, message: error.message }
  }
}
