// Conformance of `list`.
import assert from 'node:assert/strict'
import type { FileSystem } from '../../file-system/file-system.js'
import type { ConformanceGroup } from './conformance-case.js'
import { assertIterationRejects, namesIn } from './expectations.js'
import { textBytes } from './sample-bytes.js'

/** More than a page of HDFS (`dfs.ls.limit`, 1,000). */
const ENTRIES = 1_050
const MKDIRS_AT_ONCE = 25

/** In ascending order by code point, which is neither the order of UTF-16 units (`～` and `😀`) nor that of a language. */
const ORDERED = [' ', '#', '%2F', '+', '-a', 'C', 'D', '_', 'a', 'a b', 'a-b', 'aa', 'b', 'é', '日本', '～', '😀']

async function mkdirsAll(fileSystem: FileSystem, paths: readonly string[]): Promise<void> {
  for (let from = 0; from < paths.length; from += MKDIRS_AT_ONCE) {
    await Promise.all(paths.slice(from, from + MKDIRS_AT_ONCE).map((path) => fileSystem.mkdirs(path)))
  }
}

export const listCases: ConformanceGroup = {
  name: 'list',
  cases: [
    {
      name: 'tells files and directories, with paths from the location on',
      async run({ fileSystem, another }) {
        await Promise.all([
          fileSystem.create('d/file', textBytes('12345'), { parents: 'create' }),
          fileSystem.create('d/sub/deep', textBytes('not listed'), { parents: 'create' }),
        ])
        const found: unknown[] = []
        for await (const { path, type, length } of (await another()).list('d')) found.push({ path, type, length })
        assert.deepEqual(found, [
          { path: 'd/file', type: 'file', length: 5 },
          { path: 'd/sub', type: 'directory', length: 0 },
        ])
      },
    },
    {
      name: 'lists the location itself, and an empty directory as nothing',
      async run({ fileSystem }) {
        assert.deepEqual(await namesIn(fileSystem, ''), [])
        await mkdirsAll(fileSystem, ['b', 'a/sub'])
        assert.deepEqual(await namesIn(fileSystem, ''), ['a', 'b'])
        assert.deepEqual(await namesIn(fileSystem, 'b'), [])
      },
    },
    {
      name: 'goes in order of code points, and starts after a name, be it there or not',
      async run({ fileSystem }) {
        await mkdirsAll(
          fileSystem,
          [...ORDERED].reverse().map((name) => `d/${name}`),
        )
        assert.deepEqual(await namesIn(fileSystem, 'd'), ORDERED)
        for (const startAfter of ORDERED) {
          const expected = ORDERED.slice(ORDERED.indexOf(startAfter) + 1)
          assert.deepEqual(await namesIn(fileSystem, 'd', { startAfter }), expected, `after ${startAfter}`)
        }
        assert.equal((await namesIn(fileSystem, 'd', { startAfter: 'a ' }))[0], 'a b')
        assert.equal((await namesIn(fileSystem, 'd', { startAfter: 'azz' }))[0], 'b')
        assert.deepEqual(await namesIn(fileSystem, 'd', { startAfter: '\u{10ffff}' }), [])
        assert.deepEqual(await namesIn(fileSystem, 'd', { startAfter: '!' }), ORDERED.slice(1))
      },
    },
    {
      name: `gives every one of ${ENTRIES} entries once, from any name on`,
      async run({ fileSystem }) {
        const names = Array.from({ length: ENTRIES }, (_, index) => String(index).padStart(12, '0'))
        await mkdirsAll(
          fileSystem,
          names.map((name) => `many/${name}`),
        )
        assert.deepEqual(await namesIn(fileSystem, 'many'), names)
        assert.deepEqual(await namesIn(fileSystem, 'many', { startAfter: names[20]! }), names.slice(21))
        assert.deepEqual(await namesIn(fileSystem, 'many', { startAfter: names.at(-2)! }), names.slice(-1))
        assert.deepEqual(await namesIn(fileSystem, 'many', { startAfter: names.at(-1)! }), [])
        let seen = 0
        for await (const entry of fileSystem.list('many')) {
          assert.equal(entry.path, `many/${names[seen]}`)
          seen += 1
          if (seen === 3) break
        }
        assert.equal(await fileSystem.delete('many', { recursive: 'all' }), 'deleted')
      },
    },
    {
      name: 'refuses a missing directory and a file',
      async run({ fileSystem }) {
        await fileSystem.create('file', textBytes('x'))
        for (const [path, code] of [
          ['missing', 'NOT_FOUND'],
          ['no/such', 'NOT_FOUND'],
          ['file', 'NOT_A_DIRECTORY'],
        ] as const) {
          await assertIterationRejects(() => fileSystem.list(path), { code, operation: 'list', path })
          await assertIterationRejects(() => fileSystem.list(path, { startAfter: 'a' }), {
            code,
            operation: 'list',
            path,
          })
        }
      },
    },
  ],
}
