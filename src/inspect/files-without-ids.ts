// Files whose lines carry no ids, among others of their stream that do: every line of them may have been changed.
import type { DataFile } from '../model/data-file.js'
import type { Finding } from './finding.js'

/** Remembers by stream which files carried ids. */
export class FilesWithoutIds {
  readonly #streamsWithIds = new Set<string>()
  readonly #without: { readonly file: DataFile; readonly path: string }[] = []

  /** How many carried none. */
  get count(): number {
    return this.#without.length
  }

  /** Takes in what a file's lines turned out to be. */
  add(file: DataFile, path: string, checked: 'ids' | 'none'): void {
    if (checked === 'ids') this.#streamsWithIds.add(file.stream)
    else this.#without.push({ file, path })
  }

  /** One for each file that stands alone in this. A job whose format was changed between runs has such files by right; only a person knows. */
  findings(): Finding[] {
    return this.#without
      .filter(({ file }) => this.#streamsWithIds.has(file.stream))
      .map(({ path }) => ({
        kind: 'FOREIGN_LINE',
        path,
        message: `${path} carries no ids, and other files of its stream do: restore it, or, where the job was once run with a format without ids, verify with --accept-files-without-ids`,
      }))
  }
}
