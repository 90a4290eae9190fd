// Conformance of `isOpenForWrite`, and of what others see while an upload is open.
import assert from 'node:assert/strict'
import type { ConformanceGroup } from './conformance-case.js'
import { assertFile, assertPrefix, assertRejects, until, writeChunks } from './expectations.js'
import { chunked, sampleBytes, textBytes } from './sample-bytes.js'

const KIBIBYTE = 2 ** 10

export const openForWriteCases: ConformanceGroup = {
  name: 'isOpenForWrite',
  cases: [
    {
      name: 'is false for a closed file, and NOT_FOUND for what is not there',
      needs: ['tellsOpen'],
      async run({ fileSystem }) {
        await Promise.all([
          fileSystem.create('a', textBytes('x')),
          fileSystem.create('empty', new Uint8Array(0)),
          fileSystem.mkdirs('directory'),
        ])
        assert.equal(await fileSystem.isOpenForWrite('a'), false)
        assert.equal(await fileSystem.isOpenForWrite('empty'), false)
        for (const path of ['missing', 'no/such']) {
          await assertRejects(() => fileSystem.isOpenForWrite(path), {
            code: 'NOT_FOUND',
            operation: 'isOpenForWrite',
            path,
          })
        }
        await assertRejects(() => fileSystem.isOpenForWrite('directory'), {
          code: ['IS_DIRECTORY', 'NOT_FOUND'],
          operation: 'isOpenForWrite',
        })
      },
    },
    {
      name: 'is true while an upload is open, under whatever name the file has, and false after its end',
      needs: ['tellsOpen'],
      async run({ fileSystem, another }) {
        const content = sampleBytes(300 * KIBIBYTE)
        const observer = await another()
        const upload = await fileSystem.createUpload('a')
        try {
          await writeChunks(upload, chunked(content, 50 * KIBIBYTE))
          await until(
            'the file is open',
            async () => (await observer.stat('a')) !== undefined && observer.isOpenForWrite('a'),
          )
          const status = await observer.stat('a')
          assert.ok(
            status !== undefined && status.length <= content.byteLength,
            'a length of an open file is at most the true one',
          )
          assertPrefix(await observer.read('a'), content, 'what is readable meanwhile')
          await observer.rename('a', 'b', { mode: 'move' })
          assert.equal(await observer.isOpenForWrite('b'), true)
          // Renamed away under the upload: its end may be unable to check the length.
          await upload.end().catch(() => undefined)
        } finally {
          await upload.abort()
        }
        await until('the file is closed', async () => !(await observer.isOpenForWrite('b')))
        await assertFile(observer, 'b', content)
      },
    },
    {
      name: 'is UNSUPPORTED before any request',
      without: 'tellsOpen',
      async run({ fileSystem }) {
        await assertRejects(() => fileSystem.isOpenForWrite('missing'), {
          code: 'UNSUPPORTED',
          operation: 'isOpenForWrite',
          path: 'missing',
          retry: 'never',
        })
      },
    },
  ],
}
