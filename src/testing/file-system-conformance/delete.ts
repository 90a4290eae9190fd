// Conformance of `delete`.
import assert from 'node:assert/strict'
import type { ConformanceGroup } from './conformance-case.js'
import { assertAbsent, assertFile, assertRejects } from './expectations.js'
import { textBytes } from './sample-bytes.js'

export const deleteCases: ConformanceGroup = {
  name: 'delete',
  cases: [
    {
      name: 'removes a file and says so; repeated, says that it was absent',
      async run({ fileSystem, another }) {
        await fileSystem.create('a', textBytes('x'))
        assert.equal(await fileSystem.delete('a'), 'deleted')
        await assertAbsent(await another(), 'a')
        assert.equal(await fileSystem.delete('a'), 'absent')
        assert.equal(await fileSystem.delete('a', { recursive: 'all' }), 'absent')
      },
    },
    {
      name: 'finds nothing where a parent is missing or a file',
      async run({ fileSystem }) {
        await fileSystem.create('file', textBytes('x'))
        assert.equal(await fileSystem.delete('no/such'), 'absent')
        assert.equal(await fileSystem.delete('file/below'), 'absent')
        await assertFile(fileSystem, 'file', textBytes('x'))
      },
    },
    {
      name: 'removes an empty directory, and no other unless told to',
      async run({ fileSystem }) {
        await Promise.all([
          fileSystem.mkdirs('empty'),
          fileSystem.create('d/file', textBytes('x'), { parents: 'create' }),
          fileSystem.create('d/sub/deep', textBytes('y'), { parents: 'create' }),
        ])
        assert.equal(await fileSystem.delete('empty'), 'deleted')
        for (const options of [undefined, { recursive: 'none' } as const]) {
          await assertRejects(() => fileSystem.delete('d', options), {
            code: 'NOT_EMPTY',
            operation: 'delete',
            path: 'd',
            retry: 'never',
          })
        }
        await assertFile(fileSystem, 'd/sub/deep', textBytes('y'))
        assert.equal(await fileSystem.delete('d', { recursive: 'all' }), 'deleted')
        await assertAbsent(fileSystem, 'd')
        await assertAbsent(fileSystem, 'd/sub/deep')
      },
    },
    {
      name: 'frees the name',
      async run({ fileSystem }) {
        await fileSystem.create('a', textBytes('first'))
        await fileSystem.delete('a')
        await fileSystem.create('a', textBytes('second'))
        await assertFile(fileSystem, 'a', textBytes('second'))
        await fileSystem.delete('a')
        await fileSystem.mkdirs('a')
        assert.equal((await fileSystem.stat('a'))?.type, 'directory')
      },
    },
  ],
}
