// Where records come in: positions, directories that cannot be, what a format writer's state is taken for.
import { expect, test } from 'vitest'
import type { Format } from '../../src/format/format.js'
import { MultiOutput } from '../../src/multi-output.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { FaultyFileSystem, hold } from './faulty-file-system.js'
import { at, type Line, lines, linesByDirectory, openOutput } from './sample-output.js'

const badRecord = expect.objectContaining({ code: 'BAD_RECORD' })

test('a record that is refused moves no position', async () => {
  const memory = new MemoryFileSystem()
  const output = await openOutput(memory)
  expect(() => output.write({ key: 'a', text: 'unwritable' }, at(100))).toThrow(badRecord)
  expect(() => output.write({ key: 'a', text: 'x' }, { ...at(100), stream: 'nowhere' })).toThrow(
    expect.objectContaining({ code: 'WRONG_OPTIONS' }),
  )
  await output.write({ key: 'a', text: 'a7' }, at(7))
  expect((await output.commit()).offsets.get('t')?.get(0)).toEqual({ from: 7n, until: 8n })
  expect(output.skippedCount).toBe(0)
  await output.close()
})

test('advance alone is committed, also for a partition of which nothing was', async () => {
  const memory = new MemoryFileSystem()
  const output = await openOutput(memory)
  output.advance({ topic: 't', partition: 3, until: 600n })
  expect((await output.commit()).offsets.get('t')?.get(3)).toEqual({ from: 600n, until: 600n })
  await output.close()
  const again = await openOutput(memory)
  expect(again.committed.offsets.get('t')?.get(3)?.until).toBe(600n)
  await again.write({ key: 'a', text: 'old' }, at(599, 3))
  await again.write({ key: 'a', text: 'new' }, at(600, 3))
  again.advance({ topic: 't', partition: 3, until: 5n })
  await again.commit()
  expect(await linesByDirectory(memory)).toEqual({ a: ['new'] })
  await again.close()
})

test.each<[string, unknown, RegExp]>([
  ['..', '../x', /segment '\.\.'/],
  ['an underscore', '_x', /begin like '_x'/],
  ['an underscore further down', 'a/_x', /begin like '_x'/],
  ['a dot', '.x', /begin like '\.x'/],
  ['nothing', '', /returned no directory/],
  ['5,000 bytes', 'x/'.repeat(2_500).slice(0, -1), /longer than 4000 bytes/],
  ['a name of 300 bytes', 'x'.repeat(300), /longer than 255 bytes/],
  ['a colon', 'hour=12:00', /colon.*%3A/],
  ['an absolute path', '/x', /absolute/],
  ['an empty segment', 'a//b', /empty segment/],
  ['a NUL', 'a\0b', /NUL/],
  ['half a surrogate pair', 'a\ud800', /surrogate/],
  ['undefined', undefined, /returned no directory/],
  ['a number', 5, /returned no directory/],
  ['a promise', Promise.resolve('a'), /returned no directory/],
])(
  'a partitioner that returns %s: the record is refused by name, the next one is taken',
  async (_what, bad, complaint) => {
    const memory = new MemoryFileSystem()
    let returns: unknown = bad
    const partitioner = (): string => returns as string
    const output = await openOutput(memory, {
      partitioner,
      streams: { side: { format: lines, directory: 'side', partitioner } },
    })
    for (const stream of ['main', 'side']) {
      const refused = (): unknown => output.write({ key: 'k', text: 'x' }, { ...at(4), stream })
      expect(refused).toThrow(badRecord)
      expect(refused).toThrow(/^record t\/0 at offset 4: /)
      if (stream === 'main' || !['/x'].includes(bad as string)) expect(refused).toThrow(complaint)
    }
    returns = 'fine'
    await output.write({ key: 'k', text: 'x' }, at(4))
    expect((await output.commit()).records).toBe(1)
    expect(await linesByDirectory(memory)).toEqual({ fine: ['x'] })
    await output.close()
  },
)

