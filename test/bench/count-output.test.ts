// The bench's check of outputs: what it must notice.
import { expect, test } from 'vitest'
import { countOutput } from '../../bench/questions/count-output.js'
import { MemoryFileSystem } from '../../src/file-system/memory/memory-file-system.js'

const expected = { records: 4, partitions: 2 }

async function filesOf(contents: Readonly<Record<string, string>>): Promise<MemoryFileSystem> {
  const fileSystem = new MemoryFileSystem()
  for (const [path, content] of Object.entries(contents)) {
    await fileSystem.create(path, Buffer.from(content), { parents: 'create' })
  }
  return fileSystem
}

test('every record once, in whatever files; bookkeeping is not counted', async () => {
  const fileSystem = await filesOf({
    'out/a/part': '0-0\tx\n1-0\ty 7-7\tz\n',
    'out/b': '0-1\t\n1-1\tx\n',
    'out/_log/0': 'no line with an id',
    'out/.hidden': '0-0\tx\n',
  })
  expect(await countOutput(fileSystem, 'out', expected)).toEqual({
    files: 2,
    bytes: 29,
    records: 4,
    missing: 0,
    repeated: 0,
  })
})

test('a record that is missing, and one that is there twice', async () => {
  const fileSystem = await filesOf({ 'out/a': '0-0\tx\n0-0\tx\n1-0\tx\n1-1\tx\n' })
  expect(await countOutput(fileSystem, 'out', expected)).toMatchObject({ records: 4, missing: 1, repeated: 1 })
})

test('lines that are none of the topic’s, and a torn one', async () => {
  const foreign = [
    ['0-0\tx\nbytes\n', 'without an id'],
    ['2-0\tx\n', 'a line of 2-0'],
    ['0-4\tx\n', 'a line of 0-4'],
    ['0-0\tx', 'has no end'],
  ] as const
  for (const [content, message] of foreign) {
    const fileSystem = await filesOf({ 'out/a': content })
    await expect(countOutput(fileSystem, 'out', expected)).rejects.toThrow(message)
  }
})
