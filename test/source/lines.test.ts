// Lines of files and pipes as records: ids that hold over restarts, compression, and what is refused.
import { appendFile, chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import zlib, { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { linesFromFiles, linesFromStream } from '../../src/index.js'
import type { JsonValue } from '../../src/model/json-value.js'
import type { Committed } from '../../src/multi-output.js'
import type { SourceReader } from '../../src/source/source.js'
import { batchesOf, committedAt, linesOf, nothingCommitted, openSource } from './reading.js'

let directory = ''

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lines-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
})

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, content)
  return path
}

/** Reads everything and answers what a commit at the end would hold. */
async function committedAfter(reader: SourceReader, before: Committed = nothingCommitted): Promise<Committed> {
  const until = new Map([...(before.offsets.get('lines') ?? [])].map(([partition, range]) => [partition, range.until]))
  for (const { records, advances } of await batchesOf(reader)) {
    for (const { id } of records) until.set(id.partition, id.offset + 1n)
    for (const advance of advances) until.set(advance.partition, advance.until)
  }
  const { metadata } = reader
  await reader.close()
  return committedAt(
    'lines',
    Object.fromEntries([...until].map(([partition, end]) => [partition, Number(end)])),
    metadata,
  )
}

describe('files', () => {
  test('one after the other, numbered from 0, each a partition', async () => {
    const a = await file('a', 'one\ntwo\n')
    const b = await file('b', 'three\r\nfour')
    const reader = await openSource(linesFromFiles([b, a]))
    expect(await linesOf(reader)).toEqual(['0-0 three', '0-1 four', '1-0 one', '1-1 two'])
    expect(reader.metadata).toEqual({
      lines: {
        files: [
          { path: b, lines: '2', bytes: 11, cutShort: true },
          { path: a, lines: '2', bytes: 8 },
        ],
      },
    })
    expect(reader.progress()).toEqual({ lagBytes: 0, doneFraction: 1 })
    await reader.close()
  })

  test('the record of a line has its bytes, the topic and the time of the file', async () => {
    const path = await file('a', Buffer.from([0xff, 0x00, 0x0a]))
    const [batch] = await batchesOf(await openSource(linesFromFiles([path])))
    expect(batch?.records[0]).toMatchObject({
      id: { topic: 'lines', partition: 0, offset: 0n },
      key: null,
      headers: {},
      parsed: undefined,
    })
    expect([...batch!.records[0]!.value!]).toEqual([0xff, 0x00])
    expect(Math.abs(batch!.records[0]!.timestampMs - Date.now())).toBeLessThan(60_000)
  })

  test('a restart goes on where the log says, whatever the order of the files, and passes over those that are done', async () => {
    const a = await file('a', 'a0\na1\na2\n')
    const b = await file('b', 'b0\n')
    const committed = await committedAfter(await openSource(linesFromFiles([a, b])))
    const c = await file('c', 'c0\nc1\n')
    await rm(b)
    const midway: Committed = { ...committedAt('lines', { 0: 1, 1: 1 }), metadata: committed.metadata! }
    const reader = await openSource(linesFromFiles([c, b, a]), midway)
    expect(await linesOf(reader)).toEqual(['2-0 c0', '2-1 c1', '0-1 a1', '0-2 a2'])
  })

  test('a file that is gone is an error unless all of it is committed', async () => {
    const a = await file('a', 'a0\na1\n')
    const committed = await committedAfter(await openSource(linesFromFiles([a])))
    await rm(a)
    expect(await linesOf(await openSource(linesFromFiles([a]), committed))).toEqual([])
    const midway: Committed = { ...committedAt('lines', { 0: 1 }), metadata: committed.metadata! }
    await expect(openSource(linesFromFiles([a]), midway)).rejects.toMatchObject({
      code: 'UNREADABLE',
      message: expect.stringContaining(`${a} is not there`),
    })
  })

  test('says of a file that it is done only when its last batch is written', async () => {
    const a = await file('a', 'a0\n')
    const reader = await openSource(linesFromFiles([a]))
    expect(await reader.next()).toBeDefined()
    expect(reader.metadata).toEqual({ lines: { files: [{ path: a }] } })
    expect(await reader.next()).toBeUndefined()
    expect(reader.metadata).toEqual({ lines: { files: [{ path: a, lines: '1', bytes: 3 }] } })
  })

  test('lines that were added later are read; a last line that grew is not', async () => {
    const a = await file('a', 'a0\n')
    const committed = await committedAfter(await openSource(linesFromFiles([a])))
    await appendFile(a, 'a1')
    const reader = await openSource(linesFromFiles([a]), committed)
    const further = await committedAfter(reader, committed)
    expect(further.offsets.get('lines')?.get(0)?.until).toBe(2n)
    await appendFile(a, ' and more\n')
    await expect(openSource(linesFromFiles([a]), further)).rejects.toMatchObject({ code: 'CHANGED' })
  })

  test('a file with fewer lines than committed is not the one that was read', async () => {
    const a = await file('a', 'a0\na1\n')
    const metadata: JsonValue = { lines: { files: [{ path: a }] } }
    const reader = await openSource(linesFromFiles([a]), committedAt('lines', { 0: 3 }, metadata))
    await expect(reader.next()).rejects.toMatchObject({ code: 'CHANGED', message: expect.stringContaining('2 lines') })
    await reader.close()
  })

  test('empty lines have a number; unless kept they make no record', async () => {
    const a = await file('a', '\n\na\n\r\n\n')
    const reader = await openSource(linesFromFiles([a]))
    const batches = await batchesOf(reader)
    expect(batches.flatMap(({ records }) => records.map(({ id }) => id.offset))).toEqual([2n])
    expect(batches.flatMap(({ advances }) => advances)).toEqual([{ topic: 'lines', partition: 0, until: 5n }])
    const keeping = await openSource(linesFromFiles([a], { emptyLines: 'keep' }))
    expect(await linesOf(keeping)).toEqual(['0-0 ', '0-1 ', '0-2 a', '0-3 ', '0-4 '])
  })

  test('a file of nothing, and one of empty lines only', async () => {
    const a = await file('a', '')
    const b = await file('b', '\n\n')
    const committed = await committedAfter(await openSource(linesFromFiles([a, b])))
    expect(committed.offsets.get('lines')).toEqual(new Map([[1, { from: 0n, until: 2n }]]))
    expect(await batchesOf(await openSource(linesFromFiles([a, b]), committed))).toEqual([])
  })

  test('a line that is too long is a bad record; the next one is not', async () => {
    const a = await file('a', `${'x'.repeat(30)}\n${'y'.repeat(10)}\n`)
    const batches = await batchesOf(await openSource(linesFromFiles([a], { recordBytesMax: 10 })))
    const records = batches.flatMap((batch) => batch.records)
    expect(records.map(({ bad }) => bad)).toEqual([expect.stringContaining('30 bytes long'), undefined])
    expect(records[0]!.value?.byteLength).toBe(30)
  })

  test('lines of 10 MiB lie across many buffers and come out whole', async () => {
    const long = Buffer.alloc(10 * 2 ** 20, 'z')
    const a = await file('a', Buffer.concat([Buffer.from('a\n'), long, Buffer.from('\n'), long]))
    const batches = await batchesOf(await openSource(linesFromFiles([a])))
    const records = batches.flatMap((batch) => batch.records)
    expect(records.map(({ value }) => value?.byteLength)).toEqual([1, long.length, long.length])
    expect(long.equals(records[1]!.value!)).toBe(true)
  })

  test('many short lines come in batches of a limited number', async () => {
    const a = await file('a', 'x\n'.repeat(30_000))
    const batches = await batchesOf(await openSource(linesFromFiles([a])))
    expect(batches.reduce((sum, { records }) => sum + records.length, 0)).toBe(30_000)
    expect(Math.max(...batches.map(({ records }) => records.length))).toBeLessThanOrEqual(1_024)
  })

  test('stop ends reading, close frees the file', async () => {
    const a = await file('a', 'x\n'.repeat(30_000))
    const reader = await openSource(linesFromFiles([a]))
    expect(await reader.next()).toBeDefined()
    reader.stop()
    expect(await reader.next()).toBeUndefined()
    await reader.close()
    await reader.close()
  })
})

