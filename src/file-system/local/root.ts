// The directory that no path may leave, symbolic links included. Links that stay inside are followed like any
// directory; one that leads out, or nowhere, is refused. This keeps mistakes and planted links out; it is no sandbox
// against a process that swaps links in the same directories between the look and the use.
import type { Disk } from './disk.js'
import { type Attempt, errnoOf, refusal } from './errno.js'

/** Where a name stands: its directory's real path, and the name in it, which may itself be a link. */
export interface Entry {
  /** Real and absolute. */
  readonly directory: string
  readonly absolute: string
}

/** A location's root directory. */
export class Root {
  /** Absolute, as it was given. */
  readonly directory: string
  readonly #disk: Disk
  #real: string | undefined

  constructor(directory: string, disk: Disk) {
    this.directory = directory
    this.#disk = disk
  }

  /** The root's real path; `undefined` while it is not there. */
  async real(): Promise<string | undefined> {
    this.#real ??= await this.#realpath(this.directory)
    return this.#real
  }

  /**
   * The real path of what stands at `path`, through links; `undefined` where nothing does, also where a parent is missing or a file.
   * Rejects with `INVALID_PATH` when a link leads out of the root, or the path is a link that leads nowhere.
   */
  async find(path: string, attempt: Attempt): Promise<string | undefined> {
    const root = await this.real()
    if (root === undefined || path === '') return root
    const found = await this.#realpath(below(root, path))
    if (found !== undefined) {
      this.#checkInside(root, found, attempt)
      return found
    }
    await this.#checkDeepestParent(root, path, attempt)
    await this.#refuseDanglingLink(below(root, path), attempt)
    return undefined
  }

  /**
   * Where the name stands, whether or not anything does there; `undefined` when its parent directory is missing.
   * Rejects with `INVALID_PATH` when the parent leads out of the root, ENOTDIR when through a file; the parent itself may be a file.
   */
  async findEntry(path: string, attempt: Attempt): Promise<Entry | undefined> {
    const root = await this.real()
    if (root === undefined) return undefined
    const slash = path.lastIndexOf('/')
    if (slash === -1) return { directory: root, absolute: below(root, path) }
    const parent = path.slice(0, slash)
    const directory = await this.#realpathOfParent(below(root, parent))
    if (directory === undefined) {
      await this.#checkDeepestParent(root, path, attempt)
      return undefined
    }
    this.#checkInside(root, directory, attempt)
    return { directory, absolute: below(directory, path.slice(slash + 1)) }
  }

  /** Rejects with `INVALID_PATH` unless the real path is the root or below it. */
  #checkInside(root: string, real: string, attempt: Attempt): void {
    if (real === root || real.startsWith(root === '/' ? root : `${root}/`)) return
    throw refusal('INVALID_PATH', 'leads through a symbolic link out of the location', attempt)
  }

  // Nothing stands at `path`: the deepest directory above it that is there must still be inside, or mkdirs would build outside.
  async #checkDeepestParent(root: string, path: string, attempt: Attempt): Promise<void> {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const real = await this.#realpath(below(root, path.slice(0, slash)))
      if (real !== undefined) return this.#checkInside(root, real, attempt)
    }
  }

  async #refuseDanglingLink(absolute: string, attempt: Attempt): Promise<void> {
    try {
      const status = await this.#disk.lstat(absolute)
      if (!status.isSymbolicLink()) return
    } catch (error) {
      if (isAbsence(error)) return
      throw error
    }
    throw refusal('INVALID_PATH', 'is a symbolic link that leads nowhere', attempt)
  }

  async #realpath(absolute: string): Promise<string | undefined> {
    try {
      return await this.#disk.realpath(absolute)
    } catch (error) {
      if (isAbsence(error)) return undefined
      throw error
    }
  }

  async #realpathOfParent(absolute: string): Promise<string | undefined> {
    try {
      return await this.#disk.realpath(absolute)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  }
}

/** True for the errors that say that nothing stands there: no such name, or a parent that is a file. */
export function isAbsence(error: unknown): boolean {
  const errno = errnoOf(error)
  return errno === 'ENOENT' || errno === 'ENOTDIR'
}

/** For `catch`: absence is an answer, all else goes on. */
export function undefinedIfAbsent(error: unknown): undefined {
  if (isAbsence(error)) return undefined
  throw error
}

/** Joins a real directory and a checked relative path or name. */
export function below(directory: string, path: string): string {
  return directory === '/' ? `/${path}` : `${directory}/${path}`
}
