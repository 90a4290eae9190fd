// Conformance of paths: names that others escape wrongly, and paths that are refused before any request.
import assert from 'node:assert/strict'
import type { Capabilities, FileSystem } from '../../file-system/file-system.js'
import { isFileSystemError } from '../../file-system/file-system-error.js'
import type { ConformanceGroup } from './conformance-case.js'
import { assertAbsent, assertFile, assertIterationRejects, assertRejects, namesIn } from './expectations.js'
import { textBytes } from './sample-bytes.js'

const AWKWARD_NAMES = [
  '日本',
  'with space',
  ' leading and trailing ',
  '%',
  '%2F',
  '%2e%2e',
  '100%25',
  '+',
  '#',
  '?',
  '?op=DELETE',
  ';',
  ';a=b',
  '=',
  'country=日本',
  '&',
  'a&b',
  '"',
  "'",
  '`',
  'back\\slash',
  '..\\up',
  '*',
  '[a]{b}',
  '<a>',
  '|',
  '~',
  '^',
  '$HOME',
  '@',
  '!',
  ',',
  '...',
  '..a',
  '.hidden',
  '-',
  '😀👩‍👩‍👧',
  'e\u0301',
  'x'.repeat(255),
  'é'.repeat(127),
]

const INVALID_PATHS = [
  '/absolute',
  '..',
  '../out',
  'a/..',
  'a/../b',
  '.',
  'a/./b',
  'a//b',
  'a/',
  '/',
  'nul\0',
  'a/\0/b',
  'x'.repeat(256),
  `a/${'é'.repeat(128)}`,
  'half \ud83d',
  '\ude00 other half',
  Array.from({ length: 2_050 }, () => 'a').join('/'),
]

/** Every verb with a path, by the name it has in errors. The location itself, `''`, is fine for some and refused by others. */
const VERBS: readonly {
  readonly operation:
    | 'create'
    | 'append'
    | 'truncate'
    | 'concat'
    | 'rename'
    | 'delete'
    | 'mkdirs'
    | 'touch'
    | 'stat'
    | 'read'
    | 'isOpenForWrite'
    | 'recoverLease'
  readonly needs?: keyof Capabilities
  readonly root?: 'fine'
  readonly call: (fileSystem: FileSystem, path: string) => Promise<unknown>
}[] = [
  { operation: 'create', call: (fileSystem, path) => fileSystem.create(path, textBytes('x'), { parents: 'create' }) },
  { operation: 'create', call: (fileSystem, path) => fileSystem.createUpload(path) },
  {
    operation: 'append',
    needs: 'append',
    call: (fileSystem, path) => fileSystem.append(path, textBytes('x'), { base: 0 }),
  },
  { operation: 'append', needs: 'append', call: (fileSystem, path) => fileSystem.appendUpload(path, { base: 0 }) },
  {
    operation: 'truncate',
    needs: 'truncate',
    call: (fileSystem, path) => fileSystem.truncate(path, { length: 0, waitMs: 0 }),
  },
  { operation: 'concat', needs: 'concat', call: (fileSystem, path) => fileSystem.concat(path, ['file']) },
  { operation: 'concat', needs: 'concat', call: (fileSystem, path) => fileSystem.concat('file', [path]) },
  { operation: 'rename', call: (fileSystem, path) => fileSystem.rename(path, 'other', { mode: 'move' }) },
  { operation: 'rename', call: (fileSystem, path) => fileSystem.rename('file', path, { mode: 'move' }) },
  { operation: 'delete', call: (fileSystem, path) => fileSystem.delete(path, { recursive: 'all' }) },
  { operation: 'mkdirs', root: 'fine', call: (fileSystem, path) => fileSystem.mkdirs(path) },
  { operation: 'touch', root: 'fine', call: (fileSystem, path) => fileSystem.touch(path) },
  { operation: 'stat', root: 'fine', call: (fileSystem, path) => fileSystem.stat(path) },
  { operation: 'read', call: (fileSystem, path) => fileSystem.read(path) },
  { operation: 'isOpenForWrite', needs: 'tellsOpen', call: (fileSystem, path) => fileSystem.isOpenForWrite(path) },
  { operation: 'recoverLease', needs: 'recoverLease', call: (fileSystem, path) => fileSystem.recoverLease(path) },
]