describe('compressed', () => {
  const content = Array.from({ length: 5_000 }, (_, i) => `line ${i}`).join('\n')

  test('gzip, also of several members and whatever the name, is read as the lines in it', async () => {
    const half = Math.floor(content.length / 2)
    const members = [gzipSync(content.slice(0, half)), gzipSync(content.slice(half))]
    const path = await file('a.jsonl', Buffer.concat(members))
    const reader = await openSource(linesFromFiles([path]))
    const lines = await linesOf(reader)
    expect(lines).toEqual(content.split('\n').map((line, i) => `0-${i} ${line}`))
    expect(reader.progress().doneFraction).toBe(1)
  })

  test('a gzip file cut short gives an error that says so', async () => {
    const whole = gzipSync(content)
    const path = await file('a.gz', whole.subarray(0, whole.length - 20))
    const reader = await openSource(linesFromFiles([path]))
    await expect(batchesOf(reader)).rejects.toMatchObject({
      code: 'UNREADABLE',
      message: expect.stringContaining(`${path} cannot be decompressed`),
    })
    await reader.close()
  })

  const zstdCompress = (zlib as { zstdCompressSync?: (bytes: Uint8Array) => Buffer }).zstdCompressSync

  test.runIf(zstdCompress === undefined)('zstd is refused where Node has none, with what to do', async () => {
    const path = await file('a.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]))
    const reader = await openSource(linesFromFiles([path]))
    await expect(reader.next()).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('Node 22.15'),
    })
    await reader.close()
  })

  test.runIf(zstdCompress !== undefined)('zstd of several frames is read to its end, however it comes', async () => {
    const [head, tail] = [content.slice(0, 3), content.slice(3)]
    const frames = [head, '', tail].map((text) => zstdCompress!(Buffer.from(text)))
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2])
    const path = await file('b.zst', Buffer.concat([frames[0]!, skippable, ...frames.slice(1)]))
    const lines = await linesOf(await openSource(linesFromFiles([path])))
    expect(lines).toEqual(content.split('\n').map((line, i) => `0-${i} ${line}`))
    const bytes = Buffer.concat(frames)
    const byByte = Readable.from([...bytes].map((byte) => Buffer.from([byte])))
    expect(await linesOf(await openSource(linesFromStream(byByte)))).toEqual(lines)
    const cut = await openSource(linesFromFiles([await file('c.zst', bytes.subarray(0, -1))]))
    await expect(batchesOf(cut)).rejects.toMatchObject({ code: 'UNREADABLE' })
    await cut.close()
  })

  test.runIf(zstdCompress !== undefined)('zstd is read where Node has it', async () => {
    const path = await file('a.zst', zstdCompress!(Buffer.from(content)))
    expect(await linesOf(await openSource(linesFromFiles([path])))).toHaveLength(5_000)
  })

  test('a pipe of gzip that comes byte by byte', async () => {
    const bytes = gzipSync('a\nb')
    const reader = await openSource(linesFromStream(Readable.from([...bytes].map((byte) => Buffer.from([byte])))))
    expect(await linesOf(reader)).toEqual(['0-0 a', '0-1 b'])
  })
})

