// Verifies a location: the log against the files, and the ids in the lines against the committed ranges. Changes nothing.
import type { FileStatus, FileSystem } from '../file-system/file-system.js'
import { nameOf } from '../file-system/path.js'
import type { DataFile } from '../model/data-file.js'
import { type FileNaming, fileNamingOf } from '../protocol/file-naming.js'
import { PROTOCOL_DIRECTORY } from '../protocol/layout.js'
import { FilesWithoutIds } from './files-without-ids.js'
import type { Finding } from './finding.js'
import { readLocation, type TaskReport } from './read-location.js'
import { type FoundFile, Unpublished } from './unpublished.js'
import { SeenIds, verifyFile } from './verify-file.js'

/** What to verify, and whom to tell. */
export interface VerifyOptions {
  /** `ids` (default): read every file. `lengths`: only compare names and lengths. */
  readonly depth?: 'ids' | 'lengths'
  /** The field that `jsonLines({ idField })` was given; found out from each file's first line otherwise. */
  readonly idField?: string
  /** Files without ids where others of their stream have them: `compare` (default) makes findings of them, `accept` counts their lines only. */
  readonly filesWithoutIds?: 'compare' | 'accept'
  /** Each finding as it is made. */
  readonly onFinding?: (finding: Finding) => void
  /** After each file. */
  readonly onProgress?: (progress: VerifyProgress) => void
}

/** How far it is. */
export interface VerifyProgress {
  readonly files: number
  readonly filesInAll: number
  readonly bytes: number
  readonly bytesInAll: number
}

/** What was verified. */
export interface VerifyReport {
  readonly findings: readonly Finding[]
  readonly files: number
  readonly bytes: number
  readonly lines: number
  /** Files whose lines carry no ids: only their lines were counted. */
  readonly filesWithoutIds: number
  /** Bytes of running attempts, behind the committed lengths of open files. They are not wrong; readers who list may see them. */
  readonly uncommittedBytes: number
  /** True where a writer went on meanwhile: a finding may then be of its making; verify again when it rests. */
  readonly movedMeanwhile: boolean
}

interface Expected {
  readonly file: DataFile
  /** A writer may be appending to it. */
  readonly open: boolean
  /** Of its task. */
  readonly unpublished: Unpublished
}

/** Verifies everything below a location. Rejects only where it cannot be read (`OPEN_FAILED`, `LOG_CORRUPT`, a FileSystemError). */
export async function verify(fileSystem: FileSystem, options: VerifyOptions = {}): Promise<VerifyReport> {
  const findings: Finding[] = []
  const report = (finding: Finding) => {
    findings.push(finding)
    options.onFinding?.(finding)
  }
  const { job, tasks } = await readLocation(fileSystem)
  const naming = fileNamingOf(job)
  const expected = tasks.flatMap(expectedFiles)
  const bytesInAll = expected.reduce((sum, { file }) => sum + file.length, 0)
  const seen = new SeenIds()
  const withoutIds = new FilesWithoutIds()
  const totals = { files: 0, bytes: 0, lines: 0, uncommittedBytes: 0 }
  for (const one of expected) {
    const found = await one.unpublished.find(fileSystem, one.file)
    if (found === undefined) report(missingFile(one.file))
    else {
      const { path } = found
      const intact = checkLength(one, found, report, totals)
      if (intact && options.depth !== 'lengths') {
        const { idField } = options
        const check = await verifyFile(found.fileSystem, one.file, path, seen, {
          naming,
          report,
          ...(idField === undefined ? {} : { idField }),
        })
        totals.lines += check.lines
        withoutIds.add(one.file, path, check.checked)
      }
    }
    totals.files++
    totals.bytes += one.file.length
    options.onProgress?.({ files: totals.files, filesInAll: expected.length, bytes: totals.bytes, bytesInAll })
  }
  if (options.filesWithoutIds !== 'accept') for (const finding of withoutIds.findings()) report(finding)
  await findStrays(fileSystem, naming, expected, report)
  return { findings, ...totals, filesWithoutIds: withoutIds.count, movedMeanwhile: await hasMoved(fileSystem, tasks) }
}

function expectedFiles({ state, sealedFiles }: TaskReport): Expected[] {
  const unpublished = new Unpublished(state.unfinished?.actions ?? [])
  const open = [...state.openFiles.values()].map((file) => ({ file, open: !state.released, unpublished }))
  return [...sealedFiles.map((file) => ({ file, open: false, unpublished })), ...open]
}

function missingFile(file: DataFile): Finding {
  return {
    kind: 'MISSING_FILE',
    path: file.path,
    message: `${file.path} is not there; ${file.recordCount} records in ${file.length} bytes were committed to it. Bring it back from the trash or a snapshot`,
  }
}

/** Answers whether the committed part is all there. */
function checkLength(
  { file, open }: Expected,
  { path, length }: FoundFile,
  report: (finding: Finding) => void,
  totals: { uncommittedBytes: number },
): boolean {
  if (length < file.length) {
    const message = `${path} has ${length} bytes, ${file.length} were committed: it was cut. Restore it`
    report({ kind: 'CUT_FILE', path, message })
    return false
  }
  const more = length - file.length
  if (more === 0) return true
  if (open) totals.uncommittedBytes += more
  else {
    const message = `${path} has ${more} bytes behind its committed length of ${file.length} that are not ours. Cut it to that length, after looking at who wrote them`
    report({ kind: 'FOREIGN_BYTES', path, byte: file.length, message })
  }
  return true
}

async function findStrays(
  fileSystem: FileSystem,
  naming: FileNaming,
  expected: readonly Expected[],
  report: (finding: Finding) => void,
): Promise<void> {
  const unpublished = new Set(expected.map((one) => one.unpublished))
  const known = new Set(expected.map(({ file }) => file.path))
  for (const { names } of unpublished) for (const name of names) known.add(name)
  for await (const entry of walk(fileSystem, '')) {
    if (known.has(entry.path) || naming.parse(nameOf(entry.path)) === undefined) continue
    const message = `${entry.path} looks like a data file and no record names it. Readers that list will read it; move it away`
    report({ kind: 'NOT_IN_LOG', path: entry.path, message })
  }
}

async function* walk(fileSystem: FileSystem, directory: string): AsyncGenerator<FileStatus> {
  for await (const entry of fileSystem.list(directory)) {
    if (entry.type === 'file') yield entry
    else if (entry.path !== PROTOCOL_DIRECTORY) yield* walk(fileSystem, entry.path)
  }
}

async function hasMoved(fileSystem: FileSystem, tasks: readonly TaskReport[]): Promise<boolean> {
  const now = await readLocation(fileSystem)
  if (now.tasks.length !== tasks.length) return true
  return now.tasks.some(({ state }, index) => state.sequence !== tasks[index]!.state.sequence)
}
