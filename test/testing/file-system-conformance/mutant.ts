// A file system that breaks one promise.
import type { FileSystem } from '../../../src/file-system/file-system.js'
import {
  FileSystemError,
  type FileSystemErrorCode,
  isFileSystemError,
} from '../../../src/file-system/file-system-error.js'

/** Methods that take the place of the originals; `real` is the file system in memory below. */
export type Overrides = (real: FileSystem) => Partial<FileSystem>

export interface Mutant {
  readonly name: string
  /** One of the cases with such a name fails. */
  readonly caughtBy: RegExp
  readonly overrides: Overrides
}

/** The file system with some methods exchanged. */
export function mutate(real: FileSystem, overrides: Overrides): FileSystem {
  const changes = overrides(real)
  return new Proxy(real, {
    get: (target, key) => {
      if (key in changes) return changes[key as keyof FileSystem]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** What a careless adapter does with an error. */
export async function ignoring(code: FileSystemErrorCode, call: () => Promise<void> | undefined): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (!isFileSystemError(error, code)) throw error
  }
}

/** Every error of the method, changed. */
export async function withError<T>(
  call: Promise<T>,
  change: (error: FileSystemError) => Partial<FileSystemError>,
): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error
    const { message, code, outcome, retry, operation, path } = error
    throw new FileSystemError(message, { code, outcome, retry, operation, path, ...change(error) })
  }
}
