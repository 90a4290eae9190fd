// A commit as a value: the record that decides it, and the actions that publish it.
import type { JsonValue } from '../model/json-value.js'
import type { OffsetRanges } from '../model/offsets.js'
import type { ProcessIdentity } from '../model/process-identity.js'
import { checkpointStateOf } from './fold.js'
import type { Action, CheckpointRecord, ClaimRecord, CommitRecord, FileChange } from './log-record.js'
import type { TaskState } from './task-state.js'

/** What every new record needs from outside: nothing here makes ids or reads clocks. */
export interface RecordHeader {
  readonly id: string
  readonly epoch: number
  readonly writer: ProcessIdentity
  readonly timeMs: number
}

/** Where the bytes of a file stand before the record, and so what has to be published. */
export type Placement =
  /** In the data file itself, under the name that it keeps. */
  | { readonly at: 'data-file' }
  /**
   * In a temp that takes the final name, behind which `further` temps are put before that; `replaces` is a fenced file whose copy it is, or what the
   * copy of a CONCAT that has become impossible was made from.
   */
  | {
      readonly at: 'temp'
      readonly temp: string
      readonly further?: readonly string[]
      readonly replaces?: readonly string[]
    }
  /**
   * In temps of which, one behind the other, `source` is made: beside `target`, the data file as it is called now. CONCAT moves its blocks there. Readers see
   * all that the commit adds to the file at once, or nothing.
   */
  | {
      readonly at: 'beside'
      readonly temps: readonly [string, ...string[]]
      readonly source: string
      readonly target: string
    }
  /** In the data file under a dot-hidden name that it loses by being sealed. */
  | { readonly at: 'hidden'; readonly hiddenPath: string }

/** One file of a commit: the change that the record states, and where its bytes are now. */
export interface PlannedFile {
  readonly change: FileChange
  readonly placement: Placement
}

/** What a commit is planned from. */
export interface CommitContent {
  readonly offsets: OffsetRanges
  readonly files: readonly PlannedFile[]
  /** Listed once more, as the record before did: a record that replaces what has become impossible repeats what else is not done. */
  readonly again?: readonly Action[]
  readonly watermarkMs?: number
  readonly markedUntilMs?: number
  readonly metadata?: JsonValue
  readonly released?: boolean
}

/** Plans the record of a commit. Throws (a programmer's error) where it would break a rule of the log. */
export function planCommit(header: RecordHeader, content: CommitContent): CommitRecord {
  const own = content.files.flatMap(({ change, placement }) => actionsOf(change, placement))
  const publish = [...(content.again ?? []), ...own]
  const released = content.released === true
  if (released && publish.length > 0) throw new TypeError('a record that releases the task must list no action')
  for (const { change } of content.files) checkChange(change)
  return {
    type: 'commit',
    ...header,
    offsets: content.offsets,
    files: content.files.map(({ change }) => change),
    publish,
    ...(content.watermarkMs === undefined ? {} : { watermarkMs: content.watermarkMs }),
    ...(content.markedUntilMs === undefined ? {} : { markedUntilMs: content.markedUntilMs }),
    ...(content.metadata === undefined ? {} : { metadata: content.metadata }),
    released,
  }
}

function actionsOf(change: FileChange, placement: Placement): readonly Action[] {
  const { serial, path } = change
  switch (placement.at) {
    case 'data-file':
      return []
    case 'hidden':
      return [{ do: 'rename', serial, from: placement.hiddenPath, to: path }]
    case 'temp': {
      const { temp, further = [], replaces = [] } = placement
      const rename: Action = { do: 'rename', serial, from: temp, to: path }
      const deletions = replaces.map((each): Action => ({ do: 'delete', serial, path: each }))
      // The copy takes its place first: a reader may see both for a moment, but never neither.
      return [...concats(serial, temp, further), rename, ...deletions]
    }
    case 'beside': {
      const { source, target } = placement
      const [temp, ...further] = placement.temps
      const actions: Action[] = [
        ...concats(serial, temp, further),
        { do: 'rename', serial, from: temp, to: source },
        { do: 'concat', serial, source, target },
      ]
      if (target !== path) actions.push({ do: 'rename', serial, from: target, to: path })
      return actions
    }
  }
}

/** One by one: what is done is told by the absence of one source. */
function concats(serial: number, target: string, sources: readonly string[]): Action[] {
  return sources.map((source) => ({ do: 'concat', serial, source, target }))
}

function checkChange(change: FileChange): void {
  if (change.length < 1 || change.baseLength > change.length) {
    throw new TypeError(`${change.path}: cannot commit length ${change.length} over base ${change.baseLength}`)
  }
}

/** Plans the record that wins the next epoch. */
export function planClaim(state: TaskState, header: Omit<RecordHeader, 'epoch'>): ClaimRecord {
  return { type: 'claim', ...header, epoch: state.epoch + 1 }
}

/** Plans a checkpoint. `publish` puts the manifests of `state.sealedFiles` in place. */
export function planCheckpoint(state: TaskState, header: RecordHeader, publish: readonly Action[]): CheckpointRecord {
  return { type: 'checkpoint', ...header, state: checkpointStateOf(state), publish }
}
