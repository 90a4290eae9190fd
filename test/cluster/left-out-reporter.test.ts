// A test run on a machine without Java says what it left out, and why, in its last lines; with CI=true it fails.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { repositoryRoot } from './repository-root.js'

/** Runs vitest with a PATH that holds nothing. */
async function runWithoutJava(environment: NodeJS.ProcessEnv, vitestArguments: readonly string[]) {
  const emptyPath = await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-test-'))
  onTestFinished(() => rm(emptyPath, { recursive: true, force: true }))
  const vitest = path.join(repositoryRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const env = { ...process.env, PATH: emptyPath, JAVA_HOME: '', NO_COLOR: '1', ...environment }
  return new Promise<{ exitCode: number | null; lastLines: string[] }>((resolve) => {
    const child = execFile(
      process.execPath,
      [vitest, 'run', '--passWithNoTests', ...vitestArguments],
      { cwd: repositoryRoot, env },
      (_, stdout) => resolve({ exitCode: child.exitCode, lastLines: stdout.trimEnd().split('\n').slice(-2) }),
    )
  })
}

const leftOut = 'NOT RUN: the tests on real HDFS and Kafka (test/cluster/**, test/**/*.cluster.test.ts)'
const because = 'because: no Java in the PATH: install Java 17 (Debian: openjdk-17-jdk-headless)'

test('without Java the last lines say what did not run, and why', async () => {
  const { exitCode, lastLines } = await runWithoutJava({ CI: '' }, ['test/cluster'])
  expect(lastLines).toEqual([leftOut, because])
  expect(exitCode).toBe(0)
})

test('with CI=true that is a failure', async () => {
  const { exitCode, lastLines } = await runWithoutJava({ CI: 'true' }, ['test/cluster'])
  expect(lastLines).toEqual([leftOut, `${because}; with CI=true that is a failure`])
  expect(exitCode).toBe(1)
})

test('a run of the unit tests alone says nothing of it', async () => {
  const { exitCode, lastLines } = await runWithoutJava({ CI: 'true' }, ['--project', 'unit', 'no-such-test'])
  expect(lastLines.join('\n')).not.toContain('NOT RUN')
  expect(exitCode).toBe(0)
})
