// Conformance of `append` and `appendUpload`.
import assert from 'node:assert/strict'
import { isFileSystemError } from '../../file-system/file-system-error.js'
import type { ConformanceGroup } from './conformance-case.js'
import {
  assertAbsent,
  assertBytes,
  assertFile,
  assertPrefix,
  assertRejects,
  until,
  writeChunks,
} from './expectations.js'
import { chunked, sampleBytes, textBytes } from './sample-bytes.js'

const KIBIBYTE = 2 ** 10
const MEBIBYTE = 2 ** 20
/** Once a datanode was contacted an adapter may say no more than `unknown`, whatever the answer was. */
const REFUSED = ['not-applied', 'unknown'] as const

export const appendCases: ConformanceGroup = {
  name: 'append',
  cases: [
    {
      name: 'adds to the end and resolves with the new length; another handle sees it',
      needs: ['append'],
      async run({ fileSystem, another }) {
        const content = sampleBytes(30_000)
        await fileSystem.create('a', content.subarray(0, 10_000))
        assert.equal(await fileSystem.append('a', content.subarray(10_000, 10_001), { base: 10_000 }), 10_001)
        assert.equal(
          await fileSystem.append('a', [...chunked(content.subarray(10_001), 999)], { base: 10_001 }),
          30_000,
        )
        await assertFile(await another(), 'a', content)
      },
    },
    {
      name: 'adds to an empty file',
      needs: ['append'],
      async run({ fileSystem }) {
        await fileSystem.create('empty', new Uint8Array(0))
        assert.equal(await fileSystem.append('empty', textBytes('x'), { base: 0 }), 1)
        await assertFile(fileSystem, 'empty', textBytes('x'))
      },
    },
    {
      name: 'keeps the file id, where there is one',
      needs: ['append'],
      async run({ fileSystem }) {
        await fileSystem.create('a', textBytes('x'))
        const before = await fileSystem.stat('a')
        await fileSystem.append('a', textBytes('y'), { base: 1 })
        assert.equal((await fileSystem.stat('a'))?.fileId, before?.fileId)
      },
    },
    {
      name: 'rejects a wrong base as WRONG_LENGTH, and its outcome tells whether the bytes are in the file',
      needs: ['append'],
      async run({ fileSystem }) {
        const content = textBytes('0123456789')
        await Promise.all(['shorter', 'longer'].map((path) => fileSystem.create(path, content)))
        for (const [path, base] of [
          ['shorter', 4],
          ['longer', 11],
        ] as const) {
          const error = await assertRejects(() => fileSystem.append(path, textBytes('abc'), { base }), {
            code: 'WRONG_LENGTH',
            operation: 'append',
            outcome: ['not-applied', 'applied'],
            path,
            retry: 'never',
          })
          await assertFile(fileSystem, path, error.outcome === 'applied' ? textBytes('0123456789abc') : content)
        }
      },
    },
    {
      name: 'refuses what is not there, and a directory',
      needs: ['append'],
      async run({ fileSystem }) {
        await fileSystem.mkdirs('directory')
        for (const [path, code] of [
          ['missing', 'NOT_FOUND'],
          ['no/parent', 'NOT_FOUND'],
          ['directory', 'IS_DIRECTORY'],
        ] as const) {
          await assertRejects(() => fileSystem.append(path, textBytes('x'), { base: 0 }), {
            code,
            operation: 'append',
            outcome: REFUSED,
            path,
          })
        }
        await assertAbsent(fileSystem, 'missing')
        await assertAbsent(fileSystem, 'no')
      },
    },
    {
      name: 'refuses empty content and a base that is no length',
      needs: ['append'],
      async run({ fileSystem }) {
        await fileSystem.create('a', textBytes('abc'))
        for (const content of [new Uint8Array(0), [], [new Uint8Array(0)]]) {
          await assertRejects(() => fileSystem.append('a', content, { base: 3 }), {
            code: 'INVALID_ARGUMENT',
            operation: 'append',
            path: 'a',
          })
        }
        for (const base of [-1, 0.5, Number.NaN, 2 ** 53]) {
          await assertRejects(() => fileSystem.append('a', textBytes('x'), { base }), {
            code: 'INVALID_ARGUMENT',
            operation: 'append',
          })
          await assertRejects(() => fileSystem.appendUpload('a', { base }), {
            code: 'INVALID_ARGUMENT',
            operation: 'append',
          })
        }
        await assertFile(fileSystem, 'a', textBytes('abc'))
      },
    },
    {
      name: 'finds the file under its new name only, once it was renamed',
      needs: ['append'],
      async run({ fileSystem, another }) {
        await fileSystem.create('old', textBytes('abc'))
        await (await another()).rename('old', 'new', { mode: 'move' })
        await assertRejects(() => fileSystem.append('old', textBytes('d'), { base: 3 }), {
          code: 'NOT_FOUND',
          operation: 'append',
          outcome: REFUSED,
        })
        assert.equal(await fileSystem.append('new', textBytes('d'), { base: 3 }), 4)
        await assertFile(fileSystem, 'new', textBytes('abcd'))
      },
    },
    {
      name: 'two at once: each lands in one piece, or is refused',
      needs: ['append'],
      async run({ fileSystem, another }) {
        await fileSystem.create('a', textBytes('base '))
        const handles = [fileSystem, await another()]
        const pieces = ['left', 'right'].map(textBytes)
        const results = await Promise.allSettled(
          handles.map((handle, index) => handle.append('a', pieces[index]!, { base: 5 })),
        )
        const text = Buffer.from(await fileSystem.read('a')).toString()
        assert.match(text, /^base (left|right|leftright|rightleft)$/)
        for (const [index, result] of results.entries()) {
          if (result.status === 'fulfilled')
            assert.ok(text.includes(['left', 'right'][index]!), 'what resolved is there')
          else assert.ok(isFileSystemError(result.reason, 'LEASE_HELD', 'WRONG_LENGTH'), String(result.reason))
        }
      },
    },
    {
      name: 'is refused as LEASE_HELD while somebody has the file open',
      needs: ['append', 'tellsOpen'],
      async run({ fileSystem, another }) {
        await fileSystem.create('a', textBytes('abc'))
        const upload = await fileSystem.appendUpload('a', { base: 3 })
        const rival = await another()
        try {
          await writeChunks(upload, chunked(sampleBytes(200 * KIBIBYTE), 50 * KIBIBYTE))
          await until('the file is open', () => rival.isOpenForWrite('a'))
          await assertRejects(() => rival.append('a', textBytes('x'), { base: 3 }), {
            code: 'LEASE_HELD',
            operation: 'append',
            outcome: REFUSED,
            retry: 'later',
          })
          assert.equal(await upload.end(), 3 + 200 * KIBIBYTE)
        } finally {
          await upload.abort()
        }
        await assertFile(fileSystem, 'a', Buffer.concat([textBytes('abc'), sampleBytes(200 * KIBIBYTE)]))
      },
    },
    {
      name: 'streamed: counts its own bytes and ends with the length of the file',
      needs: ['append'],
      async run({ fileSystem, another }) {
        const content = sampleBytes(2 * MEBIBYTE + 100)
        await fileSystem.create('a', content.subarray(0, 100))
        const upload = await fileSystem.appendUpload('a', { base: 100 })
        await writeChunks(upload, chunked(content.subarray(100), 60_000))
        assert.equal(upload.sentBytes, 2 * MEBIBYTE)
        assert.equal(await upload.end(), content.byteLength)
        await assertRejects(async () => upload.write(textBytes('x')), { code: 'CLOSED', operation: 'append' })
        await assertFile(await another(), 'a', content)
      },
    },
    {
      name: 'aborted: what was there stays, and a beginning of what was sent may follow it',
      needs: ['append'],
      async run({ fileSystem, another }) {
        const content = sampleBytes(300 * KIBIBYTE)
        await fileSystem.create('a', content.subarray(0, 1_000))
        const upload = await fileSystem.appendUpload('a', { base: 1_000 })
        await writeChunks(upload, chunked(content.subarray(1_000), 30 * KIBIBYTE))
        await upload.abort()
        const observer = await another()
        if (observer.capabilities.tellsOpen)
          await until('the file is closed', async () => !(await observer.isOpenForWrite('a')))
        const left = await observer.read('a')
        assert.ok(left.byteLength >= 1_000, 'what was there before')
        assertPrefix(left, content, 'what the abort left')
      },
    },
    {
      name: 'an open upload goes on through a rename',
      needs: ['append'],
      async run({ fileSystem, another }) {
        const content = sampleBytes(400 * KIBIBYTE)
        await fileSystem.create('old', content.subarray(0, 10))
        const upload = await fileSystem.appendUpload('old', { base: 10 })
        const rival = await another()
        try {
          await writeChunks(upload, chunked(content.subarray(10, 200 * KIBIBYTE), 50 * KIBIBYTE))
          if (rival.capabilities.tellsOpen) await until('the file is open', () => rival.isOpenForWrite('old'))
          await rival.rename('old', 'new', { mode: 'move' })
          await writeChunks(upload, chunked(content.subarray(200 * KIBIBYTE), 50 * KIBIBYTE))
          // The file's length may be checked by its old name only: then nobody can say that it is right.
          await upload.end().catch((error: unknown) => {
            assert.ok(isFileSystemError(error), String(error))
            assert.notEqual(error.outcome, 'not-applied', 'the bytes went into the file')
          })
        } finally {
          await upload.abort()
        }
        assertBytes(await rival.read('new'), content, 'the renamed file')
        await assertAbsent(rival, 'old')
      },
    },
    {
      name: 'an open upload ends in an error when its file is deleted, and nothing of it appears',
      needs: ['append'],
      async run({ fileSystem, another }) {
        await fileSystem.create('doomed', textBytes('abc'))
        const upload = await fileSystem.appendUpload('doomed', { base: 3 })
        const rival = await another()
        try {
          await writeChunks(upload, chunked(sampleBytes(200 * KIBIBYTE), 50 * KIBIBYTE))
          if (rival.capabilities.tellsOpen) await until('the file is open', () => rival.isOpenForWrite('doomed'))
          assert.equal(await rival.delete('doomed'), 'deleted')
          await assert.rejects(
            async () => {
              await writeChunks(upload, chunked(sampleBytes(200 * KIBIBYTE), 50 * KIBIBYTE))
              await upload.end()
            },
            (error) => isFileSystemError(error),
          )
        } finally {
          await upload.abort()
        }
        await assertAbsent(rival, 'doomed')
      },
    },
    {
      name: 'is UNSUPPORTED before any request',
      without: 'append',
      async run({ fileSystem }) {
        const expected = { code: 'UNSUPPORTED', operation: 'append', path: 'missing', retry: 'never' } as const
        await assertRejects(() => fileSystem.append('missing', textBytes('x'), { base: 0 }), expected)
        await assertRejects(() => fileSystem.appendUpload('missing', { base: 0 }), expected)
      },
    },
  ],
}
