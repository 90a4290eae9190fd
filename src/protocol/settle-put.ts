// Putting a record is one rename onto a name that must not exist; this settles what became of it. Pure: it is told what
// was seen and answers what to look at, or do, next. docs/protocol.md, "Putting a record".

/** What was seen of one put so far. `undefined`: not looked yet. */
export interface PutSeen {
  /** What the latest rename answered: `done` alone proves anything. */
  readonly rename: 'done' | 'parent-absent' | 'not-done'
  /** Whose record stands at the sequence, told by its id. */
  readonly occupant?: 'ours' | 'other' | 'absent'
  /** Whether our temp is still there. Only looked at when nobody occupies the sequence. */
  readonly temp?: 'there' | 'absent'
  /** A listing from the sequence on: does anything stand above it? */
  readonly above?: 'nothing' | 'something'
  /** The occupant was read once more after the temp was found gone and the log was listed. */
  readonly readAgain?: boolean
  /** The occupant was read after a touch of the sequence was answered, so it is durable. */
  readonly madeDurable?: boolean
}

/** What to do next, or the verdict. */
export type PutStep =
  | 'read-occupant'
  | 'stat-temp'
  | 'make-directory-and-rename'
  | 'rename-again'
  | 'list-above'
  | 'read-occupant-again'
  | 'make-durable-and-read-again'
  | 'won'
  | 'fenced'
  | 'undecided'

/** To decide the record: answers steps until it is `won` or `fenced`. */
export function nextPutStep(seen: PutSeen): PutStep {
  if (seen.rename === 'done') return confirmed(seen)
  if (seen.occupant === undefined) return 'read-occupant'
  if (seen.occupant === 'other') return 'fenced'
  // Read, not acknowledged: the namenode may show it before its edit log is synced.
  if (seen.occupant === 'ours') return seen.madeDurable ? confirmed(seen) : 'make-durable-and-read-again'
  if (seen.temp === undefined) return 'stat-temp'
  if (seen.temp === 'there') return seen.rename === 'parent-absent' ? 'make-directory-and-rename' : 'rename-again'
  // The temp was consumed, or deleted by a later epoch, between our looks.
  if (seen.above === undefined) return 'list-above'
  if (seen.above === 'something') return 'fenced'
  return seen.readAgain ? 'fenced' : 'read-occupant-again'
}

/**
 * To abort instead, once the temp was surely deleted (or found absent): `undecided` means that the record is not there and never
 * will be; `won` that it had been decided.
 */
export function nextAbortStep(seen: PutSeen): PutStep {
  if (seen.occupant === undefined) return 'read-occupant'
  if (seen.occupant === 'other') return 'fenced'
  if (seen.occupant === 'ours') return seen.madeDurable ? confirmed(seen) : 'make-durable-and-read-again'
  if (seen.above === undefined) return 'list-above'
  return seen.above === 'something' ? 'fenced' : 'undecided'
}

/** Garbage collection frees old sequences, and a rename that slept may land on a freed one: ours counts only at the top. */
function confirmed(seen: PutSeen): PutStep {
  if (seen.above === undefined) return 'list-above'
  return seen.above === 'something' ? 'fenced' : 'won'
}
