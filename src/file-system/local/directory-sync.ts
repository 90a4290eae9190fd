// Makes what happened to a directory's entries durable. An fsync costs a write to the device, so callers who come while
// one of the same directory is running share the next one: a thousand renames at once cost a few, not a thousand.
import { constants } from 'node:fs'
import type { Disk } from './disk.js'
import { errnoOf } from './errno.js'

/** How many directories are remembered as durable; beyond it they are asked about again. */
const DURABLE_DIRECTORIES_MAX = 10_000

interface Turn {
  running: Promise<void>
  next: Promise<void> | undefined
}

/** The fsyncs of the directories of one location. Directories are named by their real, absolute paths. */
export class DirectorySync {
  readonly #disk: Disk
  readonly #turns = new Map<string, Turn>()
  readonly #durable = new Set<string>()

  constructor(disk: Disk) {
    this.#disk = disk
  }

  /**
   * Resolves when every change to the directory's entries that was made before the call is durable. An fsync that was already running
   * may have looked before that change, so it does not count. Rejects with the operating system's error; whether the changes are durable is then unknown.
   */
  sync(directory: string): Promise<void> {
    const turn = this.#turns.get(directory)
    if (turn === undefined) {
      const started: Turn = { running: Promise.resolve(), next: undefined }
      this.#turns.set(directory, started)
      return this.#run(directory, started)
    }
    turn.next ??= turn.running.then(
      () => this.#run(directory, turn),
      () => this.#run(directory, turn),
    )
    return turn.next
  }

  /** The same, for a directory that may be gone: then there is nothing left to keep. */
  async syncIfThere(directory: string): Promise<void> {
    try {
      await this.sync(directory)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR') throw error
    }
  }

  /** True when the directory itself is known to outlive a power loss. */
  isDurable(directory: string): boolean {
    return this.#durable.has(directory)
  }

  /** Remembers that the entry of this directory in its parent was synced. */
  markDurable(directory: string): void {
    if (this.#durable.size >= DURABLE_DIRECTORIES_MAX) this.#durable.clear()
    this.#durable.add(directory)
  }

  /** Forgets a directory that was renamed or deleted, and everything below it. */
  forget(directory: string): void {
    for (const known of this.#durable) {
      if (known === directory || known.startsWith(`${directory}/`)) this.#durable.delete(known)
    }
  }

  #run(directory: string, turn: Turn): Promise<void> {
    turn.next = undefined
    const running = this.#fsync(directory).finally(() => {
      if (turn.next === undefined) this.#turns.delete(directory)
    })
    turn.running = running
    return running
  }

  async #fsync(directory: string): Promise<void> {
    const handle = await this.#disk.open(directory, constants.O_RDONLY | constants.O_DIRECTORY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}
