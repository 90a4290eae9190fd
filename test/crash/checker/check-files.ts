// Compares the data files as they lie there with what the log says and what the source handed out.
import { namedFile } from '../data-names.js'
import type { Source } from '../source.js'
import type { LoggedFile, LogModel } from './log-model.js'
import { RecordCount } from './record-count.js'
import type { Violations } from './violations.js'

/** A file as it is, whatever its readers may see. */
export interface RawDataFile {
  readonly bytes: Uint8Array
  readonly isOpen: boolean
}

/** What is compared, and how strictly. */
export interface FilesCheck {
  /** Every file outside the protocol's own directory that is of this task, or of none. */
  readonly lying: ReadonlyMap<string, RawDataFile>
  readonly model: LogModel
  readonly source: Source
  readonly visibility: 'live' | 'sealed'
  /**
   * `exact`: nobody is writing, so every file ends where the log says. `growing`: the task's owner may be at work on its next
   * attempt, so that open files may be longer, and may have a name that the next record will tell.
   */
  readonly strictness: 'exact' | 'growing'
  /** For the findings. */
  readonly when: string
}

/** Checks all data files. */
export function checkFiles(check: FilesCheck, violations: Violations): void {
  const { lying, model, source, when } = check
  const listed = new Set<string>()
  const count = new RecordCount(source, (complaint) => violations.add('RECORD', `${when}: ${complaint}`))
  for (const file of model.files.values()) {
    const path = whereIs(file, check)
    listed.add(path)
    checkName(file, check, violations)
    const found = lying.get(path)
    if (found === undefined) violations.add('FILE', `${when}: ${file.path} is not there`)
    else {
      checkLength(file, found, check, violations)
      count.addFile(file, found.bytes)
    }
  }
  for (const path of lying.keys()) {
    if (!listed.has(path)) violations.add('ORPHAN', `${when}: ${path} lies there and no record lists it`)
  }
  count.finish(model.positions[model.newest] ?? new Map())
}

/** The owner renames what it uploads to when a request got no answer: then the file is found by its serial. */
function whereIs(file: LoggedFile, { lying, strictness }: FilesCheck): string {
  if (strictness === 'exact' || file.isSealed || lying.has(file.path)) return file.path
  for (const path of lying.keys()) if (namedFile(path)?.serial === file.serial) return path
  return file.path
}

function checkLength(file: LoggedFile, found: RawDataFile, check: FilesCheck, violations: Violations): void {
  const mayGrow = check.strictness === 'growing' && !file.isSealed
  const lengthBytes = found.bytes.byteLength
  if (mayGrow ? lengthBytes < file.length : lengthBytes !== file.length) {
    violations.add('FILE', `${check.when}: ${file.path} has ${lengthBytes} bytes, committed are ${file.length}`)
  }
  if (found.isOpen && !mayGrow) violations.add('FILE', `${check.when}: ${file.path} is open for writing`)
}

function checkName(file: LoggedFile, { visibility, when }: FilesCheck, violations: Violations): void {
  const isHidden = file.path.slice(file.path.lastIndexOf('/') + 1).startsWith('.')
  if (isHidden === (visibility === 'sealed' && !file.isSealed)) return
  violations.add('SEEN', `${when}: ${file.path} is ${file.isSealed ? 'sealed' : 'not sealed'}, and so named`)
}
