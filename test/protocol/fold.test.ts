// Folding the log: what records add up to, which rules they must keep, and that a checkpoint changes nothing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eachRange, noOffsets } from '../../src/model/offsets.js'
import { applyRecord, checkpointStateOf, foldLog } from '../../src/protocol/fold.js'
import type { FileChange, LogRecord } from '../../src/protocol/log-record.js'
import { decodeRecord, encodeRecord } from '../../src/protocol/record-codec.js'
import type { TaskState } from '../../src/protocol/task-state.js'
import { emptyState, fileKey, positionOf } from '../../src/protocol/task-state.js'
import {
  change,
  checkProperty,
  checkpoint,
  claim,
  commit,
  fold,
  placed,
  processA,
  ranges,
  timeMs,
} from './sample-records.js'

test('an empty log is a task that nobody ever had', () => {
  expect(foldLog([])).toBe(emptyState)
  expect(emptyState).toMatchObject({ sequence: -1, epoch: 0, released: true, nextSerial: 0 })
})

test('commits add up: positions, lengths, counts, times, the newest metadata and watermark', () => {
  const first = change(0, {
    offsets: ranges(['t', 0, 0n, 3n]),
    eventTimeMinMs: 50,
    eventTimeMaxMs: 60,
    formatState: 'a',
  })
  const second = change(0, {
    baseLength: 10,
    recordCount: 4,
    path: 'd/part-00000-00000000-000001.000002.txt',
    offsets: ranges(['t', 0, 5n, 9n], ['u', 1, 2n, 3n]),
    eventTimeMinMs: 40,
    formatState: 'b',
  })
  const state = fold(
    claim(1),
    commit(1, { files: [first], offsets: ranges(['t', 0, 0n, 5n]), metadata: { m: 1 }, watermarkMs: 7 }),
    commit(1, { files: [second], offsets: ranges(['t', 0, 5n, 9n], ['u', 1, 2n, 3n]), timeMs: timeMs(9) }),
  )
  expect([...eachRange(state.offsets)]).toEqual([
    ['t', 0, { from: 0n, until: 9n }],
    ['u', 1, { from: 2n, until: 3n }],
  ])
  expect(positionOf(state, 't', 0)).toBe(9n)
  expect(positionOf(state, 't', 1)).toBeUndefined()
  expect(state).toMatchObject({
    metadata: { m: 1 },
    watermarkMs: 7,
    nextSerial: 1,
    sequence: 2,
    commitsSinceCheckpoint: 2,
  })
  expect(state.openFiles.get(fileKey('main', 'd'))).toEqual({
    serial: 0,
    stream: 'main',
    directory: 'd',
    path: 'd/part-00000-00000000-000001.000002.txt',
    length: 20,
    recordCount: 5,
    offsets: ranges(['t', 0, 0n, 9n], ['u', 1, 2n, 3n]),
    eventTimeMinMs: 40,
    eventTimeMaxMs: 60,
    formatState: 'b',
    createdMs: timeMs(),
    touchedMs: timeMs(9),
  })
})

test('`from` may jump over offsets that carry no record', () => {
  const state = fold(
    claim(1),
    commit(1, { offsets: ranges(['t', 0, 0n, 5n]) }),
    commit(1, { offsets: ranges(['t', 0, 8n, 9n]) }),
  )
  expect(state.offsets.get('t')?.get(0)).toEqual({ from: 0n, until: 9n })
})

test('metadata stays until others come, and null is a value', () => {
  expect(fold(claim(1), commit(1, { metadata: 1 }), commit(1)).metadata).toBe(1)
  expect(fold(claim(1), commit(1, { metadata: 1 }), commit(1, { metadata: null })).metadata).toBeNull()
})

test('a sealed file leaves the open ones, and its key may have another in the same record', () => {
  const state = fold(
    claim(1),
    commit(1, { files: [change(0)] }),
    commit(1, { files: [change(0, { baseLength: 10, sealed: true }), change(1)], timeMs: timeMs(5) }),
  )
  expect([...state.openFiles.values()].map(({ serial }) => serial)).toEqual([1])
  expect(state.sealedFiles).toMatchObject([{ serial: 0, length: 20, sealedMs: timeMs(5) }])
})

test('open files are kept in the order in which they last gained something; a new name is no gain', () => {
  const files = ['a', 'b', 'c'].map((directory, serial) => change(serial, { directory }))
  const renamed = change(2, { directory: 'c', baseLength: 10, length: 10, path: 'c/new' })
  const state = fold(
    claim(1),
    commit(1, { files }),
    commit(1, { files: [renamed, change(0, { directory: 'a', baseLength: 10 })], timeMs: timeMs(5) }),
  )
  expect([...state.openFiles.values()].map(({ directory }) => directory)).toEqual(['b', 'c', 'a'])
  expect(state.openFiles.get(fileKey('main', 'c'))).toMatchObject({ path: 'c/new', touchedMs: timeMs() })
})

