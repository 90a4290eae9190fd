// Arguments that are refused before the disk is asked.
import type { ByteRange, CreateOptions } from '../file-system.js'
import { type Attempt, refusal } from './errno.js'

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
  if (end < (start ?? 0)) throw refusal('INVALID_ARGUMENT', `was given a range that ends before it begins`, attempt)
}

/** Throws `INVALID_ARGUMENT` unless it is a number of milliseconds. */
export function checkWait(waitMs: number, attempt: Attempt): void {
  if (typeof waitMs === 'number' && waitMs >= 0) return
  throw refusal('INVALID_ARGUMENT', `was given waitMs ${waitMs}; it must be 0 or more`, attempt)
}

/** The mode for a created file; throws `UNSUPPORTED` for what a local disk has no notion of. */
export function modeOf(options: CreateOptions, attempt: Attempt): number | undefined {
  for (const name of ['replication', 'blockSizeBytes'] as const) {
    if (options[name] === undefined) continue
    throw refusal('UNSUPPORTED', `was given ${name}, which a local disk does not have: leave it out`, attempt)
  }
  const { permission } = options
  if (permission === undefined) return undefined
  if (typeof permission === 'string' && /^[01]?[0-7]{3}$/.test(permission)) return Number.parseInt(permission, 8)
  const given = JSON.stringify(permission)
  throw refusal('INVALID_ARGUMENT', `was given permission ${given}; write octal digits, as in '640'`, attempt)
}
