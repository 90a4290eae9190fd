import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { root, runCommandLine } from './run-command-line.js'

test('--version prints that of package.json', () => {
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string }
  expect(runCommandLine(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' })
})

test.each([
  [['--help']],
  [['run', '--help']],
  [['inspect', '--help']],
  [['verify', '--help']],
  [['recover', '--help']],
])('%j', async (words) => {
  const { status, stdout } = runCommandLine(words)
  expect(status).toBe(0)
  await expect(stdout).toMatchFileSnapshot(`golden/${words.join('-').replaceAll('--', '')}.golden`)
})

test.each([[['bogus']], [['inspect']], [['verify', 'x', '--bogus']]])('%j is wrong usage', (words) => {
  expect(runCommandLine(words)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^error: /) })
})
