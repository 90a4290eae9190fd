// What a reader who waits for `_SUCCESS` may rely on: as soon as the marker is there the directory is complete, of all tasks, and nothing in
// it ever changes again. Looked at in the moment in which the marker appears, and whenever something is done in the directory.
import type { Simulation } from '../../../src/testing/simulation/simulation.js'
import { windowEndOf } from '../windows.js'
import { markedBy } from './check-windows.js'
import type { LoggedFile, LogModel } from './log-model.js'
import type { Violations } from './violations.js'

/** Visible files by their path, as text. */
type Listing = ReadonlyMap<string, string>

/** Watches the directories that have a marker. */
export class MarkedWindows {
  readonly #simulation: Simulation
  readonly #violations: Violations
  /** By directory: what was in it when its marker was first seen. */
  readonly #seen = new Map<string, Listing>()

  constructor(simulation: Simulation, violations: Violations) {
    this.#simulation = simulation
    this.#violations = violations
  }

  /** Something was done to a path. */
  look(path: string, models: readonly LogModel[]): void {
    const directory = markedBy(path) ?? path.slice(0, Math.max(0, path.lastIndexOf('/')))
    if (directory.startsWith('_')) return
    if (this.#seen.has(directory)) this.#compare(directory)
    else if (markedBy(path) !== undefined && this.#simulation.inspectFile(path) !== undefined) {
      this.#checkPast(directory, models)
      this.#checkComplete(directory, models)
      this.#seen.set(directory, this.#list(directory))
    }
  }

  /** Something was undone. */
  lookAtAll(models: readonly LogModel[]): void {
    for (const directory of this.#seen.keys()) {
      this.#compare(directory)
      this.#checkPast(directory, models)
    }
  }

  #complain(directory: string, complaint: string): void {
    this.#violations.add('WINDOW', `${directory} has its marker, and ${complaint}`)
  }

  /** The log of every task binds it to write nothing there. */
  #checkPast(directory: string, models: readonly LogModel[]): void {
    const endMs = windowEndOf(directory) ?? Infinity
    for (const [task, { watermarkMs }] of models.entries())
      if (watermarkMs < endMs) this.#complain(directory, `the watermark of task ${task} is ${watermarkMs}`)
  }

  /** All that was committed to it can be read, and nothing else. */
  #checkComplete(directory: string, models: readonly LogModel[]): void {
    const files = models.flatMap((model) => [...model.files.values()].filter((file) => file.directory === directory))
    const listed = this.#list(directory)
    for (const file of files) this.#checkFile(directory, file, listed)
    const known = new Set(files.map(({ path }) => path))
    for (const path of listed.keys()) if (!known.has(path)) this.#complain(directory, `${path} is in no log`)
  }

  #checkFile(directory: string, { path, length, isSealed }: LoggedFile, listed: Listing): void {
    const found = listed.get(path)
    if (found === undefined) this.#complain(directory, `${path} cannot be seen in it`)
    else if (found.length !== length) this.#complain(directory, `${path} has ${found.length} bytes of ${length}`)
    else if (!isSealed || this.#simulation.inspectFile(path)?.isOpen !== false)
      this.#complain(directory, `${path} is not closed for ever`)
  }

  #compare(directory: string): void {
    const before = this.#seen.get(directory)!
    const now = this.#list(directory)
    for (const path of new Set([...before.keys(), ...now.keys()])) {
      if (before.get(path) === now.get(path)) continue
      const what = !before.has(path) ? 'appeared' : now.has(path) ? 'changed' : 'went'
      this.#complain(directory, `${path} ${what} afterwards`)
    }
  }

  /** What a reader lists. */
  #list(directory: string): Listing {
    const listing = new Map<string, string>()
    for (const [path, { bytes }] of this.#simulation.inspect()) {
      if (!path.startsWith(`${directory}/`)) continue
      const name = path.slice(directory.length + 1)
      if (!/^[_.]|\//.test(name)) listing.set(path, Buffer.from(bytes).toString('latin1'))
    }
    return listing
  }
}
