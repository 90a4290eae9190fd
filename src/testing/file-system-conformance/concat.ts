// Conformance of `concat`.
import assert from 'node:assert/strict'
import type { FileSystem } from '../../file-system/file-system.js'
import type { FileSystemErrorCode } from '../../file-system/file-system-error.js'
import type { ConformanceGroup } from './conformance-case.js'
import { assertAbsent, assertFile, assertRejects, until, writeChunks } from './expectations.js'
import { chunked, sampleBytes, textBytes } from './sample-bytes.js'

const KIBIBYTE = 2 ** 10

async function createAll(fileSystem: FileSystem, files: Readonly<Record<string, string>>): Promise<void> {
  await Promise.all(
    Object.entries(files).map(([path, text]) => fileSystem.create(path, textBytes(text), { parents: 'create' })),
  )
}

export const concatCases: ConformanceGroup = {
  name: 'concat',
  cases: [
    {
      name: 'moves the sources, in the order given, to the end of the target',
      needs: ['concat'],
      async run({ fileSystem, another }) {
        await createAll(fileSystem, {
          'd/target': 'base ',
          'd/one': '1',
          'd/two': '22',
          'd/three': '333',
          'd/other': 'o',
        })
        const before = await fileSystem.stat('d/target')
        await fileSystem.concat('d/target', ['d/two', 'd/three', 'd/one'])
        const observer = await another()
        await assertFile(observer, 'd/target', textBytes('base 223331'))
        for (const source of ['d/one', 'd/two', 'd/three']) await assertAbsent(observer, source)
        await assertFile(observer, 'd/other', textBytes('o'))
        assert.equal((await fileSystem.stat('d/target'))?.fileId, before?.fileId, 'the target stays the file it was')
      },
    },
    {
      name: 'takes an empty target, a single source, and the same target again',
      needs: ['concat'],
      async run({ fileSystem }) {
        await createAll(fileSystem, { target: '', one: '1', two: '2' })
        await fileSystem.concat('target', ['one'])
        await fileSystem.concat('target', ['two'])
        await assertFile(fileSystem, 'target', textBytes('12'))
      },
    },
    {
      name: 'refuses wrong arguments and missing files, and changes nothing',
      needs: ['concat'],
      async run({ fileSystem }) {
        const files = { target: 'base', one: '1', two: '2', empty: '', 'd/elsewhere': 'e' }
        await createAll(fileSystem, files)
        const refuse = async (
          code: FileSystemErrorCode | readonly FileSystemErrorCode[],
          target: string,
          sources: string[],
        ) => {
          await assertRejects(() => fileSystem.concat(target, sources), { code, operation: 'concat' })
        }
        await refuse('INVALID_ARGUMENT', 'target', [])
        await refuse('INVALID_ARGUMENT', 'target', ['one', 'one'])
        await refuse('INVALID_ARGUMENT', 'target', ['one', 'target'])
        await refuse('INVALID_ARGUMENT', 'target', ['d/elsewhere'])
        await refuse('INVALID_ARGUMENT', 'target', ['one', 'empty'])
        await refuse('NOT_FOUND', 'target', ['one', 'missing'])
        await refuse('NOT_FOUND', 'missing', ['one'])
        await refuse(['IS_DIRECTORY', 'INVALID_ARGUMENT'], 'target', ['one', 'd'])
        await refuse('IS_DIRECTORY', 'd', ['one'])
        for (const [path, text] of Object.entries(files)) await assertFile(fileSystem, path, textBytes(text))
      },
    },
    {
      name: 'says by absent sources that it happened: repeated, it finds none and adds nothing',
      needs: ['concat'],
      async run({ fileSystem }) {
        await createAll(fileSystem, { target: 'base', one: '1' })
        await fileSystem.concat('target', ['one'])
        await assertRejects(() => fileSystem.concat('target', ['one']), { code: 'NOT_FOUND', operation: 'concat' })
        await assertFile(fileSystem, 'target', textBytes('base1'))
      },
    },
    {
      name: 'refuses a target and a source that somebody has open',
      needs: ['concat', 'append', 'tellsOpen'],
      async run({ fileSystem, another }) {
        await createAll(fileSystem, { open: 'abc', closed: 'def' })
        const upload = await fileSystem.appendUpload('open', { base: 3 })
        const rival = await another()
        try {
          await writeChunks(upload, chunked(sampleBytes(200 * KIBIBYTE), 50 * KIBIBYTE))
          await until('the file is open', () => rival.isOpenForWrite('open'))
          // The server's words for an open source are those for an empty one.
          const expected = { code: ['LEASE_HELD', 'INVALID_ARGUMENT'], operation: 'concat' } as const
          await assertRejects(() => rival.concat('open', ['closed']), { ...expected, code: 'LEASE_HELD' })
          await assertRejects(() => rival.concat('closed', ['open']), expected)
          await upload.end()
        } finally {
          await upload.abort()
        }
        await assertFile(fileSystem, 'closed', textBytes('def'))
      },
    },
    {
      name: 'is UNSUPPORTED before any request',
      without: 'concat',
      async run({ fileSystem }) {
        await assertRejects(() => fileSystem.concat('missing', ['absent']), {
          code: 'UNSUPPORTED',
          operation: 'concat',
          retry: 'never',
        })
      },
    },
  ],
}