test('streams with one directory have files of their own', () => {
  const state = fold(claim(1), commit(1, { files: [change(0), change(1, { stream: 'side' })] }))
  expect([...state.openFiles.keys()]).toEqual([fileKey('main', 'd'), fileKey('side', 'd')])
})

describe('who has to be fenced', () => {
  const b = { ...processA, pid: 2 }
  const release = (epoch: number): LogRecord => commit(epoch, { released: true })

  test('nobody after a release', () => {
    expect(fold(claim(1), release(1)).released).toBe(true)
    expect(fold(claim(1), release(1), claim(2)).unfenced).toEqual([])
  })

  test('whoever was taken over, and whoever was taken over while it fenced others', () => {
    expect(fold(claim(1), claim(2)).unfenced).toEqual([processA])
    expect(fold(claim(1), claim(2, { writer: b }), claim(3)).unfenced).toEqual([processA, b])
  })

  test('nobody any more after the first commit of the epoch', () => {
    expect(fold(claim(1), claim(2), commit(2)).unfenced).toEqual([])
  })

  test('a checkpoint in between forgets nobody', () => {
    const state = fold(claim(1), claim(2))
    expect(applyRecord(state, placed([checkpoint(state)], 2)[0]!).unfenced).toEqual([processA])
  })
})

describe('what has to be published again', () => {
  const publish = [{ do: 'delete', serial: 0, path: 'x' }] as const
  const first = commit(1, { publish })

  test('the actions of the newest record that lists any: a claim does not supersede it', () => {
    expect(fold(claim(1), first, claim(2)).unfinished).toEqual({ sequence: 1, actions: publish })
  })

  test('a commit without actions does, for it is put when those before it are done', () => {
    expect(fold(claim(1), first, commit(1)).unfinished).toBeUndefined()
  })

  test('a checkpoint does with actions of its own only', () => {
    const state = fold(claim(1), first)
    const foldedWith = (record: LogRecord): TaskState => applyRecord(state, placed([record], 2)[0]!)
    expect(foldedWith(checkpoint(state)).unfinished).toEqual({ sequence: 1, actions: publish })
    const manifest = [{ do: 'rename', from: 'm', to: 'n' }] as const
    expect(foldedWith(checkpoint(state, { publish: manifest })).unfinished).toEqual({ sequence: 2, actions: manifest })
  })
})

describe('against the rules: corruption that names the record', () => {
  const open = [claim(1), commit(1, { files: [change(3)], offsets: ranges(['t', 0, 0n, 5n]), watermarkMs: 9 })]
  const add = (file: Partial<FileChange> & { serial: number }): LogRecord =>
    commit(1, { files: [change(file.serial, file)] })
  test.each<[string, readonly LogRecord[], RegExp]>([
    ['a commit before any claim', [commit(1)], /log\/0: it is of epoch 1 while epoch 0 is current/],
    ['a claim that jumps', [claim(2)], /log\/0: it claims epoch 2 after epoch 0/],
    ['a claim of an epoch that was', [claim(1), claim(1)], /log\/1: it claims epoch 1 after epoch 1/],
    [
      'a commit of an older epoch',
      [claim(1), claim(2), commit(1)],
      /log\/2: it is of epoch 1 while epoch 2 is current/,
    ],
    ['a commit of a later epoch', [claim(1), commit(2)], /log\/1: it is of epoch 2 while epoch 1 is current/],
    ['a checkpoint of an older epoch', [claim(1), claim(2), checkpoint(fold(claim(1)))], /log\/2: it is of epoch 1/],
    [
      'a commit after the release',
      [claim(1), commit(1, { released: true }), commit(1)],
      /log\/2: epoch 1 had released/,
    ],
    [
      'a release with actions',
      [claim(1), commit(1, { released: true, publish: [{ do: 'rename', from: 'a', to: 'b' }] })],
      /log\/1: it releases the task and lists actions/,
    ],
    [
      'offsets twice',
      [...open, commit(1, { offsets: ranges(['t', 0, 4n, 6n]) })],
      /log\/2: its offsets of t\/0 start at 4, but 5 was committed/,
    ],
    ['a watermark that runs back', [...open, commit(1, { watermarkMs: 8 })], /log\/2: its watermark 8 is below 9/],
    [
      'another base than was committed',
      [...open, add({ serial: 3, baseLength: 9 })],
      /log\/2: its file .* grew from 9, but 10 was committed/,
    ],
    [
      'a base of a file that is not open',
      [...open, add({ serial: 4, directory: 'e', baseLength: 9 })],
      /log\/2: its file .* grew from 9 but is not open/,
    ],
    [
      'a serial that was given before',
      [...open, add({ serial: 3, directory: 'e' })],
      /log\/2: its file .* has serial 3, which was given before/,
    ],
    [
      'two open files of one key',
      [...open, add({ serial: 4 })],
      /log\/2: its file .* is open beside d\/part-00000-00000003/,
    ],
    [
      'a checkpoint of another epoch than its state',
      [claim(1), { ...checkpoint(fold(claim(1))), state: { ...checkpointStateOf(fold(claim(1))), epoch: 7 } }],
      /log\/1: it is of epoch 1 and holds epoch 7/,
    ],
    [
      'a checkpoint that forgot a file',
      [...open, checkpoint(fold(claim(1)))],
      /log\/2: it says that the next serial is 0, the records before it say 4/,
    ],
  ])('%s', (_what, records, complaint) => {
    const folding = (): unknown => fold(...records)
    expect(folding).toThrow(complaint)
    expect(folding).toThrow(expect.objectContaining({ code: 'LOG_CORRUPT' }))
  })

  test('a record that is missing', () => {
    const [first, , third] = placed([claim(1), commit(1), commit(1)])
    expect(() => foldLog([first!, third!])).toThrow(/log\/2: it follows record 0; those between are missing/)
  })
})

