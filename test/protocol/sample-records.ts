// Records, files and logs for tests of the protocol: each builder gives a valid one, and takes what a test wants different.
import fc from 'fast-check'
import type { OffsetRanges } from '../../src/model/offsets.js'
import { noOffsets, OffsetRangesBuilder } from '../../src/model/offsets.js'
import type { ProcessIdentity } from '../../src/model/process-identity.js'
import type { PlacedRecord } from '../../src/protocol/fold.js'
import { foldLog } from '../../src/protocol/fold.js'
import type {
  CheckpointRecord,
  ClaimRecord,
  CommitRecord,
  FileChange,
  LogRecord,
} from '../../src/protocol/log-record.js'
import { planCheckpoint } from '../../src/protocol/plan-commit.js'
import type { TaskState } from '../../src/protocol/task-state.js'

/** Checks a property; SEED=… repeats a run, whose seed fast-check prints when it fails. */
export function checkProperty<Values>(property: fc.IProperty<Values>): void {
  const { SEED } = process.env
  fc.assert(property, { numRuns: 200, ...(SEED === undefined ? {} : { seed: Number(SEED) }) })
}

/** Who writes in these tests. */
export const processA: ProcessIdentity = {
  host: 'worker-7',
  bootId: 'b',
  pidNamespace: 'pid:[1]',
  pid: 4242,
  startTime: '99',
}

/** A time in these tests: 2026-11-21, noon UTC, and so many milliseconds. */
export function timeMs(offsetMs: number = 0): number {
  return Date.UTC(2026, 10, 21, 12) + offsetMs
}

/** An id of 32 digits that ends in a number. */
export function id(number: number): string {
  return number.toString(16).padStart(32, '0')
}

/** Ranges from rows. */
export function ranges(...rows: readonly (readonly [string, number, bigint, bigint])[]): OffsetRanges {
  const builder = new OffsetRangesBuilder()
  for (const [topic, partition, from, until] of rows) builder.set(topic, partition, { from, until })
  return builder.build()
}

/** A claim. */
export function claim(epoch: number, parts: Partial<ClaimRecord> = {}): ClaimRecord {
  return { type: 'claim', id: id(epoch), epoch, writer: processA, timeMs: timeMs(), ...parts }
}

/** A commit that adds nothing. */
export function commit(epoch: number, parts: Partial<CommitRecord> = {}): CommitRecord {
  return {
    type: 'commit',
    id: id(1_000 + epoch),
    epoch,
    writer: processA,
    timeMs: timeMs(),
    offsets: noOffsets,
    files: [],
    publish: [],
    released: false,
    ...parts,
  }
}

/** What a file of directory `d` gained: 10 bytes, one record. */
export function change(serial: number, parts: Partial<FileChange> = {}): FileChange {
  const baseLength = parts.baseLength ?? 0
  return {
    serial,
    stream: 'main',
    directory: 'd',
    path: `d/part-00000-${String(serial).padStart(8, '0')}-000001.000001.txt`,
    baseLength,
    length: baseLength + 10,
    recordCount: 1,
    offsets: noOffsets,
    sealed: false,
    ...parts,
  }
}

/** Records in their places, from sequence 0 on. */
export function placed(records: readonly LogRecord[], first: number = 0): PlacedRecord[] {
  return records.map((record, index) => ({
    sequence: first + index,
    path: `log/${first + index}`,
    bytes: 100,
    record,
  }))
}

/** The fold of records from sequence 0 on. */
export function fold(...records: readonly LogRecord[]): TaskState {
  return foldLog(placed(records))
}

/** A checkpoint of a state. */
export function checkpoint(state: TaskState, parts: Partial<CheckpointRecord> = {}): CheckpointRecord {
  const header = { id: id(2_000 + state.sequence), epoch: state.epoch, writer: processA, timeMs: timeMs() }
  return { ...planCheckpoint(state, header, []), ...parts }
}

/** Any text that can be a name in a record, odd ones too. */
export const anyName: fc.Arbitrary<string> = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })

