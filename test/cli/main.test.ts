import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

test.skipIf(!existsSync('/dev/full'))(
  'a full disk below standard output: what is asked for fails in one line, a run goes on',
  () => {
    const location = mkdtempSync(join(tmpdir(), 'main-'))
    const toFullDisk = (...words: string[]) => {
      const script = `printf '1\\n' | "$0" --import tsx "${root}/src/cli/main.ts" "$@" > /dev/full`
      return spawnSync('sh', ['-c', script, process.execPath, ...words], { cwd: root, encoding: 'utf8' })
    }
    try {
      const run = toFullDisk('run', '--stdin', '--location', location, '--job', 'e', '--format', 'text', '--json')
      const says = 'hdfs-multi-output: standard output cannot be written: ENOSPC: no space left on device, write\n'
      expect(run).toMatchObject({ status: 0, stderr: says })
      expect(toFullDisk('inspect', location)).toMatchObject({ status: 1, stderr: says })
      expect(runCommandLine(['inspect', location]).stdout).toMatch(/stdin +0 +1$/m)
    } finally {
      rmSync(location, { recursive: true })
    }
  },
)
