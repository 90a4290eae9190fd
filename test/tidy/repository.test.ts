import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { planted } from './planted.js'
import { codeAmong, importsOf, readRepository, showFinding } from './repository.js'

test('the walk reads text files and leaves out what git ignores, and files that are no text', () => {
  const root = mkdtempSync(join(tmpdir(), 'tidy-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const folder of ['src/a', 'node_modules/x', 'examples/node_modules', 'dist', '.tmp', 'bench/report']) {
    mkdirSync(join(root, folder), { recursive: true })
    writeFileSync(join(root, folder, 'file.ts'), 'export {}\n')
  }
  writeFileSync(join(root, 'src/binary.dat'), Buffer.from([1, 0, 2]))
  writeFileSync(join(root, '.npmrc'), 'fund=false\n')
  expect(readRepository(root)).toEqual([
    { path: '.npmrc', text: 'fund=false\n' },
    { path: 'src/a/file.ts', text: 'export {}\n' },
  ])
})

test('code is TypeScript and JavaScript', () => {
  const paths = ['a.ts', 'a.mts', 'a.js', 'a.cjs', 'a.tsx', 'a.json', 'a.md', 'ts', 'a.ts.txt']
  const files = planted(Object.fromEntries(paths.map((path) => [path, ''])))
  expect(codeAmong(files).map(({ path }) => path)).toEqual(['a.ts', 'a.mts', 'a.js', 'a.cjs', 'a.tsx'])
})

test('all forms of import are seen, with the line and the file that is meant', () => {
  const text = `import a from './a.js'
import type { B } from '../b.js'
import './c.mjs'
export { d } from './d/d.js'
export * from 'pkg'
const e = await import('./e.js')
type F = import('./f.js').F
const none = "import g from './g.js'"
`
  const [file] = planted({ 'src/x/here.ts': text })
  expect(importsOf(file!)).toEqual([
    { specifier: './a.js', target: 'src/x/a.ts', line: 1 },
    { specifier: '../b.js', target: 'src/b.ts', line: 2 },
    { specifier: './c.mjs', target: 'src/x/c.mts', line: 3 },
    { specifier: './d/d.js', target: 'src/x/d/d.ts', line: 4 },
    { specifier: 'pkg', target: undefined, line: 5 },
    { specifier: './e.js', target: 'src/x/e.ts', line: 6 },
    { specifier: './f.js', target: 'src/x/f.ts', line: 7 },
  ])
})

test('a finding is shown with file and line', () => {
  expect(showFinding({ path: 'src/a.ts', line: 3, message: 'no' })).toBe('src/a.ts:3: no')
})
