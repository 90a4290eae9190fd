// The work between two commits: the files written to, by key, and the offsets taken in.
import type { OffsetRanges } from '../model/offsets.js'
import { OffsetRangesBuilder } from '../model/offsets.js'
import type { SealReason } from '../protocol/roll-policy.js'
import type { FileKey } from '../protocol/task-state.js'
import type { AttemptFile } from './attempt-file.js'
import { WaitingText } from './waiting-text.js'

/** What an attempt holds. */
export class Attempt<R> {
  /** All files, also those that were full and followed by another of their key. */
  readonly files: AttemptFile<R>[] = []
  /** The file that takes a directory's records now, by stream. */
  readonly #current = new Map<string, Map<string, AttemptFile<R>>>()
  readonly #offsets = new OffsetRangesBuilder()
  /** Keys whose file this attempt seals: their next record goes to a new file. */
  readonly sealedKeys: Set<FileKey> = new Set()
  /** Shared by the buffers of its files. */
  readonly waiting: WaitingText = new WaitingText()
  /** Records taken in. */
  recordCount = 0

  /** The file that takes records of this stream and directory. */
  currentFile(stream: string, directory: string): AttemptFile<R> | undefined {
    return this.#current.get(stream)?.get(directory)
  }

  /** Makes a file the one that takes its key's records. */
  begin(file: AttemptFile<R>): void {
    let directories = this.#current.get(file.stream)
    if (directories === undefined) {
      directories = new Map()
      this.#current.set(file.stream, directories)
    }
    directories.set(file.directory, file)
    this.files.push(file)
  }

  /** Decides that this attempt seals a file, which takes nothing more. The next record of its key goes to another. */
  seal(file: AttemptFile<R>, reason: SealReason): void {
    file.sealReason = reason
    file.freeze()
    this.sealedKeys.add(file.key)
    this.#current.get(file.stream)?.delete(file.directory)
  }

  /** Begins a partition's range. An empty one says where to go on in a partition that has no other. */
  extend(topic: string, partition: number, from: bigint, until: bigint): void {
    this.#offsets.set(topic, partition, { from, until })
  }

  /** The range of a partition, if the attempt has one; it may be changed in place. */
  rangeOf(topic: string, partition: number): { from: bigint; until: bigint } | undefined {
    return this.#offsets.get(topic, partition)
  }

  /** Offsets taken in. */
  get offsets(): OffsetRanges {
    return this.#offsets.build()
  }
}