export const pathCases: ConformanceGroup = {
  name: 'paths',
  cases: [
    {
      name: 'keeps awkward names as they are: as directories, in renames, in listings',
      async run({ fileSystem, another }) {
        for (const name of AWKWARD_NAMES) await fileSystem.mkdirs(`from/${name}/${name}`)
        await fileSystem.mkdirs('to')
        const observer = await another()
        const inOrder = [...AWKWARD_NAMES].sort((a, b) => Buffer.compare(textBytes(a), textBytes(b)))
        assert.deepEqual(await namesIn(observer, 'from'), inOrder)
        for (const name of AWKWARD_NAMES) {
          assert.deepEqual(await namesIn(observer, `from/${name}`), [name])
          await fileSystem.rename(`from/${name}/${name}`, `to/${name}`, { mode: 'move' })
          const status = await observer.stat(`to/${name}`)
          assert.equal(status?.path, `to/${name}`)
          assert.equal(status.type, 'directory')
          assert.equal(await fileSystem.delete(`from/${name}`), 'deleted')
        }
        assert.deepEqual(await namesIn(observer, 'from'), [])
        assert.deepEqual(await namesIn(observer, 'to'), inOrder)
      },
    },
    {
      name: 'keeps awkward names as they are: as files',
      async run({ fileSystem, another }) {
        const names = ['日本 %2F+#?;=&\'"\\😀', ...AWKWARD_NAMES.slice(0, 12), 'x'.repeat(255)]
        await Promise.all(names.map((name) => fileSystem.create(`d/${name}`, textBytes(name), { parents: 'create' })))
        const observer = await another()
        for (const name of names) await assertFile(observer, `d/${name}`, textBytes(name))
        if (!fileSystem.capabilities.append) return
        const path = `d/${names[0]}`
        const { byteLength: base } = textBytes(names[0]!)
        await fileSystem.append(path, textBytes('!'), { base })
        await assertFile(observer, path, textBytes(`${names[0]}!`))
      },
    },
    {
      name: 'keeps a name with a colon as it is, or refuses it as INVALID_PATH (HDFS does) and makes nothing',
      async run({ fileSystem }) {
        await fileSystem.create('d/12:30', textBytes('x'), { parents: 'create' }).then(
          () => assertFile(fileSystem, 'd/12:30', textBytes('x')),
          async (error: unknown) => {
            assert.ok(isFileSystemError(error, 'INVALID_PATH'), `expected INVALID_PATH, got ${String(error)}`)
            assert.equal(error.outcome, 'not-applied')
            await assertRejects(() => fileSystem.mkdirs('12:30'), { code: 'INVALID_PATH', operation: 'mkdirs' })
            if ((await fileSystem.stat('d')) !== undefined) assert.deepEqual(await namesIn(fileSystem, 'd'), [])
          },
        )
      },
    },
    {
      name: 'refuses paths that are absolute, lead out, or are no names',
      async run({ fileSystem }) {
        await fileSystem.create('file', textBytes('kept'))
        for (const { operation, needs, root, call } of VERBS) {
          if (needs !== undefined && !fileSystem.capabilities[needs]) continue
          for (const path of root === 'fine' ? INVALID_PATHS : ['', ...INVALID_PATHS]) {
            await assertRejects(() => call(fileSystem, path), { code: 'INVALID_PATH', operation, path, retry: 'never' })
          }
        }
        for (const path of INVALID_PATHS) {
          await assertIterationRejects(() => fileSystem.list(path), { code: 'INVALID_PATH', operation: 'list', path })
          await assertIterationRejects(() => fileSystem.readStream(path), {
            code: 'INVALID_PATH',
            operation: 'read',
            path,
          })
        }
        assert.deepEqual(await namesIn(fileSystem, ''), ['file'])
        await assertFile(fileSystem, 'file', textBytes('kept'))
        await assertAbsent(fileSystem, 'a')
      },
    },
  ],
}
