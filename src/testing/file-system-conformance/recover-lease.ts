// Conformance of `recoverLease`.
import assert from 'node:assert/strict'
import type { ConformanceGroup } from './conformance-case.js'
import { assertFile, assertPrefix, assertRejects, until, writeChunks } from './expectations.js'
import { chunked, sampleBytes, textBytes } from './sample-bytes.js'

const KIBIBYTE = 2 ** 10

export const recoverLeaseCases: ConformanceGroup = {
  name: 'recoverLease',
  cases: [
    {
      name: 'leaves a closed file alone, and is NOT_FOUND for what is not there',
      needs: ['recoverLease'],
      async run({ fileSystem, another }) {
        await fileSystem.create('a', textBytes('x'))
        assert.equal(await (await another()).recoverLease('a'), 'closed')
        await assertFile(fileSystem, 'a', textBytes('x'))
        const attempt = { operation: 'recoverLease', path: 'missing' } as const
        await assertRejects(() => fileSystem.recoverLease('missing'), { code: 'NOT_FOUND', ...attempt })
      },
    },
    {
      name: 'takes a file from an upload, which ends in an error; what was made durable stays',
      needs: ['recoverLease', 'tellsOpen', 'durableWithoutClose'],
      async run({ fileSystem, another }) {
        const content = sampleBytes(300 * KIBIBYTE)
        const observer = await another()
        const upload = await fileSystem.createUpload('a')
        try {
          await writeChunks(upload, chunked(content, 50 * KIBIBYTE))
          await upload.makeDurable()
          await observer.rename('a', 'b', { mode: 'move' })
          await observer.recoverLease('b')
          await until('the file is closed', async () => !(await observer.isOpenForWrite('b')))
          await assert.rejects(async () => {
            await upload.write(sampleBytes(100 * KIBIBYTE))
            await upload.end()
          })
        } finally {
          await upload.abort()
        }
        await assertFile(observer, 'b', content)
        assert.equal(await observer.recoverLease('b'), 'closed')
      },
    },
    {
      name: 'is the end of what an upload wrote: nothing of it comes later',
      needs: ['recoverLease', 'tellsOpen'],
      async run({ fileSystem, another }) {
        const content = sampleBytes(300 * KIBIBYTE)
        const observer = await another()
        const upload = await fileSystem.createUpload('a')
        try {
          await writeChunks(upload, chunked(content, 50 * KIBIBYTE))
          await until('the file is there', async () => (await observer.stat('a')) !== undefined)
          await observer.recoverLease('a')
          await until('the file is closed', async () => !(await observer.isOpenForWrite('a')))
          const found = await observer.read('a')
          assertPrefix(found, content, 'what the replicas had')
          await upload.end().catch(() => undefined)
          await assertFile(observer, 'a', found)
        } finally {
          await upload.abort()
        }
      },
    },
    {
      name: 'is UNSUPPORTED before any request',
      without: 'recoverLease',
      async run({ fileSystem }) {
        const attempt = { operation: 'recoverLease', path: 'missing', retry: 'never' } as const
        await assertRejects(() => fileSystem.recoverLease('missing'), { code: 'UNSUPPORTED', ...attempt })
      },
    },
  ],
}
