// Reclaim(file, keep): fence the file by a rename, wait until it is closed or copy, cut to `keep`. The choices, pure.
import { compareGenerations, type DataFileName, type FileNaming } from './file-naming.js'

/** What a listing of a file's directory tells about one serial. */
export type Generations =
  | { readonly found: 'none' }
  /** A writer of a later epoch has fenced it: we are `FENCED`. */
  | { readonly found: 'later-epoch'; readonly name: string }
  | { readonly found: 'some'; readonly highest: DataFileName; readonly lower: readonly DataFileName[] }

/** A data file that may have got another generation. */
export interface SoughtFile {
  readonly task: number
  readonly serial: number
  /** As its path in the log has it: it keeps it for life, and `….txt.bak` is somebody's copy. */
  readonly extension: string | undefined
  /** Of who asks. */
  readonly epoch: number
}

/** Picks a file's generations out of the names of its directory. */
export function generationsOf(naming: FileNaming, names: Iterable<string>, file: SoughtFile): Generations {
  const all: DataFileName[] = []
  for (const name of names) {
    const parsed = naming.parse(name)
    if (parsed?.task !== file.task || parsed.serial !== file.serial) continue
    if (parsed.extension === file.extension) all.push(parsed)
  }
  all.sort((a, b) => compareGenerations(a.generation, b.generation))
  const highest = all.pop()
  if (highest === undefined) return { found: 'none' }
  if (highest.generation.epoch > file.epoch) return { found: 'later-epoch', name: naming.format(highest) }
  return { found: 'some', highest, lower: all }
}

/** What to do with a fenced file. */
export type ReclaimChoice = 'keep' | 'truncate' | 'copy' | 'data-lost'

/** What is known of a fenced file. `length` counts only where the file is closed: a length read while it is open says nothing. */
export interface FencedFile {
  readonly state: 'closed' | 'maybe-open'
  readonly length: number
  readonly keep: number
  /** The file system truncates, and no truncate of this reclaim went wrong: an unanswered one may act later, so the file is then left behind. */
  readonly mayTruncate: boolean
  /** Left out: `true`. `false`: nothing is taken at its end any more, so its bytes have to go on elsewhere. */
  readonly takesMore?: boolean
}

/** Decides about a fenced file. */
export function reclaimChoice(file: FencedFile): ReclaimChoice {
  if (file.state === 'maybe-open') return 'copy'
  if (file.length < file.keep) return 'data-lost'
  if (file.takesMore === false) return 'copy'
  if (file.length === file.keep) return 'keep'
  return file.mayTruncate ? 'truncate' : 'copy'
}
