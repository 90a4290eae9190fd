// Conformance of `read` and `readStream`.
import type { ByteRange, FileSystem } from '../../file-system/file-system.js'
import type { ConformanceGroup } from './conformance-case.js'
import { assertBytes, assertIterationRejects, assertRejects } from './expectations.js'
import { sampleBytes, textBytes } from './sample-bytes.js'

const MEBIBYTE = 2 ** 20

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const collected: Uint8Array[] = []
  for await (const chunk of chunks) collected.push(chunk)
  return Buffer.concat(collected)
}

/** Both ways of reading must agree. */
async function assertRead(
  fileSystem: FileSystem,
  path: string,
  range: ByteRange | undefined,
  expected: Uint8Array,
): Promise<void> {
  const what = `${path} ${JSON.stringify(range)}`
  assertBytes(await fileSystem.read(path, range), expected, `read of ${what}`)
  assertBytes(await collect(fileSystem.readStream(path, range)), expected, `readStream of ${what}`)
}

export const readCases: ConformanceGroup = {
  name: 'read',
  cases: [
    {
      name: 'reads a file, and ranges of it, cut to what is there',
      async run({ fileSystem }) {
        const length = 10_000
        const content = sampleBytes(length)
        await fileSystem.create('a', content)
        const ranges: [ByteRange | undefined, number, number][] = [
          [undefined, 0, length],
          [{}, 0, length],
          [{ start: 1 }, 1, length],
          [{ end: 1 }, 0, 1],
          [{ start: 4_000, end: 4_001 }, 4_000, 4_001],
          [{ start: 17, end: 9_999 }, 17, 9_999],
          [{ start: 0, end: length }, 0, length],
          [{ start: 9_990, end: 20_000 }, 9_990, length],
          [{ start: 5, end: 5 }, 5, 5],
          [{ start: 0, end: 0 }, 0, 0],
          [{ start: length }, length, length],
          [{ start: length + 1 }, length, length],
          [{ start: length + 1, end: length + 100 }, length, length],
        ]
        for (const [range, from, to] of ranges) await assertRead(fileSystem, 'a', range, content.subarray(from, to))
      },
    },
    {
      name: 'reads nothing from an empty file',
      async run({ fileSystem }) {
        await fileSystem.create('empty', new Uint8Array(0))
        for (const range of [undefined, { start: 0, end: 10 }, { start: 5 }]) {
          await assertRead(fileSystem, 'empty', range, new Uint8Array(0))
        }
      },
    },
    {
      name: 'streams a few mebibytes, and frees what it holds when it is ended early',
      async run({ fileSystem }) {
        const content = sampleBytes(3 * MEBIBYTE)
        await fileSystem.create('big', content)
        await assertRead(
          fileSystem,
          'big',
          { start: MEBIBYTE - 1, end: 2 * MEBIBYTE + 1 },
          content.subarray(MEBIBYTE - 1, 2 * MEBIBYTE + 1),
        )
        for (let round = 0; round < 20; round++) {
          for await (const chunk of fileSystem.readStream('big')) {
            assertBytes(chunk, content.subarray(0, chunk.byteLength), 'the first chunk')
            break
          }
        }
        await assertRead(fileSystem, 'big', undefined, content)
      },
    },
    {
      name: 'reads a file as often as one likes at once, each for itself',
      async run({ fileSystem }) {
        const content = sampleBytes(100_000)
        await fileSystem.create('a', content)
        const reads = await Promise.all(
          Array.from({ length: 8 }, (_, index) => fileSystem.read('a', { start: index * 1_000 })),
        )
        for (const [index, bytes] of reads.entries())
          assertBytes(bytes, content.subarray(index * 1_000), `read ${index}`)
      },
    },
    {
      name: 'refuses what is not there, a directory, and a range that is none',
      async run({ fileSystem }) {
        await Promise.all([fileSystem.mkdirs('directory'), fileSystem.create('a', textBytes('abc'))])
        const refuse = async (
          path: string,
          code: 'NOT_FOUND' | 'IS_DIRECTORY' | 'INVALID_ARGUMENT',
          range?: ByteRange,
        ) => {
          await assertRejects(() => fileSystem.read(path, range), { code, operation: 'read', path })
          await assertIterationRejects(() => fileSystem.readStream(path, range), { code, operation: 'read', path })
        }
        await refuse('missing', 'NOT_FOUND')
        await refuse('missing', 'NOT_FOUND', { start: 3, end: 3 })
        await refuse('no/such', 'NOT_FOUND')
        await refuse('directory', 'IS_DIRECTORY')
        for (const range of [{ start: -1 }, { end: -1 }, { start: 0.5 }, { start: Number.NaN }, { start: 2, end: 1 }]) {
          await refuse('a', 'INVALID_ARGUMENT', range)
        }
      },
    },
  ],
}
