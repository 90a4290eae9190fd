// Conformance of `close` and of options that are refused rather than ignored.
import assert from 'node:assert/strict'
import type { CreateOptions } from '../../file-system/file-system.js'
import { FileSystemError } from '../../file-system/file-system-error.js'
import type { ConformanceCase, ConformanceGroup } from './conformance-case.js'
import { assertIterationRejects, assertRejects } from './expectations.js'
import { sampleBytes, textBytes } from './sample-bytes.js'

const CREATE_OPTIONS = [
  ['permission', { permission: '640' }],
  ['replication', { replication: 1 }],
  ['blockSize', { blockSizeBytes: 2 ** 20 }],
] as const satisfies readonly (readonly [string, CreateOptions])[]

export const closingCases: ConformanceGroup = {
  name: 'close',
  cases: [
    {
      name: 'ends the file system: every later call is refused as CLOSED, and closing again is fine',
      async run({ fileSystem }) {
        const { capabilities } = fileSystem
        await fileSystem.create('a', textBytes('abc'))
        await fileSystem.close()
        await fileSystem.close()
        await fileSystem[Symbol.asyncDispose]()
        const closed = (
          operation:
            | 'create'
            | 'rename'
            | 'delete'
            | 'mkdirs'
            | 'touch'
            | 'stat'
            | 'read'
            | 'list'
            | 'append'
            | 'truncate'
            | 'concat'
            | 'isOpenForWrite'
            | 'recoverLease',
        ) => ({ code: 'CLOSED', operation, retry: 'never' }) as const
        await assertRejects(() => fileSystem.create('b', textBytes('x')), closed('create'))
        await assertRejects(() => fileSystem.createUpload('b'), closed('create'))
        await assertRejects(() => fileSystem.rename('a', 'b', { mode: 'move' }), closed('rename'))
        await assertRejects(() => fileSystem.delete('a'), closed('delete'))
        await assertRejects(() => fileSystem.mkdirs('d'), closed('mkdirs'))
        await assertRejects(() => fileSystem.touch('a'), closed('touch'))
        await assertRejects(() => fileSystem.stat('a'), closed('stat'))
        await assertRejects(() => fileSystem.read('a'), closed('read'))
        await assertIterationRejects(() => fileSystem.readStream('a'), closed('read'))
        await assertIterationRejects(() => fileSystem.list(''), closed('list'))
        if (capabilities.append) {
          await assertRejects(() => fileSystem.append('a', textBytes('x'), { base: 3 }), closed('append'))
          await assertRejects(() => fileSystem.appendUpload('a', { base: 3 }), closed('append'))
        }
        if (capabilities.truncate) {
          await assertRejects(() => fileSystem.truncate('a', { length: 0, waitMs: 0 }), closed('truncate'))
        }
        if (capabilities.concat) await assertRejects(() => fileSystem.concat('a', ['b']), closed('concat'))
        if (capabilities.tellsOpen) await assertRejects(() => fileSystem.isOpenForWrite('a'), closed('isOpenForWrite'))
        if (capabilities.recoverLease) await assertRejects(() => fileSystem.recoverLease('a'), closed('recoverLease'))
      },
    },
    {
      name: 'ends uploads that are open',
      async run({ fileSystem }) {
        const upload = await fileSystem.createUpload('a')
        await upload.write(sampleBytes(1_000))
        await fileSystem.close()
        await assert.rejects(
          async () => {
            await upload.write(sampleBytes(1_000))
            await upload.end()
          },
          (error) => error instanceof FileSystemError,
        )
        await upload.abort()
      },
    },
    {
      name: 'leaves other handles on the location alone',
      async run({ fileSystem, another }) {
        const other = await another()
        if (other === fileSystem) return
        await fileSystem.create('a', textBytes('abc'))
        await fileSystem.close()
        assert.equal((await other.stat('a'))?.length, 3)
      },
    },
  ],
}

export const createOptionCases: ConformanceGroup = {
  name: 'create options',
  cases: CREATE_OPTIONS.map(
    ([capability, options]): ConformanceCase => ({
      name: `${capability} is refused as UNSUPPORTED, before any request, where it would have no meaning`,
      without: capability,
      async run({ fileSystem }) {
        const expected = { code: 'UNSUPPORTED', operation: 'create', retry: 'never' } as const
        await assertRejects(() => fileSystem.create('no/parent', textBytes('x'), options), expected)
        await assertRejects(() => fileSystem.createUpload('no/parent', options), expected)
      },
    }),
  ),
}
