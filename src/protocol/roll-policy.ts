// When a data file is sealed and the next one begun. Pure: time is passed in.
import type { FileKey } from './task-state.js'

/** When to roll. What is not set never is a reason. */
export interface RollPolicy {
  /** A file of this many bytes is sealed; it may be exceeded by one record. */
  readonly fileSizeBytesMax?: number
  /** Counted from the commit that made the file. */
  readonly fileAgeMsMax?: number
  readonly recordsMax?: number
  /** Counted from the commit that last added to it. */
  readonly idleMsMax?: number
  /** In mode `concat`, where a commit adds at least one block to each of its files and a CONCAT takes the longer the more there are; may be exceeded by those of one commit. */
  readonly blocksMax?: number
}

/** What the policy looks at. */
export interface RollCandidate {
  readonly length: number
  readonly recordCount: number
  readonly createdMs: number
  readonly touchedMs: number
  /** Known in mode `concat` only. */
  readonly blockCount?: number
}

/** Why a file was sealed. `mode`: new-file seals every file; `openFilesMax`: too many were open and this was the least recently used;
 * `extension`: the job's format or compression is another one now; `schema`: a record came that the file's schema has no place for; `window`: the watermark has passed its window. */
export type SealReason =
  | 'fileSizeBytesMax'
  | 'recordsMax'
  | 'fileAgeMsMax'
  | 'idleMsMax'
  | 'blocksMax'
  | 'openFilesMax'
  | 'mode'
  | 'extension'
  | 'schema'
  | 'window'

/** The reason for which a file is sealed by a commit at `nowMs`, if there is one. Clocks that jump cost an early or a late roll, nothing else. */
export function rollReason(file: RollCandidate, policy: RollPolicy, nowMs: number): SealReason | undefined {
  if (isFull(file, policy)) {
    return file.length >= (policy.fileSizeBytesMax ?? Infinity) ? 'fileSizeBytesMax' : 'recordsMax'
  }
  if (nowMs - file.createdMs >= (policy.fileAgeMsMax ?? Infinity)) return 'fileAgeMsMax'
  if (nowMs - file.touchedMs >= (policy.idleMsMax ?? Infinity)) return 'idleMsMax'
  if ((file.blockCount ?? 0) >= (policy.blocksMax ?? Infinity)) return 'blocksMax'
  return undefined
}

/** Whether a file takes no further record, also within an attempt. */
export function isFull(file: Pick<RollCandidate, 'length' | 'recordCount'>, policy: RollPolicy): boolean {
  return file.length >= (policy.fileSizeBytesMax ?? Infinity) || file.recordCount >= (policy.recordsMax ?? Infinity)
}

/** The keys whose files are sealed to keep at most `openFilesMax` open: from the front of `oldestFirst`, sparing nobody. */
export function keysToClose(oldestFirst: Iterable<FileKey>, openCount: number, openFilesMax: number): FileKey[] {
  const keys: FileKey[] = []
  if (openCount <= openFilesMax) return keys
  for (const key of oldestFirst) {
    if (openCount - keys.length <= openFilesMax) break
    keys.push(key)
  }
  return keys
}
