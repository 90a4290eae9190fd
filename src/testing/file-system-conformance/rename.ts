// Conformance of `rename` in its three modes.
import assert from 'node:assert/strict'
import type { Capabilities, RenameMode } from '../../file-system/file-system.js'
import type { FileSystemErrorCode } from '../../file-system/file-system-error.js'
import type { ConformanceCase, ConformanceGroup } from './conformance-case.js'
import { assertAbsent, assertFile, assertRejects } from './expectations.js'
import { textBytes } from './sample-bytes.js'

const CLAIMANTS = 6

/** What a mode needs: `claim` and `replace` are refused where they would not be atomic. */
const NEEDS: Readonly<Record<RenameMode, readonly (keyof Capabilities)[]>> = {
  claim: ['atomicRenameNoReplace'],
  move: [],
  replace: ['atomicRenameReplace'],
}

function casesOfMode(mode: RenameMode): ConformanceCase[] {
  return [
    {
      name: `${mode}: gives a file another name, in its directory or in another; it stays the same file`,
      needs: NEEDS[mode],
      async run({ fileSystem, another }) {
        const content = textBytes('content')
        await Promise.all([fileSystem.create('a', content), fileSystem.mkdirs('d')])
        const before = await fileSystem.stat('a')
        await fileSystem.rename('a', 'b', { mode })
        await fileSystem.rename('b', 'd/c', { mode })
        const observer = await another()
        await assertFile(observer, 'd/c', content)
        await assertAbsent(observer, 'a')
        await assertAbsent(observer, 'b')
        assert.equal((await observer.stat('d/c'))?.fileId, before?.fileId)
      },
    },
    {
      name: `${mode}: says what is missing`,
      needs: NEEDS[mode],
      async run({ fileSystem }) {
        await Promise.all([fileSystem.create('a', textBytes('x')), fileSystem.create('file', textBytes('f'))])
        const refuse = async (
          code: FileSystemErrorCode | FileSystemErrorCode[],
          source: string,
          destination: string,
        ) => {
          await assertRejects(() => fileSystem.rename(source, destination, { mode }), { code, operation: 'rename' })
        }
        await refuse('NOT_FOUND', 'missing', 'b')
        await refuse('NOT_FOUND', 'no/such', 'b')
        await refuse('PARENT_NOT_FOUND', 'a', 'no/such')
        await refuse('NOT_A_DIRECTORY', 'a', 'file/below')
        await refuse(['NOT_FOUND', 'PARENT_NOT_FOUND'], 'missing', 'no/such')
        await assertFile(fileSystem, 'a', textBytes('x'))
        await assertFile(fileSystem, 'file', textBytes('f'))
        await assertAbsent(fileSystem, 'no')
      },
    },
    {
      name: `${mode}: repeated, finds the source absent and changes nothing`,
      needs: NEEDS[mode],
      async run({ fileSystem }) {
        await fileSystem.create('a', textBytes('x'))
        await fileSystem.rename('a', 'b', { mode })
        await assertRejects(() => fileSystem.rename('a', 'b', { mode }), {
          code: mode === 'replace' ? 'NOT_FOUND' : ['NOT_FOUND', 'ALREADY_EXISTS'],
          operation: 'rename',
        })
        await assertFile(fileSystem, 'b', textBytes('x'))
      },
    },
  ]
}

function occupiedCase(mode: 'claim' | 'move'): ConformanceCase {
  return {
    name: `${mode}: refuses a destination that exists, a file or a directory, and changes nothing`,
    needs: NEEDS[mode],
    async run({ fileSystem }) {
      await Promise.all([
        fileSystem.create('a', textBytes('source')),
        fileSystem.create('file', textBytes('kept')),
        fileSystem.create('d/inside', textBytes('kept too'), { parents: 'create' }),
        fileSystem.mkdirs('empty'),
      ])
      for (const destination of ['file', 'd', 'empty', 'a']) {
        await assertRejects(() => fileSystem.rename('a', destination, { mode }), {
          code: 'ALREADY_EXISTS',
          operation: 'rename',
          retry: 'never',
        })
      }
      await assertFile(fileSystem, 'a', textBytes('source'))
      await assertFile(fileSystem, 'file', textBytes('kept'))
      await assertFile(fileSystem, 'd/inside', textBytes('kept too'))
      await assertAbsent(fileSystem, 'd/a')
      await assertAbsent(fileSystem, 'empty/a')
    },
  }
}