test('a partitioner that throws: the record is refused by name, with its error', async () => {
  const output = await openOutput(new MemoryFileSystem(), {
    partitioner: ({ key }) => {
      if (key === 'bad') throw new Error('no country')
      return key
    },
  })
  expect(() => output.write({ key: 'bad', text: 'x' }, at(4))).toThrow(
    'record t/0 at offset 4: the partitioner refused it: no country',
  )
  await output.write({ key: 'good', text: 'x' }, at(4))
  expect((await output.commit()).records).toBe(1)
  await output.close()
})

test.each([
  ['NaN', Number.NaN],
  ['a fraction', 1.5],
  ['a string', '1' as never],
])('an event time that is %s is refused', async (_what, eventTimeMs) => {
  const output = await openOutput(new MemoryFileSystem())
  expect(() => output.write({ key: 'a', text: 'x' }, { ...at(0), eventTimeMs })).toThrow(/eventTimeMs .* no whole/)
  await output.close()
})

test.each<[string, object]>([
  ['no topic', { topic: '', partition: 0, offset: 1n }],
  ['half a partition', { topic: 't', partition: 0.5, offset: 1n }],
  ['a partition below 0', { topic: 't', partition: -1, offset: 1n }],
  ['a number for an offset', { topic: 't', partition: 0, offset: 1 }],
  ['an offset below 0', { topic: 't', partition: 0, offset: -1n }],
])('an id with %s is refused, before and after others of its place', async (_what, id) => {
  const output = await openOutput(new MemoryFileSystem())
  for (let round = 0; round < 2; round++) {
    expect(() => output.write({ key: 'a', text: 'x' }, { id: id as never })).toThrow(badRecord)
    await output.write({ key: 'a', text: 'x' }, at(round))
  }
  expect(() => output.advance({ topic: 't', partition: 0, until: 9 as never })).toThrow(badRecord)
  expect((await output.commit()).records).toBe(2)
  await output.close()
})

/** Counts its lines in its state, as a format with a footer or blocks would. */
const counted: Format<Line> = {
  name: 'counted',
  extension: 'txt',
  open: ({ state }) => {
    let count = (state as number | undefined) ?? 0
    return {
      encode: ({ text }, _context, sink) => {
        count += 1
        sink.text(`${count} ${text}\n`)
      },
      state: () => count,
    }
  },
}

test("a commit keeps its format's state as of that commit, not of what was written since", async () => {
  const memory = new MemoryFileSystem()
  const fileSystem = new FaultyFileSystem(memory)
  const options = { fileSystem, location: 'x', job: 'j', format: counted, partitioner: () => 'a', retryForMs: 0 }
  const output = await MultiOutput.open<Line>(options)
  await output.write({ key: 'a', text: 'one' }, at(0))
  const uploading = hold()
  fileSystem.disturb('create', /data-/, uploading.disturbance)
  const committing = output.commit()
  await uploading.reached
  await output.write({ key: 'a', text: 'two' }, at(1))
  uploading.release()
  await committing
  await output.close()
  const again = await MultiOutput.open<Line>(options)
  await again.write({ key: 'a', text: 'two' }, at(1))
  await again.commit()
  expect(await linesByDirectory(memory)).toEqual({ a: ['1 one', '2 two'] })
  await again.close()
})

test('a format that throws after it handed a part of a record on fails the attempt: that part is never committed', async () => {
  const memory = new MemoryFileSystem()
  const format: Format<Line> = {
    name: 'careless',
    extension: 'txt',
    open: () => ({
      encode: ({ text }, _context, sink) => {
        sink.text(text)
        if (text.startsWith('bad')) throw new Error('too late')
        sink.text('\n')
      },
    }),
  }
  const output = await openOutput(memory, { format })
  await output.write({ key: 'a', text: 'good' }, at(0))
  expect(() => output.write({ key: 'a', text: 'bad' }, at(1))).toThrow(/a part of the record.*too late.*Call abort\(\)/)
  await expect(output.commit()).rejects.toMatchObject({ code: 'ABORTED' })
  await output.abort()
  await output.write({ key: 'a', text: 'good' }, at(0))
  output.advance({ topic: 't', partition: 0, until: 2n })
  await output.commit()
  expect(await linesByDirectory(memory)).toEqual({ a: ['good'] })
  await output.close()
})
