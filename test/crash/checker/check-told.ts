// Compares what writers were told with what the log says: nobody may believe what is not there.
import { FileSystemError } from '../../../src/file-system/file-system-error.js'
import { MultiOutputError } from '../../../src/model/multi-output-error.js'
import type { Told } from '../journal.js'
import type { LogModel, Positions } from './log-model.js'
import type { RawRange } from './raw-record.js'
import type { Violations } from './violations.js'

/** Errors that are in order when requests fail and rivals claim. */
const EXPECTED_CODES = new Set(['FENCED', 'ABORTED', 'COMMIT_FAILED', 'OPEN_FAILED', 'NOT_RELEASED'])

/** Checks all that was told. */
export function checkTold(entries: readonly Told[], models: readonly LogModel[], violations: Violations): void {
  for (const told of entries) {
    const model = models[told.task]!
    const who = `${told.process} at step ${told.step}`
    switch (told.what) {
      case 'opened':
      case 'aborted':
        if (!isAmong(told.committed, model.positions.slice(Math.max(0, told.newestBefore), told.newestAfter + 1))) {
          violations.add('BELIEF', `${who}: ${told.what} at ${show(told.committed)}, where the log never was then`)
        }
        break
      case 'committed':
        checkCommitted(told, model, who, violations)
        break
      case 'fenced':
        if (told.newestClaimant === told.pid)
          violations.add('BELIEF', `${who}: was fenced, and nobody claimed after it`)
        break
      case 'failed':
        checkError(told.error, `${who}: ${told.doing}`, violations)
        break
      case 'closed':
        break
    }
  }
}

function checkCommitted(
  told: Extract<Told, { what: 'committed' }>,
  model: LogModel,
  who: string,
  violations: Violations,
): void {
  const { sequence, ranges, committed, pid, newestAfter } = told
  const record = model.records[sequence]
  const believed = `commit ${sequence} of ${showRanges(ranges)}`
  if (record === undefined || sequence > newestAfter) {
    violations.add('BELIEF', `${who}: believes ${believed}, and there is no such record`)
    return
  }
  // A commit of nothing puts no record and names the newest that there is.
  if (ranges.length === 0) return
  if (record.type !== 'commit' || record.pid !== pid || showRanges(record.ranges) !== showRanges(ranges)) {
    violations.add('BELIEF', `${who}: believes ${believed}, and the log has a ${record.type} of pid ${record.pid}`)
  }
  if (show(committed) !== show(model.positions[sequence]!)) {
    violations.add('BELIEF', `${who}: after ${believed} is told ${show(committed)}, not what the log says`)
  }
}

/** Looks through the causes too: a mistake of the program must not hide behind a failed commit. */
function checkError(error: unknown, doing: string, violations: Violations): void {
  for (let at = error; at !== undefined; at = (at as { cause?: unknown }).cause) {
    if (at instanceof MultiOutputError ? EXPECTED_CODES.has(at.code) : isOfTheFileSystem(at)) continue
    const stack = at instanceof Error ? (at.stack ?? at.message) : String(at)
    violations.add('ERROR', `${doing}: ${at instanceof MultiOutputError ? `${at.code}: ${at.message}` : stack}`)
    return
  }
}

function isOfTheFileSystem(error: unknown): boolean {
  return error instanceof FileSystemError || (error instanceof Error && error.name === 'RemoteException')
}

function isAmong(positions: Positions, all: readonly Positions[]): boolean {
  const wanted = show(positions)
  // Before the first record the log is at nothing, and so is it after a claim.
  return all.some((each) => show(each) === wanted)
}

function show(positions: Positions): string {
  return [...positions]
    .sort(([a], [b]) => a - b)
    .map(([partition, until]) => `${partition}:${until}`)
    .join()
}

function showRanges(ranges: readonly RawRange[]): string {
  return ranges
    .map(({ partition, from, until }) => `${partition}:${from}…${until}`)
    .sort()
    .join()
}
