// Sequence files: the bytes that the layout asks for, what is refused, files that are gone on with, and what verify finds in them.
import { describe, expect, it, test } from 'vitest'
import { sequenceRecords } from '../../src/format/sequence-file/read.js'
import { type SequenceFileOptions, sequenceFile } from '../../src/format/sequence-file.js'
import { runFormatConformance } from '../../src/testing/index.js'
import { encoded, RecordingSink, refusal } from './recording-sink.js'

const id = { topic: 't', partition: 3, offset: 2n ** 60n }

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function recordsOf(bytes: Uint8Array): Promise<{ key: string; value: string; byte: number }[]> {
  const records: { key: string; value: string; byte: number }[] = []
  for await (const { key, value, byte } of sequenceRecords(oneChunk(bytes), bytes.length))
    records.push({ key: key.toString(), value: value.toString(), byte })
  return records
}

const variants: readonly SequenceFileOptions<string | Uint8Array>[] = [
  {},
  { valueClass: 'BytesWritable' },
  { compression: 'record' },
  { compression: 'record', codec: 'gzip', valueClass: 'BytesWritable' },
  { compression: 'block' },
  { compression: 'block', codec: 'gzip', idForm: 'topic-partition-offset' },
]

for (const options of variants) {
  const large = 'large '.repeat(20_000)
  runFormatConformance(
    `sequenceFile(${JSON.stringify(options)})`,
    () => ({
      format: sequenceFile<string | Uint8Array>(options),
      records: ['a', '', 'x'.repeat(127), 'y'.repeat(300), Buffer.from('\u00e9\n\0'), large],
      refused: ['half \ud800', 7 as never, ...(options.valueClass === undefined ? [Buffer.of(0xff)] : [])],
      read: async (bytes) => (await recordsOf(bytes)).map(({ key, value }) => [key, value]),
      asRead: (record, { id: at }) => [
        `${options.idForm === undefined ? '' : `${at!.topic}-`}3-${at!.offset}`,
        record.toString(),
      ],
    }),
    { describe, it },
  )
}

