// Conformance of streamed uploads: `createUpload` and what it answers.
import assert from 'node:assert/strict'
import { isFileSystemError } from '../../file-system/file-system-error.js'
import type { ConformanceGroup } from './conformance-case.js'
import { assertFile, assertPrefix, assertRejects, until, writeChunks } from './expectations.js'
import { chunked, sampleBytes, textBytes } from './sample-bytes.js'

const MEBIBYTE = 2 ** 20
const KIBIBYTE = 2 ** 10

export const uploadCases: ConformanceGroup = {
  name: 'createUpload',
  cases: [
    {
      name: 'takes chunks of all sizes, counts them, and ends with the length',
      async run({ fileSystem, another }) {
        const content = sampleBytes(4 * MEBIBYTE)
        const upload = await fileSystem.createUpload('streamed')
        assert.equal(upload.path, 'streamed')
        assert.equal(upload.sentBytes, 0)
        await writeChunks(upload, [
          new Uint8Array(0),
          ...chunked(content.subarray(0, 1_000), 1),
          ...chunked(content.subarray(1_000), 64 * KIBIBYTE),
        ])
        assert.equal(upload.sentBytes, content.byteLength)
        assert.equal(await upload.end(), content.byteLength)
        await assertFile(await another(), 'streamed', content)
      },
    },
    {
      name: 'ends without a chunk: an empty file',
      async run({ fileSystem }) {
        const upload = await fileSystem.createUpload('empty')
        assert.equal(await upload.end(), 0)
        await assertFile(fileSystem, 'empty', new Uint8Array(0))
      },
    },
    {
      name: 'makes parents when asked to',
      async run({ fileSystem }) {
        const upload = await fileSystem.createUpload('made/for/it', { parents: 'create' })
        await writeChunks(upload, [textBytes('x')])
        assert.equal(await upload.end(), 1)
        await assertFile(fileSystem, 'made/for/it', textBytes('x'))
      },
    },
    {
      name: 'is over after its end: every call but abort is refused as CLOSED',
      async run({ fileSystem }) {
        const upload = await fileSystem.createUpload('over')
        await writeChunks(upload, [textBytes('abc')])
        await upload.end()
        for (const call of [async () => upload.write(textBytes('d')), () => upload.end(), () => upload.makeDurable()]) {
          await assertRejects(call, { code: 'CLOSED', operation: 'create' })
        }
        await upload.abort()
        await upload.abort()
        await assertFile(fileSystem, 'over', textBytes('abc'))
      },
    },
    {
      name: 'ends when made durable',
      without: 'durableWithoutClose',
      async run({ fileSystem }) {
        const upload = await fileSystem.createUpload('durable')
        await writeChunks(upload, [textBytes('abc')])
        assert.equal(await upload.makeDurable(), 3)
        await assertFile(fileSystem, 'durable', textBytes('abc'))
        await assertRejects(async () => upload.write(textBytes('d')), { code: 'CLOSED', operation: 'create' })
        await assertFile(fileSystem, 'durable', textBytes('abc'))
      },
    },
    {
      name: 'goes on after it was made durable',
      needs: ['durableWithoutClose'],
      async run({ fileSystem }) {
        const upload = await fileSystem.createUpload('durable')
        await writeChunks(upload, [textBytes('abc')])
        assert.equal(await upload.makeDurable(), 3)
        await writeChunks(upload, [textBytes('def')])
        assert.equal(await upload.makeDurable(), 6)
        await writeChunks(upload, [textBytes('g')])
        assert.equal(await upload.end(), 7)
        await assertFile(fileSystem, 'durable', textBytes('abcdefg'))
      },
    },
    {
      name: 'aborted, leaves nothing or a beginning of what was sent, and is over',
      async run({ fileSystem, another }) {
        const content = sampleBytes(200 * KIBIBYTE)
        const upload = await fileSystem.createUpload('aborted')
        await writeChunks(upload, chunked(content, 20 * KIBIBYTE))
        await upload.abort()
        await upload.abort()
        for (const call of [async () => upload.write(textBytes('d')), () => upload.end(), () => upload.makeDurable()]) {
          await assertRejects(call, { code: 'CLOSED', operation: 'create', outcome: ['unknown', 'not-applied'] })
        }
        const observer = await another()
        await until('the aborted file is closed', async () => {
          if ((await observer.stat('aborted')) === undefined) return true
          return !observer.capabilities.tellsOpen || !(await observer.isOpenForWrite('aborted'))
        })
        if ((await observer.stat('aborted')) !== undefined)
          assertPrefix(await observer.read('aborted'), content, 'what was aborted')
        await observer.delete('aborted')
      },
    },
    {
      name: 'refused by the file system, rejects with the reason, and then with the same again',
      async run({ fileSystem }) {
        await fileSystem.create('taken', textBytes('first'))
        for (const [path, code] of [
          ['taken', 'ALREADY_EXISTS'],
          ['no/parent', 'PARENT_NOT_FOUND'],
          ['taken/below', 'NOT_A_DIRECTORY'],
        ] as const) {
          const upload = await fileSystem.createUpload(path).catch((error: unknown) => {
            assert.ok(isFileSystemError(error, code), `expected ${code}, got ${String(error)}`)
            assert.equal(error.outcome, 'not-applied')
            return undefined
          })
          if (upload === undefined) continue
          let first: unknown
          try {
            await writeChunks(upload, chunked(sampleBytes(64 * KIBIBYTE), 8 * KIBIBYTE))
            await upload.end()
          } catch (error) {
            first = error
          }
          assert.ok(isFileSystemError(first, code), `expected ${code}, got ${String(first)}`)
          assert.equal(first.operation, 'create')
          for (const call of [
            async () => upload.write(textBytes('d')),
            () => upload.end(),
            () => upload.makeDurable(),
          ]) {
            await assertRejects(call, { code, operation: 'create', outcome: first.outcome })
          }
          await upload.abort()
        }
        await assertFile(fileSystem, 'taken', textBytes('first'))
      },
    },
    {
      name: 'of two, keeps apart what each is given',
      async run({ fileSystem, another }) {
        const [left, right] = [sampleBytes(300 * KIBIBYTE, 1), sampleBytes(200 * KIBIBYTE, 2)]
        const first = await fileSystem.createUpload('left')
        const second = await (await another()).createUpload('right')
        for (let from = 0; from < left.byteLength; from += 50 * KIBIBYTE) {
          await writeChunks(first, [left.subarray(from, from + 50 * KIBIBYTE)])
          if (from < right.byteLength) await writeChunks(second, [right.subarray(from, from + 50 * KIBIBYTE)])
        }
        assert.deepEqual(await Promise.all([second.end(), first.end()]), [right.byteLength, left.byteLength])
        await assertFile(fileSystem, 'left', left)
        await assertFile(fileSystem, 'right', right)
      },
    },
  ],
}
