// Arguments that are refused before any request.
import type { ByteRange, CreateOptions } from '../file-system.js'
import { FileSystemError, type FileSystemErrorCode, type Operation } from '../file-system-error.js'
import { parentOf } from '../path.js'

/** What is being attempted, as it stands in the error. */
export interface Attempt {
  readonly operation: Operation
  /** Relative to the location. */
  readonly path: string
}

/** An error for what was never sent. */
export function refusal(code: FileSystemErrorCode, complaint: string, { operation, path }: Attempt): FileSystemError {
  const message = `${operation} of ${JSON.stringify(path)} ${complaint}`
  return new FileSystemError(message, { code, outcome: 'not-applied', retry: 'never', operation, path })
}

/** Throws `INVALID_ARGUMENT` unless it is a number of bytes. */
export function checkBytes(bytes: number, name: string, attempt: Attempt): void {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return
  throw refusal('INVALID_ARGUMENT', `was given ${name} ${bytes}; it must be a whole number of bytes`, attempt)
}

/** Throws `INVALID_ARGUMENT` unless both ends are numbers of bytes, in this order. */
export function checkRange({ start, end }: ByteRange, attempt: Attempt): void {
  if (start !== undefined) checkBytes(start, 'start', attempt)
  if (end === undefined) return
  checkBytes(end, 'end', attempt)
  if (end < (start ?? 0)) throw refusal('INVALID_ARGUMENT', 'was given a range that ends before it begins', attempt)
}

/** Throws `INVALID_ARGUMENT` unless it is a number of milliseconds. */
export function checkWait(waitMs: number, attempt: Attempt): void {
  if (typeof waitMs === 'number' && waitMs >= 0) return
  throw refusal('INVALID_ARGUMENT', `was given waitMs ${waitMs}; it must be 0 or more`, attempt)
}

/** Throws `INVALID_ARGUMENT` for a permission, replication or block size that is none. */
export function checkCreateOptions(options: CreateOptions, attempt: Attempt): void {
  const { permission, replication, blockSizeBytes } = options
  if (permission !== undefined && !(typeof permission === 'string' && /^[01]?[0-7]{3}$/.test(permission))) {
    const given = JSON.stringify(permission)
    throw refusal('INVALID_ARGUMENT', `was given permission ${given}; write octal digits, as in '640'`, attempt)
  }
  if (replication !== undefined && !(Number.isInteger(replication) && replication >= 1 && replication <= 32_767)) {
    throw refusal('INVALID_ARGUMENT', `was given replication ${replication}; it must be 1 to 32767`, attempt)
  }
  if (blockSizeBytes !== undefined && !(Number.isSafeInteger(blockSizeBytes) && blockSizeBytes >= 1)) {
    throw refusal('INVALID_ARGUMENT', `was given blockSizeBytes ${blockSizeBytes}; it must be 1 or more`, attempt)
  }
}

/** Throws `INVALID_ARGUMENT` for concat's sources where that shows without asking. */
export function checkConcat(target: string, sources: readonly string[], attempt: Attempt): void {
  if (sources.length === 0) throw refusal('INVALID_ARGUMENT', 'was given no sources', attempt)
  if (new Set([target, ...sources]).size !== sources.length + 1) {
    throw refusal('INVALID_ARGUMENT', 'was given one path twice', attempt)
  }
  const elsewhere = sources.find((source) => parentOf(source) !== parentOf(target))
  if (elsewhere !== undefined) {
    const complaint = `was given the source ${JSON.stringify(elsewhere)}; sources must be in the target's directory`
    throw refusal('INVALID_ARGUMENT', complaint, attempt)
  }
  const comma = sources.find((source) => source.includes(','))
  if (comma !== undefined) {
    const complaint = `was given the source ${JSON.stringify(comma)}; WebHDFS separates sources by commas`
    throw refusal('UNSUPPORTED', complaint, attempt)
  }
}