describe('sequenceFile', () => {
  test('writes what the layout says, byte by byte', () => {
    const format = sequenceFile<string>({ keyOf: () => 'key' })
    const bytes = encoded(format.open({ length: 0 }), 'v'.repeat(200))
    const text = (name: string) => String.fromCharCode(name.length) + name
    const header = `SEQ\u0006${text('org.apache.hadoop.io.Text')}${text('org.apache.hadoop.io.Text')}\0\0\0\0\0\0`
    const record = `\0\0\0\u00ce\0\0\0\u0004\u0003key\u008f\u00c8${'v'.repeat(200)}`
    expect(bytes.toString('latin1', 0, header.length)).toBe(header)
    expect(bytes.toString('latin1', header.length + 16)).toBe(record)
  })

  test('takes the id as the key, else what keyOf says, and the empty text where there is none', async () => {
    const keyOf = async (options: SequenceFileOptions<string>, context: { id?: typeof id }) => {
      const [record] = await recordsOf(encoded(sequenceFile<string>(options).open({ length: 0 }), 'v', context))
      return record!.key
    }
    expect(await keyOf({}, { id })).toBe('3-1152921504606846976')
    expect(await keyOf({ idForm: 'topic-partition-offset' }, { id })).toBe('t-3-1152921504606846976')
    expect(await keyOf({}, {})).toBe('')
    expect(await keyOf({ keyOf: (value) => Buffer.from(`<${value}>`) }, { id })).toBe('<v>')
  })

  test('puts a marker after about 100 KiB, and before what goes on with a file', () => {
    const format = sequenceFile<string>({ keyOf: () => '' })
    const writer = format.open({ length: 0 })
    const sink = new RecordingSink()
    for (let count = 0; count < 350; count++) writer.encode('x'.repeat(1000), {}, sink)
    const { syncMarker } = writer.state!() as { syncMarker: string }
    const marker = Buffer.concat([Buffer.of(255, 255, 255, 255), Buffer.from(syncMarker, 'hex')])
    const places: number[] = []
    for (let at = sink.written.indexOf(marker); at !== -1; at = sink.written.indexOf(marker, at + 1)) places.push(at)
    expect(places).toHaveLength(3)
    for (const [index, place] of places.entries()) {
      const distance = place - (places[index - 1] ?? 0)
      expect(distance).toBeGreaterThan(100 * 1024)
      expect(distance).toBeLessThan(104 * 1024)
    }
    const next = encoded(format.open({ length: 1, state: writer.state!() }), 'x')
    expect(next.subarray(0, 20)).toEqual(marker)
  })

  test('does not go on with a file of other options, nor with one that nobody knows', () => {
    const state = sequenceFile({ compression: 'block' }).open({ length: 0 }).state!()
    const same = sequenceFile<string>({ compression: 'block' }).open({ length: 9, state })
    expect(same.fits).toBeUndefined()
    for (const options of variants.slice(0, 4)) {
      const other = sequenceFile<string>(options as SequenceFileOptions<string>).open({ length: 9, state })
      expect(other.fits!('v', {})).toBe(false)
      expect(refusal(other, 'v')).toMatchObject({ code: 'BAD_RECORD' })
    }
    const unknown = sequenceFile<string>({ compression: 'block' }).open({ length: 9 })
    expect(unknown.fits!('v', {})).toBe(false)
  })

  test('takes 20 MB, and copies what it holds', async () => {
    const writer = sequenceFile<Uint8Array>({ compression: 'block', valueClass: 'BytesWritable' }).open({ length: 0 })
    const sink = new RecordingSink()
    const value = Buffer.alloc(20_000_000, 'a')
    writer.encode(value.subarray(0, 10), { id }, sink)
    writer.encode(value, { id }, sink)
    value.fill('b')
    writer.flush!(sink)
    const records = await recordsOf(sink.written)
    expect(records.map((each) => [each.value.length, new Set(each.value).size])).toEqual([
      [10, 1],
      [20_000_000, 1],
    ])
    expect(records.every((each) => each.value.startsWith('a'))).toBe(true)
  })

  test.each([
    [{ keyOf: 'id' as never }, /keyOf must be a function/],
    [{ value: 7 as never }, /value must be a function/],
    [{ keyOf: () => '', idForm: 'partition-offset' as const }, /idForm is of ids/],
    [{ valueClass: 'IntWritable' as never }, /valueClass must be Text or BytesWritable/],
    [{ compression: 'file' as never }, /compression must be none or record or block/],
    [{ compression: 'block' as const, codec: 'snappy' as never }, /codec must be deflate or gzip/],
    [{ codec: 'gzip' as const }, /codec is of compression/],
  ])('refuses wrong options %#', (options, message) => {
    expect(() => sequenceFile(options)).toThrow(message)
  })
})

describe('reading sequence files', () => {
  const bytesOf = (options: SequenceFileOptions<string>): Buffer => {
    const writer = sequenceFile<string>(options).open({ length: 0 })
    const sink = new RecordingSink()
    for (let count = 0; count < 5; count++) writer.encode(`value ${count}`, { id }, sink)
    writer.flush!(sink)
    return sink.written
  }

  test.each([{}, { compression: 'record' }, { compression: 'block' }] as const)(
    'finds every cut: %j',
    async (options) => {
      const bytes = bytesOf(options)
      const whole = new Set((await recordsOf(bytes)).map(({ byte }) => byte))
      const header = Math.min(...whole)
      for (let length = 0; length < bytes.length; length++) {
        if (options.compression === 'block' ? length === header - 20 : whole.has(length)) continue
        await expect(recordsOf(bytes.subarray(0, length)), String(length)).rejects.toThrow(/ends within|does not begin/)
      }
    },
  )

  test('says where bytes are none', async () => {
    const bytes = bytesOf({ compression: 'block' })
    const { byte } = (await recordsOf(bytes))[0]!
    bytes[byte - 1]! ^= 1
    await expect(recordsOf(bytes)).rejects.toMatchObject({ name: 'DamagedSequenceFile', byte: byte - 16 })
    bytes[byte - 1]! ^= 1
    bytes[byte + 10]! ^= 0xff
    await expect(recordsOf(bytes)).rejects.toMatchObject({ name: 'DamagedSequenceFile' })
  })
})