/** Any ranges. */
export const anyRanges: fc.Arbitrary<OffsetRanges> = fc
  .uniqueArray(
    fc.tuple(
      fc.oneof(anyName, fc.constant('__proto__')),
      fc.nat({ max: 50 }),
      fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      fc.bigInt({ min: 0n, max: 2n ** 40n }),
    ),
    { selector: ([topic, partition]) => JSON.stringify([topic, partition]), maxLength: 5 },
  )
  .map((rows) =>
    ranges(...rows.map(([topic, partition, from, count]) => [topic, partition, from, from + count] as const)),
  )

const optional = <T>(name: string, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<object> =>
  fc.option(arbitrary, { nil: undefined }).map((value) => (value === undefined ? {} : { [name]: value }))

const anyTimeMs = fc.integer({ min: -(2 ** 40), max: 2 ** 45 })
const anyJson = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as never)

const anyChange: fc.Arbitrary<FileChange> = fc
  .tuple(
    fc.record({
      serial: fc.nat(),
      stream: anyName,
      directory: fc.oneof(anyName, fc.constant('')),
      path: anyName,
      recordCount: fc.nat(),
      offsets: anyRanges,
      sealed: fc.boolean(),
    }),
    fc.nat(),
    fc.nat(),
    optional('eventTimeMinMs', anyTimeMs),
    optional('eventTimeMaxMs', anyTimeMs),
    optional('windowEndMs', anyTimeMs),
    optional('formatState', anyJson),
  )
  .map(([fields, baseLength, gained, ...rest]) =>
    Object.assign({}, fields, { baseLength, length: baseLength + gained + 1 }, ...rest),
  )

const anyAction = fc.oneof(
  fc
    .tuple(optional('serial', fc.nat()), anyName, anyName)
    .map(([serial, from, to]) => ({ do: 'rename' as const, ...serial, from, to })),
  fc.record({ do: fc.constant('concat' as const), serial: fc.nat(), source: anyName, target: anyName }),
  fc.record({ do: fc.constant('delete' as const), serial: fc.nat(), path: anyName }),
)

const anyProcess = fc.record({
  host: fc.string({ unit: 'grapheme' }),
  bootId: fc.string(),
  pidNamespace: fc.string(),
  pid: fc.nat(),
  startTime: fc.string(),
})

const anyBase = fc.record({
  id: fc.stringMatching(/^[0-9a-f]{32}$/),
  epoch: fc.integer({ min: 1, max: 2 ** 31 }),
  writer: anyProcess,
  timeMs: anyTimeMs,
})

/** Any record, each field with any value that it may have. */
export const anyRecord: fc.Arbitrary<LogRecord> = fc.oneof(
  anyBase.map((base): LogRecord => ({ type: 'claim', ...base })),
  fc
    .tuple(
      anyBase,
      anyRanges,
      fc.array(anyChange, { maxLength: 4 }),
      fc.array(anyAction, { maxLength: 4 }),
      fc.boolean(),
      optional('watermarkMs', anyTimeMs),
      optional('markedUntilMs', anyTimeMs),
      optional('metadata', anyJson),
    )
    .map(
      ([base, offsets, files, publish, released, ...rest]): LogRecord =>
        Object.assign({ type: 'commit', ...base, offsets, files, publish, released }, ...rest) as LogRecord,
    ),
  fc
    .tuple(
      anyBase,
      anyRanges,
      fc.array(anyChange, { maxLength: 4 }),
      fc.array(anyAction, { maxLength: 2 }),
      fc.array(anyProcess, { maxLength: 2 }),
      fc.nat(),
      optional('owner', anyProcess),
      optional('watermarkMs', anyTimeMs),
      optional('markedUntilMs', anyTimeMs),
      optional('unmarkedWindows', fc.array(fc.tuple(anyName, anyTimeMs), { maxLength: 3 })),
      optional('metadata', anyJson),
    )
    .map(([base, offsets, changes, publish, unfenced, nextSerial, ...rest]): LogRecord => {
      const openFiles = changes.map(({ sealed: _sealed, baseLength, ...file }) => ({
        ...file,
        createdMs: baseLength,
        touchedMs: baseLength + 1,
      }))
      const sealedFiles = openFiles.map((file) => ({ ...file, sealedMs: 3 }))
      const state = {
        epoch: base.epoch,
        owner: undefined,
        released: false,
        unfenced,
        offsets,
        openFiles,
        sealedFiles,
        nextSerial,
      }
      return { type: 'checkpoint', ...base, state: Object.assign(state, ...rest), publish }
    }),
)
