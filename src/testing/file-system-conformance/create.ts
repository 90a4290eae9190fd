// Conformance of `create`: content in one go.
import assert from 'node:assert/strict'
import type { ConformanceGroup } from './conformance-case.js'
import { assertAbsent, assertFile, assertRejects } from './expectations.js'
import { chunked, sampleBytes, textBytes } from './sample-bytes.js'

const MEBIBYTE = 2 ** 20

export const createCases: ConformanceGroup = {
  name: 'create',
  cases: [
    {
      name: 'makes a file with the content and resolves with its length; another handle sees all of it',
      async run({ fileSystem, another }) {
        const content = sampleBytes(10_000)
        assert.equal(await fileSystem.create('a.txt', content), 10_000)
        await assertFile(await another(), 'a.txt', content)
      },
    },
    {
      name: 'takes the content in many pieces, empty ones among them',
      async run({ fileSystem }) {
        const content = sampleBytes(7_777)
        const pieces = [new Uint8Array(0), ...chunked(content, 10), new Uint8Array(0)]
        assert.equal(await fileSystem.create('pieces', pieces), 7_777)
        await assertFile(fileSystem, 'pieces', content)
      },
    },
    {
      name: 'takes empty content, as no bytes and as no pieces',
      async run({ fileSystem }) {
        assert.equal(await fileSystem.create('empty', new Uint8Array(0)), 0)
        assert.equal(await fileSystem.create('no-pieces', []), 0)
        await assertFile(fileSystem, 'empty', new Uint8Array(0))
        await assertFile(fileSystem, 'no-pieces', new Uint8Array(0))
      },
    },
    {
      name: 'takes views into larger buffers as what they show',
      async run({ fileSystem }) {
        const buffer = sampleBytes(1_000)
        const view = buffer.subarray(100, 200)
        await fileSystem.create('view', [view, Buffer.from(buffer.buffer, 300, 50)])
        await assertFile(fileSystem, 'view', Buffer.concat([view, buffer.subarray(300, 350)]))
      },
    },
    {
      name: 'keeps a few mebibytes as they are',
      async run({ fileSystem }) {
        const content = sampleBytes(3 * MEBIBYTE + 17)
        assert.equal(await fileSystem.create('big', content), content.byteLength)
        await assertFile(fileSystem, 'big', content)
      },
    },
    {
      name: 'refuses a name that exists, a file or a directory, and changes nothing',
      async run({ fileSystem }) {
        const content = textBytes('first')
        await Promise.all([fileSystem.create('file', content), fileSystem.mkdirs('directory')])
        for (const path of ['file', 'directory']) {
          await assertRejects(() => fileSystem.create(path, textBytes('second')), {
            code: 'ALREADY_EXISTS',
            operation: 'create',
            path,
            retry: 'never',
          })
        }
        await assertFile(fileSystem, 'file', content)
        assert.equal((await fileSystem.stat('directory'))?.type, 'directory')
      },
    },
    {
      name: 'refuses a missing parent unless it may make it',
      async run({ fileSystem }) {
        const content = textBytes('x')
        await assertRejects(() => fileSystem.create('no/such/file', content), {
          code: 'PARENT_NOT_FOUND',
          operation: 'create',
          path: ['no/such/file', 'no/such', 'no'],
        })
        await assertRejects(() => fileSystem.create('no/file', content, { parents: 'require' }), {
          code: 'PARENT_NOT_FOUND',
          operation: 'create',
        })
        await assertAbsent(fileSystem, 'no')
        assert.equal(await fileSystem.create('no/such/file', content, { parents: 'create' }), 1)
        assert.equal(await fileSystem.create('no/such/other', content, { parents: 'create' }), 1)
        await assertFile(fileSystem, 'no/such/file', content)
      },
    },
    {
      name: 'refuses a parent, or a parent of it, that is a file',
      async run({ fileSystem }) {
        const content = textBytes('x')
        await fileSystem.create('file', content)
        for (const [path, parents] of [
          ['file/a', 'require'],
          ['file/a', 'create'],
          ['file/a/b', 'create'],
        ] as const) {
          await assertRejects(() => fileSystem.create(path, content, { parents }), {
            code: 'NOT_A_DIRECTORY',
            operation: 'create',
          })
        }
        await assertFile(fileSystem, 'file', content)
      },
    },
    {
      name: 'lets one of two win that create one name at once, and keeps the whole content of the winner',
      async run({ fileSystem, another }) {
        const handles = [fileSystem, await another()]
        const contents = [sampleBytes(50_000, 1), sampleBytes(60_000, 2)]
        const results = await Promise.allSettled(handles.map((handle, index) => handle.create('one', contents[index]!)))
        const winners = results.flatMap((result, index) => (result.status === 'fulfilled' ? [index] : []))
        assert.equal(winners.length, 1, 'exactly one creator wins')
        const loser = results[1 - winners[0]!]!
        await assertRejects(() => (loser.status === 'rejected' ? Promise.reject(loser.reason) : undefined), {
          code: ['ALREADY_EXISTS', 'LEASE_HELD'],
          operation: 'create',
        })
        await assertFile(fileSystem, 'one', contents[winners[0]!]!)
      },
    },
    {
      name: 'takes a permission',
      needs: ['permission'],
      async run({ fileSystem }) {
        await fileSystem.create('private', textBytes('x'), { permission: '600' })
        await assertFile(fileSystem, 'private', textBytes('x'))
        await assertRejects(() => fileSystem.create('bad', textBytes('x'), { permission: '9rw' }), {
          code: 'INVALID_ARGUMENT',
          operation: 'create',
        })
        await assertAbsent(fileSystem, 'bad')
      },
    },
    {
      name: 'takes a number of replicas',
      needs: ['replication'],
      async run({ fileSystem }) {
        await fileSystem.create('single', textBytes('x'), { replication: 1 })
        await assertFile(fileSystem, 'single', textBytes('x'))
        for (const replication of [0, -1, 1.5, 32_768]) {
          await assertRejects(() => fileSystem.create('bad', textBytes('x'), { replication }), {
            code: 'INVALID_ARGUMENT',
            operation: 'create',
          })
        }
        await assertAbsent(fileSystem, 'bad')
      },
    },
    {
      name: 'takes a block size, and a file of several blocks reads back whole',
      needs: ['blockSize'],
      async run({ fileSystem }) {
        const content = sampleBytes(2 * MEBIBYTE + 5)
        await fileSystem.create('blocks', content, { blockSizeBytes: MEBIBYTE })
        await assertFile(fileSystem, 'blocks', content)
        for (const blockSizeBytes of [0, -1, 1.5]) {
          await assertRejects(() => fileSystem.create('bad', textBytes('x'), { blockSizeBytes }), {
            code: 'INVALID_ARGUMENT',
            operation: 'create',
          })
        }
      },
    },
  ],
}
