// Conformance of `mkdirs`, `touch` and `stat`.
import assert from 'node:assert/strict'
import type { ConformanceGroup } from './conformance-case.js'
import { assertAbsent, assertFile, assertRejects, namesIn, until } from './expectations.js'
import { textBytes } from './sample-bytes.js'

export const mkdirsCases: ConformanceGroup = {
  name: 'mkdirs',
  cases: [
    {
      name: 'makes a directory and those above it, and does so again without complaint',
      async run({ fileSystem, another }) {
        await fileSystem.mkdirs('a/b/c')
        await fileSystem.mkdirs('a/b/c')
        await (await another()).mkdirs('a/b')
        for (const path of ['a', 'a/b', 'a/b/c']) assert.equal((await fileSystem.stat(path))?.type, 'directory')
      },
    },
    {
      name: 'takes many at once that share parents',
      async run({ fileSystem }) {
        await Promise.all(Array.from({ length: 20 }, (_, index) => fileSystem.mkdirs(`shared/parent/${index % 10}`)))
        assert.equal((await fileSystem.stat('shared/parent/9'))?.type, 'directory')
      },
    },
    {
      name: 'takes the location itself',
      async run({ fileSystem }) {
        await fileSystem.mkdirs('')
        assert.equal((await fileSystem.stat(''))?.type, 'directory')
      },
    },
    {
      name: 'refuses a path that is a file, or leads through one',
      async run({ fileSystem }) {
        await fileSystem.create('file', textBytes('x'))
        for (const path of ['file', 'file/a', 'file/a/b']) {
          await assertRejects(() => fileSystem.mkdirs(path), { code: 'NOT_A_DIRECTORY', operation: 'mkdirs' })
        }
        await assertFile(fileSystem, 'file', textBytes('x'))
      },
    },
  ],
}

export const touchCases: ConformanceGroup = {
  name: 'touch',
  cases: [
    {
      name: 'says of a file and of a directory that it is there, and leaves it as it is',
      async run({ fileSystem, another }) {
        await fileSystem.create('d/file', textBytes('12345'), { parents: 'create' })
        for (const path of ['d/file', 'd', '']) assert.equal(await (await another()).touch(path), 'present')
        await assertFile(fileSystem, 'd/file', textBytes('12345'))
        assert.deepEqual(await namesIn(fileSystem, 'd'), ['file'])
      },
    },
    {
      name: 'says so of a file that is open for writing, whose upload goes on',
      async run({ fileSystem, another }) {
        const upload = await fileSystem.createUpload('open')
        await upload.write(textBytes('abc'))
        const observer = await another()
        await until('the file is seen', async () => (await observer.stat('open')) !== undefined)
        assert.equal(await observer.touch('open'), 'present')
        await upload.write(textBytes('def'))
        assert.equal(await upload.end(), 6)
        await assertFile(fileSystem, 'open', textBytes('abcdef'))
      },
    },
    {
      name: 'says of what is not there that it is absent, and makes nothing',
      async run({ fileSystem }) {
        await fileSystem.create('file', textBytes('x'))
        for (const path of ['missing', 'no/such/path', 'file/below']) {
          assert.equal(await fileSystem.touch(path), 'absent')
          await assertAbsent(fileSystem, path)
        }
        await fileSystem.delete('file')
        assert.equal(await fileSystem.touch('file'), 'absent')
      },
    },
  ],
}

export const statCases: ConformanceGroup = {
  name: 'stat',
  cases: [
    {
      name: 'tells a file: path, type, length, a time of modification',
      async run({ fileSystem }) {
        await fileSystem.create('d/file', textBytes('12345'), { parents: 'create' })
        const status = await fileSystem.stat('d/file')
        assert.ok(status)
        assert.equal(status.path, 'd/file')
        assert.equal(status.type, 'file')
        assert.equal(status.length, 5)
        assert.ok(Number.isFinite(status.modifiedMs) && status.modifiedMs > 0, `modifiedMs ${status.modifiedMs}`)
      },
    },
    {
      name: 'tells a directory, the location itself among them, with length 0',
      async run({ fileSystem }) {
        await fileSystem.mkdirs('a/b')
        for (const path of ['', 'a', 'a/b']) {
          const status = await fileSystem.stat(path)
          assert.ok(status)
          assert.equal(status.path, path)
          assert.equal(status.type, 'directory')
          assert.equal(status.length, 0)
        }
      },
    },
    {
      name: 'answers undefined where nothing stands',
      async run({ fileSystem }) {
        await fileSystem.create('file', textBytes('x'))
        await assertAbsent(fileSystem, 'missing')
        await assertAbsent(fileSystem, 'no/such/path')
        await assertAbsent(fileSystem, 'file/below')
      },
    },
    {
      name: 'tells two files apart by their ids, where there are ids',
      async run({ fileSystem }) {
        await Promise.all([fileSystem.create('a', textBytes('x')), fileSystem.create('b', textBytes('x'))])
        const [a, b] = await Promise.all([fileSystem.stat('a'), fileSystem.stat('b')])
        assert.ok(a !== undefined && b !== undefined)
        assert.equal(typeof a.fileId, typeof b.fileId)
        if (a.fileId !== undefined) assert.notEqual(a.fileId, b.fileId)
      },
    },
  ],
}
