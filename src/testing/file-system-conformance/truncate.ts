// Conformance of `truncate`. A cut inside a block takes seconds on HDFS: such cases are few.
import assert from 'node:assert/strict'
import { isFileSystemError } from '../../file-system/file-system-error.js'
import type { ConformanceGroup } from './conformance-case.js'
import { assertFile, assertRejects, until, writeChunks } from './expectations.js'
import { chunked, sampleBytes, textBytes } from './sample-bytes.js'

const KIBIBYTE = 2 ** 10
const waitMs = 60_000

export const truncateCases: ConformanceGroup = {
  name: 'truncate',
  cases: [
    {
      name: 'cuts in the middle, and what is appended afterwards follows the cut',
      needs: ['truncate'],
      async run({ fileSystem, another }) {
        const content = sampleBytes(100_000)
        await fileSystem.create('a', content)
        await fileSystem.truncate('a', { length: 60_001, waitMs })
        await assertFile(await another(), 'a', content.subarray(0, 60_001))
        if (!fileSystem.capabilities.append) return
        assert.equal(await fileSystem.append('a', textBytes('tail'), { base: 60_001 }), 60_005)
        await assertFile(fileSystem, 'a', Buffer.concat([content.subarray(0, 60_001), textBytes('tail')]))
      },
    },
    {
      name: 'cuts to nothing, and leaves a file of that length as it is',
      needs: ['truncate'],
      async run({ fileSystem }) {
        const content = textBytes('0123456789')
        await Promise.all([fileSystem.create('a', content), fileSystem.create('empty', new Uint8Array(0))])
        await fileSystem.truncate('a', { length: 10, waitMs })
        await assertFile(fileSystem, 'a', content)
        await fileSystem.truncate('a', { length: 0, waitMs })
        await assertFile(fileSystem, 'a', new Uint8Array(0))
        await fileSystem.truncate('empty', { length: 0, waitMs })
        await assertFile(fileSystem, 'empty', new Uint8Array(0))
      },
    },
    {
      name: 'gives up waiting when it is told to: it goes on, of unknown outcome, and is done some time later',
      needs: ['truncate'],
      async run({ fileSystem }) {
        const content = sampleBytes(5_000)
        await fileSystem.create('a', content)
        await fileSystem.truncate('a', { length: 1_234, waitMs: 0 }).catch((error: unknown) => {
          assert.ok(isFileSystemError(error, 'TIMEOUT'), `expected TIMEOUT, got ${String(error)}`)
          assert.equal(error.outcome, 'unknown')
          assert.equal(error.operation, 'truncate')
        })
        await until('the truncation is done', async () => (await fileSystem.stat('a'))?.length === 1_234)
        await assertFile(fileSystem, 'a', content.subarray(0, 1_234))
      },
    },
    {
      name: 'never makes a file longer',
      needs: ['truncate'],
      async run({ fileSystem }) {
        await fileSystem.create('a', textBytes('abc'))
        await assertRejects(() => fileSystem.truncate('a', { length: 4, waitMs }), {
          code: 'WRONG_LENGTH',
          operation: 'truncate',
          path: 'a',
        })
        await assertFile(fileSystem, 'a', textBytes('abc'))
      },
    },
    {
      name: 'refuses what is not there, a directory, and a length that is none',
      needs: ['truncate'],
      async run({ fileSystem }) {
        await Promise.all([fileSystem.mkdirs('directory'), fileSystem.create('a', textBytes('abc'))])
        const refuse = async (
          path: string,
          length: number,
          code: 'NOT_FOUND' | 'IS_DIRECTORY' | 'INVALID_ARGUMENT',
        ) => {
          await assertRejects(() => fileSystem.truncate(path, { length, waitMs }), {
            code,
            operation: 'truncate',
            path,
          })
        }
        await refuse('missing', 0, 'NOT_FOUND')
        await refuse('no/parent', 0, 'NOT_FOUND')
        await refuse('directory', 0, 'IS_DIRECTORY')
        for (const length of [-1, 0.5, Number.NaN]) await refuse('a', length, 'INVALID_ARGUMENT')
        await assertFile(fileSystem, 'a', textBytes('abc'))
      },
    },
    {
      name: 'is refused as LEASE_HELD while somebody has the file open',
      needs: ['truncate', 'append', 'tellsOpen'],
      async run({ fileSystem, another }) {
        await fileSystem.create('a', textBytes('abc'))
        const upload = await fileSystem.appendUpload('a', { base: 3 })
        const rival = await another()
        try {
          await writeChunks(upload, chunked(sampleBytes(200 * KIBIBYTE), 50 * KIBIBYTE))
          await until('the file is open', () => rival.isOpenForWrite('a'))
          await assertRejects(() => rival.truncate('a', { length: 1, waitMs: 0 }), {
            code: 'LEASE_HELD',
            operation: 'truncate',
            retry: 'later',
          })
          assert.equal(await upload.end(), 3 + 200 * KIBIBYTE)
        } finally {
          await upload.abort()
        }
      },
    },
    {
      name: 'is UNSUPPORTED before any request',
      without: 'truncate',
      async run({ fileSystem }) {
        await assertRejects(() => fileSystem.truncate('missing', { length: 0, waitMs }), {
          code: 'UNSUPPORTED',
          operation: 'truncate',
          path: 'missing',
          retry: 'never',
        })
      },
    },
  ],
}
