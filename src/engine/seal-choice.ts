// Which files a commit seals, chosen when commit() is called: from then on their keys' records go to other files.
import type { DataFile } from '../model/data-file.js'
import type { Mode } from '../model/mode.js'
import type { FileNaming } from '../protocol/file-naming.js'
import type { RollPolicy, SealReason } from '../protocol/roll-policy.js'
import { keysToClose, rollReason } from '../protocol/roll-policy.js'
import type { FileKey, TaskState } from '../protocol/task-state.js'
import type { Attempt } from './attempt.js'
import type { AttemptFile } from './attempt-file.js'

/** What decides about seals. */
export interface SealPolicy {
  readonly mode: Mode
  readonly roll: RollPolicy
  readonly openFilesMax: number
  readonly naming: FileNaming
  /** By stream: an open file with another extension is not gone on with. */
  readonly streams: ReadonlyMap<string, { readonly extension: string }>
}

/** A file that the attempt did not touch and the commit seals. */
export interface UntouchedSeal {
  readonly file: DataFile
  readonly reason: SealReason
}

/** Marks the attempt's files that its commit seals, and answers the others that it seals too. `watermarkMs` is the one that the commit carries. */
export function chooseSeals<R>(
  attempt: Attempt<R>,
  state: TaskState,
  policy: SealPolicy,
  nowMs: number,
  watermarkMs: number = -Infinity,
): readonly UntouchedSeal[] {
  const stays = new Map<FileKey, AttemptFile<R>>()
  for (const file of attempt.files) {
    if (file.sealReason !== undefined || file.length === 0) continue
    const reason = policy.mode === 'new-file' ? 'mode' : reasonOf(file, policy.roll, nowMs, watermarkMs)
    if (reason === undefined) stays.set(file.key, file)
    else attempt.seal(file, reason)
  }
  const seals = sealUntouched(attempt, state, stays, policy, nowMs, watermarkMs)
  closeLeastRecentlyUsed(attempt, state, stays, seals, policy.openFilesMax)
  for (const key of seals.keys()) attempt.sealedKeys.add(key)
  return [...seals.values()]
}

function reasonOf<R>(
  file: AttemptFile<R>,
  roll: RollPolicy,
  nowMs: number,
  watermarkMs: number,
): SealReason | undefined {
  if (file.isBehindWindow || (file.windowEndMs ?? Infinity) <= watermarkMs) return 'window'
  const { createdMs } = file.before
  return rollReason(
    {
      length: file.length,
      recordCount: file.recordCountInAll,
      createdMs,
      touchedMs: nowMs,
      blockCount: file.blockCountAtLeast,
    },
    roll,
    nowMs,
  )
}

function sealUntouched<R>(
  attempt: Attempt<R>,
  state: TaskState,
  stays: ReadonlyMap<FileKey, AttemptFile<R>>,
  { roll, naming, streams }: SealPolicy,
  nowMs: number,
  watermarkMs: number,
): Map<FileKey, UntouchedSeal> {
  const seals = new Map<FileKey, UntouchedSeal>()
  for (const [key, file] of state.openFiles) {
    const stream = streams.get(file.stream)
    if (stream !== undefined && naming.extensionOf(file.path) !== stream.extension) {
      seals.set(key, { file, reason: 'extension' })
      continue
    }
    if (stays.has(key) || attempt.sealedKeys.has(key)) continue
    const reason = (file.windowEndMs ?? Infinity) <= watermarkMs ? 'window' : rollReason(file, roll, nowMs)
    if (reason !== undefined) seals.set(key, { file, reason })
  }
  return seals
}

function closeLeastRecentlyUsed<R>(
  attempt: Attempt<R>,
  state: TaskState,
  stays: ReadonlyMap<FileKey, AttemptFile<R>>,
  seals: Map<FileKey, UntouchedSeal>,
  openFilesMax: number,
): void {
  const oldestFirst: FileKey[] = []
  for (const key of state.openFiles.keys()) {
    if (!stays.has(key) && !attempt.sealedKeys.has(key) && !seals.has(key)) oldestFirst.push(key)
  }
  oldestFirst.push(...stays.keys())
  for (const key of keysToClose(oldestFirst, oldestFirst.length, openFilesMax)) {
    const touched = stays.get(key)
    if (touched !== undefined) attempt.seal(touched, 'openFilesMax')
    else seals.set(key, { file: state.openFiles.get(key)!, reason: 'openFilesMax' })
  }
}
