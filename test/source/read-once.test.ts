// What can be read only once is kept until it is committed: replays, the limit on memory, and letting go.
import { expect, test } from 'vitest'
import { recordsFrom } from '../../src/index.js'
import { batchesOf, committedAt, linesOf, nothingCommitted, openSource } from './reading.js'

/** An input that a test feeds. */
function fed(): { readonly input: AsyncIterable<string>; give(value: string): void; readonly asked: () => number } {
  const waiting: ((result: IteratorResult<string>) => void)[] = []
  const values: string[] = []
  let asked = 0
  return {
    asked: () => asked,
    give(value) {
      const next = waiting.shift()
      if (next === undefined) values.push(value)
      else next({ value, done: false })
    },
    input: {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          asked += 1
          const value = values.shift()
          if (value !== undefined) return Promise.resolve({ value, done: false })
          return new Promise((resolve) => waiting.push(resolve))
        },
      }),
    },
  }
}

test('what is not committed comes again, unparsed, and then what comes after it', async () => {
  const source = recordsFrom(['a', 'b', 'c'])
  const first = await openSource(source)
  const [batch] = await batchesOf(first)
  for (const record of batch!.records) record.parsed = 'parsed'
  await first.close()
  const again = await openSource(source, committedAt('records', { 0: 1 }))
  const records = (await batchesOf(again)).flatMap((each) => each.records)
  // The batch is kept as a whole: what is committed of it the sink passes over.
  expect(records.map(({ id }) => id.offset)).toEqual([0n, 1n, 2n])
  expect(records.map(({ parsed }) => parsed)).toEqual([undefined, undefined, undefined])
})

test('a read that was under way when an attempt was lost is not lost with it', async () => {
  const { input, give, asked } = fed()
  const source = recordsFrom(input)
  const first = await openSource(source)
  const waiting = first.next()
  first.stop()
  expect(await waiting).toBeUndefined()
  await first.close()
  const second = await openSource(source)
  const next = second.next()
  give('a')
  expect((await next)?.records[0]?.id.offset).toBe(0n)
  give('b')
  expect((await second.next())?.records[0]?.id.offset).toBe(1n)
  expect(asked()).toBe(2)
})

test('committed batches are let go of; a full tape wants a commit and waits for it', async () => {
  const { input, give, asked } = fed()
  const source = recordsFrom(input, { replayBytesMax: 600 })
  const reader = await openSource(source)
  for (const value of ['a', 'b', 'c', 'd']) give(value)
  await reader.next()
  await reader.next()
  expect(reader.wantsCommit).toBe(false)
  await reader.next()
  expect(reader.wantsCommit).toBe(true)
  const waiting = reader.next()
  await new Promise(setImmediate)
  expect(asked()).toBe(3)
  reader.committed(committedAt('records', { 0: 2 }))
  expect(reader.wantsCommit).toBe(false)
  expect((await waiting)?.records[0]?.id.offset).toBe(3n)
  await reader.close()
  expect((await (await openSource(source, committedAt('records', { 0: 2 }))).next())?.records[0]?.id.offset).toBe(2n)
})

test('a full tape that waits for a commit stops when it is told to', async () => {
  const { input, give } = fed()
  const reader = await openSource(recordsFrom(input, { replayBytesMax: 1 }))
  give('a')
  await reader.next()
  const waiting = reader.next()
  reader.stop()
  expect(await waiting).toBeUndefined()
})

test('closing the source ends the iterator, and it cannot be opened again', async () => {
  let ended = false
  const source = recordsFrom(
    (function* () {
      try {
        for (let i = 0; ; i++) yield String(i)
      } finally {
        ended = true
      }
    })(),
  )
  const reader = await openSource(source)
  await reader.next()
  await reader.close()
  expect(ended).toBe(false)
  await source.close()
  await new Promise(setImmediate)
  expect(ended).toBe(true)
  await expect(openSource(source)).rejects.toThrow(/was closed/)
})

test('an array, a generator, an async generator, and a function of the offset to begin at', async () => {
  const expected = ['0-0 a', '0-1 b']
  expect(await linesOf(await openSource(recordsFrom(['a', Buffer.from('b')])))).toEqual(expected)
  const generate = async function* (): AsyncGenerator<string> {
    yield 'a'
    yield 'b'
  }
  expect(await linesOf(await openSource(recordsFrom(generate())))).toEqual(expected)
  const from: bigint[] = []
  const source = recordsFrom((offset) => {
    from.push(offset)
    return ['c', 'd']
  })
  expect(await linesOf(await openSource(source, committedAt('records', { 0: 2 })))).toEqual(['0-2 c', '0-3 d'])
  expect(from).toEqual([2n])
})

test('records with keys, headers, times and what is parsed already', async () => {
  const source = recordsFrom(
    [{ value: 'v', key: 'k', headers: { h: 'x' }, timestampMs: 5, parsed: { n: 1 } }, { value: null }],
    { topic: 'mine' },
  )
  const [batch] = await batchesOf(await openSource(source, nothingCommitted))
  expect(batch?.records[0]).toEqual({
    id: { topic: 'mine', partition: 0, offset: 0n },
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    headers: { h: 'x' },
    timestampMs: 5,
    parsed: { n: 1 },
  })
  expect(batch?.records[1]).toMatchObject({ key: null, value: null })
})

test('a value of another kind is an error', async () => {
  const reader = await openSource(recordsFrom([{ value: 5 as unknown as string }]))
  await expect(reader.next()).rejects.toThrow(/must be a string, bytes or null, not number/)
})