// The fold against a dumb one, over logs that a writer could have made.

type Step =
  | { readonly do: 'claim' }
  | { readonly do: 'release' }
  | { readonly do: 'checkpoint' }
  | { readonly do: 'commit'; readonly touched: readonly number[]; readonly sealed: boolean; readonly gained: number }

const anySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(fc.constantFrom<Step>({ do: 'claim' }, { do: 'release' }, { do: 'checkpoint' }), {
    weight: 3,
    arbitrary: fc
      .tuple(fc.uniqueArray(fc.nat({ max: 3 })), fc.boolean(), fc.nat({ max: 3 }))
      .map(([touched, sealed, gained]): Step => ({ do: 'commit', touched, sealed, gained })),
  }),
  { maxLength: 25 },
)

/** Makes a log of the steps, and keeps by itself what it must add up to. */
function makeLog(steps: readonly Step[]): {
  records: LogRecord[]
  lengths: Map<string, number>
  sealedCount: number
  until: bigint
} {
  const records: LogRecord[] = [claim(1)]
  const lengths = new Map<string, number>()
  const serials = new Map<string, number>()
  let [epoch, released, until, nextSerial, sealedCount] = [1, false, 0n, 0, 0]
  for (const step of steps) {
    if (step.do === 'claim' || released) {
      epoch += 1
      released = false
      records.push(claim(epoch))
      continue
    }
    if (step.do === 'release') {
      released = true
      records.push(commit(epoch, { released }))
    } else if (step.do === 'checkpoint') {
      records.push(checkpoint(foldLog(placed(records))))
      sealedCount = 0
    } else {
      const files = step.touched.map((number) => {
        const directory = `k${number}`
        const serial = serials.get(directory) ?? nextSerial++
        const file = change(serial, {
          directory,
          baseLength: lengths.get(directory) ?? 0,
          sealed: step.sealed,
          offsets: noOffsets,
        })
        if (step.sealed) {
          serials.delete(directory)
          lengths.delete(directory)
          sealedCount += 1
        } else {
          serials.set(directory, serial)
          lengths.set(directory, file.length)
        }
        return file
      })
      const offsets = step.gained === 0 ? noOffsets : ranges(['t', 0, until, until + BigInt(step.gained)])
      until += BigInt(step.gained)
      records.push(commit(epoch, { files, offsets }))
    }
  }
  return { records, lengths, sealedCount, until }
}

test('any log adds up to what a dumb reader of it says', () => {
  checkProperty(
    fc.property(anySteps, (steps) => {
      const { records, lengths, sealedCount, until } = makeLog(steps)
      const state = fold(...records)
      expect(new Map([...state.openFiles.values()].map(({ directory, length }) => [directory, length]))).toEqual(
        lengths,
      )
      expect(state.sealedFiles).toHaveLength(sealedCount)
      expect(positionOf(state, 't', 0) ?? 0n).toBe(until)
    }),
  )
})

test('folded from any of its checkpoints on, as written and read back, a log says the same', () => {
  checkProperty(
    fc.property(anySteps, (steps) => {
      const all = placed(makeLog(steps).records).map((one) => ({
        ...one,
        record: decodeRecord(encodeRecord(one.record), one.path),
      }))
      const whole = foldLog(all)
      for (const [index, { record }] of all.entries()) {
        if (record.type !== 'checkpoint') continue
        const { unfinished: _, checkpointBefore: __, ...fromThere } = foldLog(all.slice(index))
        expect(whole).toMatchObject(fromThere)
        expect([...fromThere.openFiles.keys()]).toEqual([...whole.openFiles.keys()])
      }
    }),
  )
})

test('a state is a value: folding on leaves it as it was', () => {
  const before = fold(claim(1), commit(1, { files: [change(0)], offsets: ranges(['t', 0, 0n, 5n]) }))
  const copy = structuredClone(before)
  applyRecord(
    before,
    placed([commit(1, { files: [change(0, { baseLength: 10 })], offsets: ranges(['t', 0, 5n, 6n]) })], 2)[0]!,
  )
  expect(before).toEqual(copy)
})
