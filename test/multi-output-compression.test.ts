// Compressed data files: members that begin and end at commits, so that a file can be cut at any of them.
import zlib from 'node:zlib'
import { expect, test } from 'vitest'
import { readLog } from '../src/engine/read-log.js'
import { hasZstd, zstdDecompressed } from '../src/format/zstd-frames.js'
import { MemoryFileSystem } from '../src/testing/index.js'
import { everythingBelow } from './engine/faulty-file-system.js'
import { sampleContext } from './engine/sample-context.js'
import { at, dataFilesIn, openOutput } from './engine/sample-output.js'

/** The text of every data file that readers see, by path. */
async function texts(memory: MemoryFileSystem): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const { path, type } of await everythingBelow(memory, '')) {
    if (type === 'directory' || path.startsWith('_')) continue
    const bytes = await memory.read(path)
    found[path] = (path.endsWith('.gz') ? zlib.gunzipSync(bytes) : Buffer.from(bytes)).toString()
  }
  return found
}

/** The lengths that the log says, by path. */
async function committedLengths(memory: MemoryFileSystem): Promise<Record<string, number>> {
  const { state } = await readLog(sampleContext(memory))
  return Object.fromEntries([...state.openFiles.values()].map(({ path, length }) => [path, length]))
}

const part = (serial: number, counter: number, extension: string): string =>
  `a/part-00000-0000000${serial}-000001.00000${counter}.${extension}`

test.each([
  ['in one request', 2 ** 20],
  ['by uploads that stay open', 10],
])('each commit adds a member, %s', async (_how, streamThresholdBytes) => {
  const memory = new MemoryFileSystem()
  const output = await openOutput(memory, { compression: 'gzip', streamThresholdBytes })
  const path = part(0, 1, 'txt.gz')
  await output.write({ key: 'a', text: 'first line, which is long' }, at(0))
  await output.write({ key: 'a', text: 'second line' }, at(1))
  await output.commit()
  const { [path]: lengthBefore } = await committedLengths(memory)
  await output.write({ key: 'a', text: 'third line, which is long as well' }, at(2))
  await output.commit()
  const bytes = await memory.read(path)
  expect(await committedLengths(memory)).toEqual({ [path]: bytes.byteLength })
  expect(zlib.gunzipSync(bytes.subarray(0, lengthBefore)).toString()).toBe('first line, which is long\nsecond line\n')
  expect(zlib.gunzipSync(bytes.subarray(lengthBefore)).toString()).toBe('third line, which is long as well\n')
  expect(zlib.gunzipSync(bytes).toString().split('\n')).toHaveLength(4)
  await output.close()
})

test('what was not committed is cut off, and the file is whole again', async () => {
  const memory = new MemoryFileSystem()
  const output = await openOutput(memory, { compression: 'gzip', streamThresholdBytes: 10 })
  await output.write({ key: 'a', text: 'committed' }, at(0))
  await output.commit()
  await output.write({ key: 'a', text: 'never committed, and sent already' }, at(1))
  await new Promise(setImmediate)
  await output.abort()
  expect(Object.values(await texts(memory))).toEqual(['committed\n'])
  await output.close()
})

test('a change of the compression seals the open files; the next records begin others', async () => {
  const memory = new MemoryFileSystem()
  const reasons: string[] = []
  const hooks = { seal: ({ path, reason }: { path: string; reason: string }) => reasons.push(`${path} ${reason}`) }
  const plain = await openOutput(memory, { hooks })
  await plain.write({ key: 'a', text: 'plain' }, at(0))
  await plain.commit()
  await plain.close()
  const packed = await openOutput(memory, { compression: 'gzip', hooks })
  await packed.write({ key: 'a', text: 'packed' }, at(1))
  await packed.commit()
  await packed.write({ key: 'a', text: 'packed too' }, at(2))
  await packed.commit()
  expect(reasons).toEqual([`${part(0, 1, 'txt')} extension`])
  expect(Object.values(await texts(memory)).sort()).toEqual(['packed\npacked too\n', 'plain\n'])
  await packed.close()
})

test('files roll at about the size that they have, not at that of their records', async () => {
  const memory = new MemoryFileSystem()
  const output = await openOutput(memory, { compression: 'gzip', roll: { fileSizeBytesMax: 4_000 } })
  let offset = 0
  for (let commit = 0; commit < 120; commit++) {
    for (let line = 0; line < 100; line++)
      await output.write({ key: 'a', text: `a line like others, number ${offset}` }, at(offset++))
    await output.commit()
  }
  const lengths = await Promise.all(
    (await dataFilesIn(memory, 'a')).map(async (name) => (await memory.stat(`a/${name}`))!.length),
  )
  // The last one is open, and the first ones end before it is known how well the records can be compressed.
  const whole = lengths.slice(1, -1)
  expect(whole.length).toBeGreaterThan(2)
  for (const length of whole) expect(length).toBeGreaterThan(3_000)
  for (const length of lengths) expect(length).toBeLessThan(6_000)
  await output.close()
})

test('zstd is used where Node has it, and refused with what to do where not', async () => {
  const memory = new MemoryFileSystem()
  const opening = openOutput(memory, { compression: 'zstd' })
  if (!hasZstd()) {
    await expect(opening).rejects.toMatchObject({ code: 'WRONG_OPTIONS', message: /compression: Node .* has no zstd/ })
    return
  }
  const output = await opening
  for (const text of ['one', 'two']) {
    await output.write({ key: 'a', text }, at(text === 'one' ? 0 : 1))
    await output.commit()
  }
  const [name] = await dataFilesIn(memory, 'a')
  expect(name).toMatch(/\.txt\.zst$/)
  const pieces: Uint8Array[] = []
  for await (const piece of zstdDecompressed(memory.readStream(`a/${name}`))) pieces.push(piece)
  expect(Buffer.concat(pieces).toString()).toBe('one\ntwo\n')
  await output.close()
})