export const renameCases: ConformanceGroup = {
  name: 'rename',
  cases: [
    ...casesOfMode('claim'),
    ...casesOfMode('move'),
    ...casesOfMode('replace'),
    occupiedCase('claim'),
    occupiedCase('move'),
    {
      name: 'claim: of several at once exactly one wins; the others keep their files and learn that they lost',
      needs: ['atomicRenameNoReplace'],
      async run({ fileSystem, another }) {
        const handles = [fileSystem, await another()]
        const names = Array.from({ length: CLAIMANTS }, (_, index) => `claimant-${index}`)
        await Promise.all(names.map((name) => fileSystem.create(name, textBytes(name))))
        const results = await Promise.allSettled(
          names.map((name, index) => handles[index % 2]!.rename(name, 'prize', { mode: 'claim' })),
        )
        const winners = names.filter((_, index) => results[index]!.status === 'fulfilled')
        assert.equal(winners.length, 1, `exactly one wins, not ${winners.join(', ')}`)
        await assertFile(fileSystem, 'prize', textBytes(winners[0]!))
        await assertAbsent(fileSystem, winners[0]!)
        for (const [index, result] of results.entries()) {
          if (result.status === 'fulfilled') continue
          const reason: unknown = result.reason
          await assertRejects(() => Promise.reject(reason), { code: 'ALREADY_EXISTS', operation: 'rename' })
          await assertFile(fileSystem, names[index]!, textBytes(names[index]!))
        }
      },
    },
    {
      name: 'replace: puts the file in the place of another',
      needs: ['atomicRenameReplace'],
      async run({ fileSystem, another }) {
        await Promise.all([
          fileSystem.create('new', textBytes('new content')),
          fileSystem.create('d/old', textBytes('old'), { parents: 'create' }),
        ])
        await fileSystem.rename('new', 'd/old', { mode: 'replace' })
        await assertFile(await another(), 'd/old', textBytes('new content'))
        await assertAbsent(fileSystem, 'new')
      },
    },
    {
      name: 'replace: never replaces a directory, empty or not, and never moves into it',
      needs: ['atomicRenameReplace'],
      async run({ fileSystem }) {
        await Promise.all([
          fileSystem.create('a', textBytes('source')),
          fileSystem.create('d/inside', textBytes('kept'), { parents: 'create' }),
          fileSystem.mkdirs('empty'),
        ])
        for (const destination of ['d', 'empty']) {
          await assertRejects(() => fileSystem.rename('a', destination, { mode: 'replace' }), {
            code: 'IS_DIRECTORY',
            operation: 'rename',
          })
        }
        await assertFile(fileSystem, 'a', textBytes('source'))
        await assertFile(fileSystem, 'd/inside', textBytes('kept'))
        await assertAbsent(fileSystem, 'empty/a')
      },
    },
    {
      name: 'move: takes a directory with all that is in it',
      async run({ fileSystem, another }) {
        await Promise.all([
          fileSystem.create('d/sub/file', textBytes('deep'), { parents: 'create' }),
          fileSystem.create('d/file', textBytes('flat'), { parents: 'create' }),
          fileSystem.mkdirs('target'),
        ])
        await fileSystem.rename('d', 'target/e', { mode: 'move' })
        const observer = await another()
        await assertFile(observer, 'target/e/sub/file', textBytes('deep'))
        await assertFile(observer, 'target/e/file', textBytes('flat'))
        await assertAbsent(observer, 'd')
        await assertAbsent(observer, 'd/file')
      },
    },
    {
      name: 'move: refuses to put a directory below itself, and leaves it where it is',
      async run({ fileSystem }) {
        await fileSystem.create('d/file', textBytes('x'), { parents: 'create' })
        const error = await fileSystem.rename('d', 'd/sub', { mode: 'move' }).then(
          () => assert.fail('it resolved'),
          (reason: unknown) => reason,
        )
        assert.equal((error as { outcome?: unknown }).outcome, 'not-applied', String(error))
        await assertFile(fileSystem, 'd/file', textBytes('x'))
      },
    },
    ...(['claim', 'replace'] as const).map(
      (mode): ConformanceCase => ({
        name: `${mode} is UNSUPPORTED before any request where it would not be atomic`,
        without: NEEDS[mode][0]!,
        async run({ fileSystem }) {
          await assertRejects(() => fileSystem.rename('missing', 'absent', { mode }), {
            code: 'UNSUPPORTED',
            operation: 'rename',
            retry: 'never',
          })
        },
      }),
    ),
  ],
}
