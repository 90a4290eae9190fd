import { describe, expect, test } from 'vitest'
import { readBlockHead, readHeader } from '../../../src/format/avro/container.js'
import { type AvroOptions, avro } from '../../../src/format/avro.js'
import { type Row, WrittenLocation } from '../written-location.js'

const schema = {
  type: 'record',
  name: 'Row',
  fields: [
    { name: 'key', type: 'string' },
    { name: 'value', type: ['null', 'string'], default: null },
  ],
}
const withIds = (options: Partial<AvroOptions<Row>> = {}) => avro<Row>({ schema, idField: '_id', ...options })

test.each<[string, Partial<AvroOptions<Row>>]>([
  ['null', {}],
  ['deflate', { codec: 'deflate' }],
  ['snappy', { codec: 'snappy' }],
  ['with topics', { idForm: 'topic-partition-offset' }],
  ['many blocks', { blockSizeBytes: 1 }],
  ['long', { value: ({ key, value }) => ({ key, value: value.repeat(30_000) }) }],
])('finds nothing in an intact location: %s', async (_name, options) => {
  await (await WrittenLocation.write(withIds(options))).expectIntact()
})

test('a field of the records is an id where whoever verifies says so', async () => {
  let offset = 0
  const value = (): object => ({ key: `${offset % 2}-${offset++ >> 1}`, value: null })
  const location = await WrittenLocation.write(avro<Row>({ schema, value }))
  expect(await location.verify()).toMatchObject({ findings: [], lines: 40, filesWithoutIds: 4 })
  expect(await location.verify({ idField: 'key' })).toMatchObject({ findings: [], filesWithoutIds: 0 })
  expect((await location.kindsFound({ idField: 'none' })).slice(0, 2)).toEqual(['FOREIGN_LINE', 'FOREIGN_LINE'])
})

/** Of the first file's blocks: where each begins, its records and its end. */
function blocksOf(bytes: Buffer): { at: number; content: number; end: number }[] {
  const blocks: { at: number; content: number; end: number }[] = []
  for (let at = readHeader(bytes)!.sizeBytes; at < bytes.length; ) {
    const { sizeBytes, byteLength } = readBlockHead(bytes, at)!
    blocks.push({ at, content: at + sizeBytes, end: at + sizeBytes + byteLength + 16 })
    at = blocks.at(-1)!.end
  }
  return blocks
}

describe('finds what was planted', () => {
  async function planted(
    change: (bytes: Buffer, blocks: ReturnType<typeof blocksOf>) => Buffer,
    options: Partial<AvroOptions<Row>> = { blockSizeBytes: 1 },
  ): Promise<{ location: WrittenLocation; path: string; blocks: ReturnType<typeof blocksOf> }> {
    const location = await WrittenLocation.write(withIds(options))
    const { path, bytes } = await location.first()
    const blocks = blocksOf(bytes)
    await location.replace(path, change(bytes, blocks), { sameLength: false })
    return { location, path, blocks }
  }

  test('a gap, filled up so that the length is right', async () => {
    const { location } = await planted((bytes, [, second, third]) => {
      const grown = Buffer.concat([bytes.subarray(0, third!.at), bytes.subarray(third!.end)])
      // An empty block more, of the missing length.
      const missing = third!.end - third!.at
      const block = bytes.subarray(second!.at, second!.end)
      return Buffer.concat([grown, block.subarray(0, missing)])
    })
    const kinds = await location.kindsFound()
    expect(kinds).toContain('REPEATED_LINE')
    expect(kinds).toContain('MISSING_LINE')
  })

  test('a repeat', async () => {
    const { location, path, blocks } = await planted((bytes, [first, second]) => {
      bytes.copy(bytes, second!.at, first!.at, first!.end)
      return bytes
    })
    const { findings } = await location.verify()
    expect(findings.map(({ kind }) => kind)).toEqual(['REPEATED_LINE', 'MISSING_LINE'])
    const message = expect.stringContaining(` record 2 (byte ${blocks[1]!.at})`) as string
    expect(findings[0]).toMatchObject({ path, line: 2, id: '0-0', message })
    expect(findings[1]!.message).toContain('1-0')
  })

  test('an id that was never committed, and foreign bytes behind the end', async () => {
    const { location } = await planted((bytes) => Buffer.concat([bytes, Buffer.from('x')]))
    expect(await location.kindsFound()).toEqual(['FOREIGN_BYTES'])
    const { location: other } = await planted((bytes, [first]) => {
      bytes.write('9', first!.content + 1)
      return bytes
    })
    expect(await other.kindsFound()).toEqual(['FOREIGN_LINE', 'MISSING_LINE'])
  })

  test.each<
    [
      string,
      Partial<AvroOptions<Row>>,
      (bytes: Buffer, block: { at: number; content: number; end: number }) => void,
      RegExp,
    ]
  >([
    ['sync marker', {}, (bytes, { end }) => bytes.writeUInt8(bytes[end - 1]! ^ 1, end - 1), /sync marker/],
    ['record', {}, (bytes, { content }) => bytes.writeUInt8(0x7f, content), /block|record|string/],
    ['length', {}, (bytes, { at }) => bytes.writeUInt8(bytes[at + 1]! ^ 2, at + 1), /sync marker|byte/],
    ['count', {}, (bytes, { at }) => bytes.writeUInt8(8, at), /ends within a record/],
    ['count, less', { blockSizeBytes: 1_000 }, (bytes, { at }) => bytes.writeUInt8(2, at), /bytes behind its records/],
    [
      'deflated block',
      { codec: 'deflate' },
      (bytes, { content, end }) => bytes.fill(0xff, content, end - 16),
      /invalid/,
    ],
    [
      'snappy block',
      { codec: 'snappy', blockSizeBytes: 1 },
      (bytes, { end }) => bytes.writeUInt8(bytes[end - 17]! ^ 1, end - 17),
      /checksum/,
    ],
  ])('a damaged %s', async (_name, options, damage, complaint) => {
    const { location, path } = await planted(
      (bytes, [, second]) => {
        damage(bytes, second!)
        return bytes
      },
      { blockSizeBytes: 1, ...options },
    )
    const { findings } = await location.verify()
    expect(findings.map(({ kind }) => kind)).toContain('DAMAGED_FILE')
    expect(findings.find(({ kind }) => kind === 'DAMAGED_FILE')).toMatchObject({ path, message: complaint })
    expect(findings.at(-1)!.kind).toBe('MISSING_LINE')
  })

  test('a damaged header', async () => {
    const { location } = await planted((bytes) => bytes.fill(0x20, 0, 4))
    const { findings } = await location.verify()
    expect(findings[0]).toMatchObject({ kind: 'DAMAGED_FILE', byte: 0, message: /does not begin as Avro files do/ })
  })
})
