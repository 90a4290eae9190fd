// What verify finds in sequence files.
import { expect, test } from 'vitest'
import { type SequenceFileOptions, sequenceFile } from '../../../src/index.js'
import { SampleLocation, type SampleRow } from './sample-location.js'

const format = (options: SequenceFileOptions<SampleRow> = {}) =>
  sequenceFile<SampleRow>({ value: ({ text }) => text, ...options })

test.each([{}, { compression: 'block' }, { idForm: 'topic-partition-offset', compression: 'record' }] as const)(
  'finds nothing in an intact file, and every id: %j',
  async (options) => {
    const sample = await SampleLocation.written(format(options))
    expect(await sample.verify()).toMatchObject({ findings: [], lines: 30, filesWithoutIds: 0 })
  },
)

test('counts the records where keys are no ids, even if they look like some', async () => {
  const sample = await SampleLocation.written(format({ keyOf: () => '7-1' }))
  expect(await sample.verify()).toMatchObject({ findings: [], lines: 30, filesWithoutIds: 1 })
})

test('finds a repeat, a record that was never committed, and the gap that they leave', async () => {
  const sample = await SampleLocation.written(format())
  await sample.replaceFirst((bytes) =>
    Buffer.from(bytes.toString('latin1').replace('7-12', '7-11').replace('7-23', '7-93'), 'latin1'),
  )
  expect((await sample.kindsFound()).sort()).toEqual(['FOREIGN_LINE', 'MISSING_LINE', 'REPEATED_LINE'])
})

test.each(['none', 'block'] as const)('finds damage: compression %s', async (compression) => {
  const sample = await SampleLocation.written(format({ compression }))
  await sample.replaceFirst((bytes) => {
    // The marker before what the third commit wrote.
    const marker = bytes.lastIndexOf(Buffer.of(255, 255, 255, 255))
    bytes[marker + 10]! ^= 1
    return bytes
  })
  const { findings } = await sample.verify()
  expect(findings.map(({ kind }) => kind).sort()).toEqual(['DAMAGED_FILE', 'MISSING_LINE'])
  expect(findings.find(({ kind }) => kind === 'DAMAGED_FILE')?.message).toMatch(/cannot be read from byte \d+/)
})
