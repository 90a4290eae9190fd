// `npm run demo` as whoever has just cloned runs it.
import { execFile } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { root } from './run-command-line.js'

/** Alone on two cores it takes less than 30 s; tests are seldom alone. */
const DEMO_MS_MAX = 240_000

test('the demo kills, goes on, verifies and shows what it wrote', { timeout: DEMO_MS_MAX }, async () => {
  const { stdout, stderr } = await promisify(execFile)('npm', ['run', '--silent', 'demo'], { cwd: root })
  const [, folder] = /All of it stays in (\S+)\n$/.exec(stdout) ?? []
  try {
    expect(stderr).not.toContain('demo:')
    expect(stdout).toMatch(/^ {2}killed after 4 commits: [\d,]+ orders are committed;/m)
    expect(stdout).toMatch(/^ {2}as the log says: 16 files, 300000 lines, /m)
    expect(stdout).toMatch(/^ {2}300,000 orders: 0 missing, 0 repeated, 0 in a wrong file$/m)
    expect(stdout).toMatch(/^├─ country=at\/\n│ {2}└─ part-00000-\S+\.txt +\d+ KiB$/m)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThan(160)
    expect(existsSync(`${folder}/orders/_multi_output/job.json`)).toBe(true)
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true })
  }
})
