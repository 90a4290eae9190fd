import { expect, test } from 'vitest'
import { checkFileLengths, checkFileNames } from './file-shape.js'
import { placesOf, planted } from './planted.js'

test('400 lines are allowed, 401 are not; only code is counted', () => {
  const line = 'export {}\n'
  const files = planted({
    'src/longest.ts': line.repeat(400),
    'src/last-line-open.ts': `${line.repeat(399)}export {}`,
    'bench/long.ts': line.repeat(401),
    'examples/long.mjs': `${line.repeat(400)}export {}`,
    'package-lock.json': line.repeat(5000),
  })
  expect(checkFileLengths(files)).toEqual([
    { path: 'bench/long.ts', line: 401, message: '401 lines; 400 is the most: split it' },
    { path: 'examples/long.mjs', line: 401, message: '401 lines; 400 is the most: split it' },
  ])
})

test('drawers are found, as a file, a folder or a last word', () => {
  const paths = [
    'src/utils/escape.ts',
    'src/engine/helpers.ts',
    'src/common.ts',
    'test/cluster/test-helpers.ts',
    'test/stringUtils.ts',
    'docs/misc.md',
    'test/helper.test.ts',
  ]
  const findings = checkFileNames(planted(Object.fromEntries(paths.map((path) => [path, '']))))
  expect(placesOf(findings)).toEqual(paths.map((path) => `${path}:1`))
  expect(findings[0]?.message).toContain('"utils"')
})

test('words that only contain such a name are none', () => {
  const paths = ['src/protocol/common-prefix.ts', 'src/utility-pole.ts', '.helperrc.json', 'src/outil.ts']
  expect(checkFileNames(planted(Object.fromEntries(paths.map((path) => [path, '']))))).toEqual([])
})
