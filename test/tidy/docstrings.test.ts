import { expect, test } from 'vitest'
import { checkDocstrings } from './docstrings.js'
import { placesOf, planted } from './planted.js'

const entries = ['src/index.ts', 'src/testing/index.ts']

test('public names without a docstring are found where they are declared, through any number of files', () => {
  const files = planted({
    'src/index.ts': `export { documented, bare as renamed } from './a.js'
export type { Shape } from './deep/b.js'
export { safeParse } from 'valibot'
`,
    'src/a.ts': `// one job
/** Does it. */
export function documented(): void {}

export function bare(): void {}
export const notPublic = 1
`,
    'src/deep/b.ts': `export type { Shape } from './c.js'\n`,
    'src/deep/c.ts': `// A comment is no docstring.
export interface Shape {}
`,
    'src/testing/index.ts': `/** Fine. */
export class Simulated {}
export const seedMax = 5
/** @internal */
export type Tagged = 1
`,
  })
  const findings = checkDocstrings(files, entries)
  expect(placesOf(findings)).toEqual([
    'src/a.ts:5',
    'src/deep/c.ts:2',
    'src/testing/index.ts:3',
    'src/testing/index.ts:5',
  ])
  expect(findings[0]?.message).toBe('"renamed" is public (src/index.ts) and has no docstring')
})

test('values, classes, types and overloads with a docstring pass', () => {
  const files = planted({
    'src/index.ts': `/** One. */
export const one = 1
/** Two. */
export class Two {}
/** Three. */
export type Three = 3
/** Four, of a number. */
export function four(a: number): number
export function four(a: string): string
export function four(a: number | string): number | string { return a }
`,
    'src/testing/index.ts': `export { one } from '../index.js'\n`,
  })
  expect(checkDocstrings(files, entries)).toEqual([])
})

test('an entry that exports by star, and one that is missing', () => {
  const files = planted({
    'src/index.ts': `// the names\nexport * from './a.js'\n`,
    'src/a.ts': 'export const a = 1\n',
  })
  expect(placesOf(checkDocstrings(files, entries))).toEqual(['src/index.ts:2', 'src/a.ts:1', 'src/testing/index.ts:1'])
})
