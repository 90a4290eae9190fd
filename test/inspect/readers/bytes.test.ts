import { describe, expect, test } from 'vitest'
import { bytes } from '../../../src/format/bytes.js'
import { type Row, WrittenLocation } from '../written-location.js'

const varint = bytes<Row>({ framing: 'varint', prefixId: true })

test.each([
  ['varint', varint, {}],
  ['uint32be', bytes<Row>({ framing: 'uint32be', prefixId: true }), {}],
  ['with topics', bytes<Row>({ framing: 'varint', prefixId: 'withTopic' }), {}],
  ['compressed', varint, { compression: 'gzip' as const }],
  ['long', bytes<Row>({ framing: 'varint', prefixId: true, value: ({ value }) => value.repeat(20_000) }), {}],
])('finds nothing in an intact location: %s', async (_name, format, options) => {
  await (await WrittenLocation.write(format, options)).expectIntact()
})

test('counts the frames of files without ids', async () => {
  const location = await WrittenLocation.write(bytes<Row>({ framing: 'uint32be' }))
  expect(await location.verify()).toMatchObject({ findings: [], lines: 40, filesWithoutIds: 4 })
  const { path, bytes: content } = await location.first()
  const length = content.readUInt32BE(0)
  content.writeUInt32BE(length + 4 + content.readUInt32BE(length + 4), 0)
  await location.replace(path, content)
  expect((await location.verify()).findings).toMatchObject([
    { kind: 'MISSING_LINE', message: expect.stringContaining('has 14 frames') as string },
  ])
})

test('a format of its own with that extension is none of ours', async () => {
  const own = { encode: (_row: Row, _context: unknown, sink: { text(text: string): void }) => sink.text('no frame') }
  const location = await WrittenLocation.write({ name: 'own', extension: 'bin', open: () => own })
  expect(await location.verify()).toMatchObject({ findings: [], filesWithoutIds: 4 })
})

function lastFrame(content: Buffer): number {
  let at = 0
  while (at + content[at]! + 1 < content.length) at += content[at]! + 1
  return at
}

describe('finds what was planted', () => {
  // Each frame of key a's first file: a length, an id with its length, `value r-i`.
  async function planted(change: (content: Buffer, frameBytes: number) => Buffer): Promise<WrittenLocation> {
    const location = await WrittenLocation.write(varint)
    const { path, bytes: content } = await location.first()
    await location.replace(path, change(content, content[0]! + 1), { sameLength: false })
    return location
  }

  test('a gap whose bytes another frame took', async () => {
    const location = await planted((content, sizeBytes) => {
      content[0] = content[0]! + sizeBytes
      return content
    })
    expect(await location.kindsFound()).toEqual(['MISSING_LINE'])
  })

  test('a repeat', async () => {
    const location = await planted((content, sizeBytes) => {
      content.copy(content, sizeBytes, 0, sizeBytes)
      return content
    })
    const { findings } = await location.verify()
    expect(findings.map(({ kind }) => kind)).toEqual(['REPEATED_LINE', 'MISSING_LINE'])
    expect(findings[0]).toMatchObject({
      line: 2,
      id: '0-0',
      message: expect.stringContaining(' frame 2 (byte 14)') as string,
    })
  })

  test('an id that is none, and foreign bytes behind the end', async () => {
    const foreign = await planted((content) => {
      content[2] = 0x78
      return content
    })
    expect(await foreign.kindsFound()).toEqual(['FOREIGN_LINE', 'MISSING_LINE'])
    const longer = await planted((content) => Buffer.concat([content, Buffer.from([7])]))
    expect(await longer.kindsFound()).toEqual(['FOREIGN_BYTES'])
  })

  test.each([
    [0x7f, 'lacks'],
    [0xff, 'five bytes'],
  ])('a length that is wrong: %s', async (byte, complaint) => {
    const location = await planted((content) => content.fill(byte, lastFrame(content)))
    const { findings } = await location.verify()
    expect(findings.map(({ kind }) => kind)).toContain('DAMAGED_FILE')
    expect(findings.at(-1)!.kind).toBe('MISSING_LINE')
    expect(findings.find(({ kind }) => kind === 'DAMAGED_FILE')!.message).toContain(complaint)
  })
})
