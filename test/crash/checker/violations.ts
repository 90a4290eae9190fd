// What a checker finds: a kind, by which findings are told apart and mutants recognised, and what exactly.

/** Kinds of finding. */
export type ViolationKind =
  /** A record of the log breaks the log's own rules. */
  | 'LOG'
  /** A data file is missing, open, longer, shorter or other than the log says. */
  | 'FILE'
  /** A committed record is missing, there twice, out of order, or in a file that is not its own. */
  | 'RECORD'
  /** Something lies about that no record lists. */
  | 'ORPHAN'
  /** Something that the protocol keeps for itself is missing or left over: records, manifests, temps. */
  | 'KEPT'
  /** Somebody was told something that the log does not say. */
  | 'BELIEF'
  /** A writer that was fenced went on. */
  | 'ZOMBIE'
  /** A reader could see what is not finished. */
  | 'SEEN'
  /** A window of event time is not what its seal or its marker say. */
  | 'WINDOW'
  /** An error that must not happen, whatever goes wrong around it. */
  | 'ERROR'
  /** Something does not end, or cannot go on. */
  | 'STUCK'

/** One finding. */
export interface Violation {
  readonly kind: ViolationKind
  readonly complaint: string
}

/** Gathers findings, each once. */
export class Violations {
  readonly found: Violation[] = []
  readonly #seen = new Set<string>()

  add(kind: ViolationKind, complaint: string): void {
    const text = `${kind} ${complaint}`
    if (this.#seen.has(text)) return
    this.#seen.add(text)
    this.found.push({ kind, complaint })
  }

  toString(): string {
    return this.found.map(({ kind, complaint }) => `${kind}: ${complaint}`).join('\n')
  }
}
