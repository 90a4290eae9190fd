import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

function run(...names: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...names], { cwd: root, encoding: 'utf8' })
}

test('--version prints that of package.json', () => {
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string }
  expect(run('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' })
})

test('--help prints the usage', () => {
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^usage: hdfs-multi-output/) })
})

test.each([[[]], [['run']], [['--version', 'x']]])('%j is wrong usage', (names) => {
  expect(run(...names)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('usage: ') })
})