describe('what cannot be read is said clearly', () => {
  test.each([
    { what: 'a directory', make: async () => directory, says: 'is a directory: name the files in it' },
    { what: 'a file that is not there', make: async () => join(directory, 'absent'), says: 'is not there' },
    { what: 'a device', make: async () => '/dev/null', says: 'no regular file' },
    {
      what: 'a link to nowhere',
      make: async () => {
        await symlink('nowhere', join(directory, 'link'))
        return join(directory, 'link')
      },
      says: 'is not there',
    },
  ])('$what', async ({ make, says }) => {
    const path = await make()
    await expect(openSource(linesFromFiles([path]))).rejects.toMatchObject({
      name: 'SourceError',
      code: 'UNREADABLE',
      message: expect.stringContaining(says),
    })
  })

  test.skipIf(process.getuid?.() === 0)('a file without permission', async () => {
    const path = await file('a', 'a\n')
    await chmod(path, 0)
    const reader = await openSource(linesFromFiles([path]))
    await expect(reader.next()).rejects.toMatchObject({
      code: 'UNREADABLE',
      message: expect.stringContaining('may not be read'),
    })
  })

  test.each([
    { metadata: 'text' as JsonValue },
    { metadata: { lines: [] } as JsonValue },
    { metadata: { lines: { files: [1] } } as JsonValue },
    { metadata: { lines: { files: [{ path: 'a', lines: 'x', bytes: 1 }] } } as JsonValue },
  ])('metadata that is not of this source: $metadata', async ({ metadata }) => {
    const path = await file('a', 'a\n')
    const opening = openSource(linesFromFiles([path]), { offsets: new Map(), metadata })
    await expect(opening).rejects.toMatchObject({ code: 'CHANGED' })
  })

  test('offsets without the list of files', async () => {
    const path = await file('a', 'a\n')
    await expect(openSource(linesFromFiles([path]), committedAt('lines', { 0: 1 }))).rejects.toMatchObject({
      code: 'CHANGED',
    })
  })

  test('metadata of others is kept', async () => {
    const path = await file('a', 'a\n')
    const reader = await openSource(linesFromFiles([path]), { offsets: new Map(), metadata: { mine: 1 } })
    expect(reader.metadata).toEqual({ mine: 1, lines: { files: [{ path }] } })
  })

  test('options', async () => {
    expect(() => linesFromFiles([])).toThrow(expect.objectContaining({ code: 'WRONG_OPTIONS' }))
    expect(() => linesFromFiles(['a', './a'])).toThrow(/listed twice/)
    expect(() => linesFromFiles(['a'], { recordBytesMax: 0 })).toThrow(/recordBytesMax/)
    expect(() => linesFromFiles(['a'], { emptyLines: 'drop' as 'skip' })).toThrow(/emptyLines/)
    await expect(openSource(linesFromFiles(['a']), nothingCommitted, { taskCount: 2 })).rejects.toMatchObject({
      code: 'WRONG_OPTIONS',
    })
  })
})

describe('a pipe', () => {
  const chunks = ['a\nb', '\nc\n', '\n', 'd']

  test('lines are numbered from 0; those that are committed are passed over', async () => {
    expect(await linesOf(await openSource(linesFromStream(Readable.from(chunks))))).toEqual([
      '0-0 a',
      '0-1 b',
      '0-2 c',
      '0-4 d',
    ])
    const again = linesFromStream(Readable.from(chunks))
    expect(await linesOf(await openSource(again, committedAt('stdin', { 0: 2 })))).toEqual(['0-2 c', '0-4 d'])
  })

  test('that breaks off is an error, behind the lines that came before', async () => {
    const broken = linesFromStream(
      (async function* () {
        yield 'a\n'
        throw new Error('EIO')
      })(),
    )
    const reader = await openSource(broken)
    expect((await reader.next())?.records).toHaveLength(1)
    await expect(reader.next()).rejects.toMatchObject({ code: 'UNREADABLE', message: 'stdin broke off: EIO' })
  })
})
