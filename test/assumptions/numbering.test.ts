// docs/assumptions.md and the tests that pin it name the same numbers.
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')

/** The numbers that the document defines: those with a test, and those that it says have none. */
async function definedNumbers(): Promise<{ readonly pinned: readonly string[]; readonly unpinned: readonly string[] }> {
  const text = await readFile(path.join(root, 'docs/assumptions.md'), 'utf8')
  const entries = [...text.matchAll(/^- \*\*([HLKN]\d+)\*\*( \(not pinned\))?/gm)]
  const numbers = (isUnpinned: boolean): string[] =>
    entries.filter(([, , mark]) => (mark !== undefined) === isUnpinned).map(([, number]) => number!)
  return { pinned: numbers(false), unpinned: numbers(true) }
}

/** The numbers at the beginning of titles below test/, with where they stand. */
async function citedNumbers(): Promise<ReadonlyMap<string, string>> {
  const cited = new Map<string, string>()
  for (const directory of ['test/assumptions', 'test/cluster', 'test/file-system/hdfs']) {
    for (const name of await readdir(path.join(root, directory))) {
      if (!name.endsWith('.ts')) continue
      const text = await readFile(path.join(root, directory, name), 'utf8')
      for (const [, number] of text.matchAll(/['"`]([HLKN]\d+) \w/g)) cited.set(number!, `${directory}/${name}`)
    }
  }
  return cited
}

test('each assumption has a test, or says that it has none; each test that cites a number cites one that exists', async () => {
  const { pinned, unpinned } = await definedNumbers()
  const cited = await citedNumbers()
  expect(pinned.length).toBeGreaterThan(40)
  expect(new Set([...pinned, ...unpinned]).size).toBe(pinned.length + unpinned.length)
  expect(pinned.filter((number) => !cited.has(number))).toEqual([])
  expect([...cited].filter(([number]) => !pinned.includes(number))).toEqual([])
})
