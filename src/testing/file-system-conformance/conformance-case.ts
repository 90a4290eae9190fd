// What a case of the conformance suite is, and what it is given to work with.
import type { Capabilities, FileSystem } from '../../file-system/file-system.js'

/** What a case works with: handles on one location that exists and is empty. */
export interface ConformanceContext {
  readonly fileSystem: FileSystem
  /** A second handle on the same location, as another process would have it; the first one where the factory offers no second. */
  another(): Promise<FileSystem>
}

/** One behaviour that every file system has, or every one with the capabilities it needs. */
export interface ConformanceCase {
  readonly name: string
  /** Skipped, and listed as skipped, where the file system declares one of these as missing. */
  readonly needs?: readonly (keyof Capabilities)[]
  /** Says what happens *without* this capability; does not exist where the capability does. */
  readonly without?: keyof Capabilities
  run(context: ConformanceContext): Promise<void>
}

/** Cases about one verb. */
export interface ConformanceGroup {
  readonly name: string
  readonly cases: readonly ConformanceCase[]
}
