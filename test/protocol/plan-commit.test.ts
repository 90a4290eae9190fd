// A commit as a value: the record, and what publishing it does, for each place where a file's bytes can be.
import { describe, expect, test } from 'vitest'
import { noOffsets } from '../../src/model/offsets.js'
import { explainRecord } from '../../src/protocol/explain.js'
import { planCheckpoint, planClaim, planCommit } from '../../src/protocol/plan-commit.js'
import { change, claim, commit, fold, id, processA, ranges, timeMs } from './sample-records.js'

const header = { id: id(9), epoch: 1, writer: processA, timeMs: timeMs() }

describe('what publishing does', () => {
  const planned = change(4)
  test.each([
    ['bytes in the data file: nothing', { at: 'data-file' }, []],
    [
      'bytes in a temp: it gets its name',
      { at: 'temp', temp: 't' },
      [{ do: 'rename', serial: 4, from: 't', to: planned.path }],
    ],
    [
      'a copy: it gets its name before the old one goes',
      { at: 'temp', temp: 't', replaces: ['old'] },
      [
        { do: 'rename', serial: 4, from: 't', to: planned.path },
        { do: 'delete', serial: 4, path: 'old' },
      ],
    ],
    [
      'a hidden file that is sealed: it shows',
      { at: 'hidden', hiddenPath: 'd/.part' },
      [{ do: 'rename', serial: 4, from: 'd/.part', to: planned.path }],
    ],
  ] as const)('%s', (_where, placement, publish) => {
    const record = planCommit(header, { offsets: noOffsets, files: [{ change: planned, placement }] })
    expect(record).toEqual({
      type: 'commit',
      ...header,
      offsets: noOffsets,
      files: [planned],
      publish,
      released: false,
    })
  })
})

test('metadata, watermark and release are there when they are given', () => {
  const content = { offsets: ranges(['t', 0, 1n, 2n]), files: [], metadata: null, watermarkMs: 0, released: true }
  expect(planCommit(header, content)).toMatchObject({ metadata: null, watermarkMs: 0, released: true })
  expect(planCommit(header, { offsets: noOffsets, files: [] })).not.toHaveProperty('metadata')
})

test('what would break a rule is a mistake of the program', () => {
  const placement = { at: 'temp', temp: 't' } as const
  const plan = (parts: object) => () =>
    planCommit(header, { offsets: noOffsets, files: [{ change: { ...change(0), ...parts }, placement }] })
  expect(plan({ length: 0 })).toThrow(TypeError)
  expect(plan({ baseLength: 11, length: 10 })).toThrow(/cannot commit length 10 over base 11/)
  expect(() =>
    planCommit(header, { offsets: noOffsets, files: [{ change: change(0), placement }], released: true }),
  ).toThrow(/releases the task must list no action/)
})

test('a claim takes the next epoch', () => {
  const { epoch: _, ...rest } = header
  expect(planClaim(fold(claim(1), claim(2)), rest)).toEqual({ type: 'claim', ...rest, epoch: 3 })
})

test('a checkpoint keeps everything but the sealed files, which its manifests take', () => {
  const state = fold(
    claim(1),
    commit(1, { files: [change(0), change(1, { directory: 'e', sealed: true })], metadata: 'm', watermarkMs: 3 }),
  )
  const publish = [{ do: 'rename', from: 'manifest', to: 'sealed/2026-11-21' }] as const
  expect(planCheckpoint(state, header, publish)).toMatchObject({
    type: 'checkpoint',
    publish,
    state: { epoch: 1, openFiles: [{ serial: 0 }], sealedFiles: [], nextSerial: 2, metadata: 'm', watermarkMs: 3 },
  })
})

test('a record in words', () => {
  const placement = { at: 'temp', temp: 'tmp/copy-1', replaces: ['d/old'] } as const
  const files = [{ change: change(4, { sealed: true }), placement }]
  expect(explainRecord(7, planCommit(header, { offsets: ranges(['t', 0, 1n, 2n]), files }))).toEqual([
    '1. put 000000000007.json: commit of epoch 1',
    '2. add offsets 1 to 2 of t/0',
    '3. d/part-00000-00000004-000001.000001.txt: 0 to 10 bytes, 1 records, sealed',
    '4. publish: rename tmp/copy-1 to d/part-00000-00000004-000001.000001.txt',
    '5. publish: delete d/old',
  ])
  expect(explainRecord(0, claim(3))).toEqual(['1. put 000000000000.json: claim of epoch 3'])
  expect(explainRecord(1, commit(3, { released: true }))).toEqual([
    '1. put 000000000001.json: commit of epoch 3, released',
  ])
  const concat = [{ do: 'concat', serial: 1, source: '.concat-1', target: 'part' }] as const
  expect(explainRecord(2, { ...planCheckpoint(fold(claim(1)), header, []), publish: concat })).toEqual([
    '1. put 000000000002.json: checkpoint of epoch 1',
    '2. publish: concat .concat-1 onto part',
  ])
})
