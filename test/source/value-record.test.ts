// Records that are looked over and not parsed: they must be told from parsed ones by nobody.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonLines } from '../../src/format/json-lines.js'
import { JsonAtHand } from '../../src/model/json-at-hand.js'
import { sourceFields } from '../../src/model/source-fields.js'
import { decoderOf } from '../../src/source/decode.js'
import { linesFromStream } from '../../src/source/lines.js'
import type { SourceRecord } from '../../src/source/source.js'
import { jsonOf, ValueRecord } from '../../src/source/value-record.js'
import { RecordingSink } from '../format/recording-sink.js'
import { batchesOf, openSource } from './reading.js'

async function* streamOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}

/** Records as they come from lines. */
async function recordsOf(...lines: readonly string[]): Promise<SourceRecord[]> {
  const reader = await openSource(linesFromStream(streamOf(lines.map((line) => `${line}\n`).join(''))))
  return (await batchesOf(reader)).flatMap(({ records }) => records)
}

/** The same, with nothing to look over. */
function plain({ id, key, value, headers, timestampMs }: SourceRecord): SourceRecord {
  return { id, key, value, headers, timestampMs, parsed: undefined }
}

const read = (record: SourceRecord, path: string): unknown => sourceFields(path)(record, {})

function lineOf(record: SourceRecord, options: { readonly idField?: string }): string {
  const sink = new RecordingSink()
  const format = jsonLines<SourceRecord>({ ...options, value: jsonOf })
  try {
    format.open({ length: 0 }).encode(record, { id: record.id }, sink)
  } catch (error) {
    expect(sink.calls).toBe(0)
    return `refused: ${(error as Error).message}`
  }
  return sink.written.toString()
}

/** One that has not learned anything. */
const decode = (record: SourceRecord): string | undefined => decoderOf('json')(record)

test('is JSON without being parsed, and parsed when that is asked for', async () => {
  const [record] = await recordsOf('{"key":"a","n":{"m":[1]}}')
  expect(record).toBeInstanceOf(ValueRecord)
  expect(record!.parsed).toBeUndefined()
  expect(decode(record!)).toBeUndefined()
  expect(read(record!, 'key')).toBe('a')
  expect(read(record!, 'n.m')).toEqual([1])
  expect(read(record!, 'nothing')).toBeUndefined()
  expect(record!.parsed).toEqual({ key: 'a', n: { m: [1] } })
  expect(record!.parsed).toBe(record!.parsed)
  expect(read(record!, 'key')).toBe('a')
})

test('what was parsed and then changed is what is read and written', async () => {
  const [record] = await recordsOf('{"key":"a"}')
  decode(record!)
  ;(record!.parsed as { key: string }).key = 'b'
  expect(read(record!, 'key')).toBe('b')
  expect(lineOf(record!, {})).toBe('{"key":"b"}\n')
  record!.parsed = { key: 'c' }
  expect(read(record!, 'key')).toBe('c')
  expect(lineOf(record!, {})).toBe('{"key":"c"}\n')
})

test('is the same when others were looked over since', async () => {
  const records = await recordsOf('{"key":"a"}', '{"key":"b","other":1}')
  const decodeAll = decoderOf('json')
  for (const record of records) expect(decodeAll(record)).toBeUndefined()
  expect(records.map((record) => read(record, 'key'))).toEqual(['a', 'b'])
  expect(records.map((record) => lineOf(record, { idField: '_id' }))).toEqual([
    '{"_id":"0-0","key":"a"}\n',
    '{"_id":"0-1","key":"b","other":1}\n',
  ])
})

test('is copied where its bytes are what JSON.stringify writes, and no other', async () => {
  const [as, spaced] = await recordsOf('{"key":"a"}', '{"key": "a"}')
  decode(as!)
  expect(jsonOf(as!)).toBeInstanceOf(JsonAtHand)
  decode(spaced!)
  expect(jsonOf(spaced!)).toEqual({ key: 'a' })
})

test('goes back to looking over when what is parsed is no longer asked for', async () => {
  const decodeAnew = decoderOf('json')
  const records = await recordsOf(...Array.from({ length: 1_000 }, (_, i) => `{"n":${i}}`))
  let copied = 0
  for (const [index, record] of records.entries()) {
    expect(decodeAnew(record)).toBeUndefined()
    if (index < 10) expect(record.parsed).toEqual({ n: index })
    else if (jsonOf(record) instanceof JsonAtHand) copied += 1
  }
  expect(copied).toBeGreaterThan(700)
  expect(copied).toBeLessThan(990)
})

test('a record that is handed out anew is not parsed, and is the same otherwise', async () => {
  const [record] = await recordsOf('{"key":"a"}')
  decode(record!)
  record!.parsed = 'other'
  const again = (record as ValueRecord).anew()
  expect(again.parsed).toBeUndefined()
  expect(plain(again)).toEqual(plain(record!))
})

const name = fc.oneof(fc.constantFrom('key', '_id', '1', 'é'), fc.string({ maxLength: 4 }))
const objects = fc.dictionary(name, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
const text = fc.oneof(
  objects.map((object) => JSON.stringify(object)),
  objects.map((object) => JSON.stringify(object, undefined, 1).replaceAll('\n', '')),
  fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.stringify(value)),
  fc.constantFrom('{"a":1,"a":2}', '{"a":1', '{"a":1}}', '\ufeff{"key":1}', '{"_id":1}', '{"\\u006bey":"x"}', 'x'),
)

test('whatever the line: the same reason, fields and JSON lines as of one that is parsed at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (lines) => {
      for (const record of await recordsOf(...lines)) {
        const other = plain(record)
        const reason = decode(record)
        expect(reason).toBe(decode(other))
        if (reason !== undefined) continue
        for (const path of ['key', '_id', '1', 'é', 'key.a']) expect(read(record, path)).toEqual(read(other, path))
        for (const idField of ['_id', 'é', undefined]) {
          const options = idField === undefined ? {} : { idField }
          expect(lineOf(record, options)).toBe(lineOf(other, options))
        }
        expect(record.parsed).toEqual(other.parsed)
      }
    }),
    { numRuns: 500 },
  )
})
