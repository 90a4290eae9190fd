// `npm run cluster` as people run it: it serves until a signal, and says in one line what is wrong with bad input.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { access, chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findMaven } from './java.js'
import {
  killMarkedProcesses,
  markedEnvironment,
  markedProcesses,
  markedServers,
  remainingProcesses,
} from './process-list.js'
import { repositoryRoot } from './repository-root.js'

const GONE_WITHIN_MS = 10_000

interface Command {
  readonly child: ChildProcess
  readonly mark: string
  /** What it printed so far, both streams. */
  output(): string
}

function runCommand(flags: readonly string[], environment: NodeJS.ProcessEnv = {}): Command {
  const mark = randomUUID()
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/cluster/main.ts', ...flags], {
    cwd: repositoryRoot,
    env: { ...markedEnvironment(mark), ...environment },
  })
  onTestFinished(() => killMarkedProcesses(mark))
  let text = ''
  child.stdout.on('data', (piece: Buffer) => {
    text += piece.toString()
  })
  child.stderr.on('data', (piece: Buffer) => {
    text += piece.toString()
  })
  return { child, mark, output: () => text }
}

/** Runs the command to its end, sees that nothing is left of it, and gives what it said in its last line. */
async function refuse(flags: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const { child, mark, output } = runCommand(flags, environment)
  const [exitCode] = (await once(child, 'close')) as [number]
  expect(await remainingProcesses({ mark, waitMsMax: GONE_WITHIN_MS })).toEqual([])
  const lines = output().trimEnd().split('\n')
  return { exitCode, message: lines.filter((line) => !line.startsWith('starting')).join('\n') }
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-test-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** A directory to be the whole PATH, with the named executables: shell scripts, or links when the text is a path. */
async function pathWith(executables: Record<string, string>): Promise<NodeJS.ProcessEnv> {
  const directory = await temporaryDirectory()
  for (const [name, text] of Object.entries(executables)) {
    const file = path.join(directory, name)
    if (text.startsWith('/')) {
      await symlink(text, file)
    } else {
      await writeFile(file, `#!/bin/sh\n${text}\n`)
      await chmod(file, 0o755)
    }
  }
  return { PATH: directory, JAVA_HOME: '' }
}

const java17 = `echo 'openjdk version "17.0.15" 2025-04-15' >&2`

test.each([
  [['--frobnicate'], /^Unknown option '--frobnicate'; npm run cluster -- --help lists the flags$/],
  [['extra'], /^Unexpected argument 'extra'; .*--help/],
  [['--datanodes', 'two'], /^--datanodes two: it is a number from 1 to \d+$/],
  [['--hadoop', '2.7.0'], /^--hadoop 2\.7\.0: it is 3\.4\.2 or 3\.5\.0$/],
])('%j is wrong usage', async (flags, expected) => {
  const { exitCode, message } = await refuse(flags)
  expect(message).toMatch(expected)
  expect(exitCode).toBe(2)
})

test('a port that is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const { port } = server.address() as { port: number }
  const { exitCode, message } = await refuse(['--namenode-port', String(port)])
  expect(message).toBe(`port ${port} of 127.0.0.1, wanted for the namenode, is taken`)
  expect(exitCode).toBe(1)
})

test('no Java', async () => {
  const { exitCode, message } = await refuse([], await pathWith({ mvn: 'exit 0' }))
  expect(message).toMatch(/^no Java in the PATH: install Java 17.*$/)
  expect(exitCode).toBe(1)
})

test('Java 11', async () => {
  const java = `echo 'openjdk version "11.0.22" 2024-01-16' >&2`
  const { exitCode, message } = await refuse([], await pathWith({ java, mvn: 'exit 0' }))
  expect(message).toMatch(/^Java 11 in the PATH: the servers need 17.*$/)
  expect(exitCode).toBe(1)
})

test('a JAVA_HOME without Java', async () => {
  const { exitCode, message } = await refuse([], { JAVA_HOME: '/nowhere' })
  expect(message).toMatch(/^no Java in JAVA_HOME \(\/nowhere\): .*$/)
  expect(exitCode).toBe(1)
})

test('no Maven', async () => {
  const { exitCode, message } = await refuse([], await pathWith({ java: java17 }))
  expect(message).toMatch(/^no Maven \(mvn\) in the PATH: .*$/)
  expect(exitCode).toBe(1)
})

test('no network and no jars', async () => {
  const directory = await temporaryDirectory()
  const settings = path.join(directory, 'settings.xml')
  // Nothing listens on port 1: the connection is refused as by a machine without a network.
  await writeFile(
    settings,
    '<settings><mirrors><mirror><id>dead</id><mirrorOf>*</mirrorOf><url>http://127.0.0.1:1/</url></mirror></mirrors></settings>',
  )
  const MAVEN_ARGS = `-s ${settings} -Dmaven.repo.local=${path.join(directory, 'repository')}`
  const { exitCode, message } = await refuse(['--no-kafka'], { MAVEN_ARGS })
  expect(message).toMatch(/^Maven cannot fetch hadoop-3\.4\.2: .*Connection refused.*$/)
  expect(exitCode).toBe(1)
})

test('Ctrl-C while Maven works', async () => {
  const directory = await temporaryDirectory()
  const begun = path.join(directory, 'begun')
  const environment = await pathWith({ java: java17, mvn: `: > '${begun}'; while :; do read -r x; done` })
  const MAVEN_ARGS = `-Dmaven.repo.local=${directory}`
  const { child, mark } = runCommand(['--no-kafka'], { ...environment, MAVEN_ARGS })
  await expect
    .poll(
      () =>
        access(begun).then(
          () => true,
          () => false,
        ),
      { timeout: 30_000 },
    )
    .toBe(true)
  expect((await markedProcesses(mark)).length).toBeGreaterThan(1)
  child.kill('SIGINT')
  expect((await once(child, 'close'))[0]).toBe(0)
  expect(await remainingProcesses({ mark, waitMsMax: GONE_WITHIN_MS })).toEqual([])
})

test('it prints where the servers are, and Ctrl-C stops them and deletes their files', async () => {
  const { child, mark, output } = runCommand(['--no-hadoop'], { PATH: `${process.env.PATH}` })
  await expect.poll(output, { timeout: 120_000 }).toContain('Ctrl-C stops everything.')
  expect(output()).toMatch(/^Kafka 4\.3\.1 {2}127\.0\.0\.1:\d+$/m)
  const [, logs] = /^logs +(.+)$/m.exec(output()) ?? []
  await access(logs ?? '')
  expect(await markedServers(mark)).toHaveLength(1)
  child.kill('SIGINT')
  expect((await once(child, 'close'))[0]).toBe(0)
  expect(await markedProcesses(mark)).toEqual([])
  await expect(access(logs ?? '')).rejects.toThrow('ENOENT')
})

test('the end of npm is the end of the command and its servers', async () => {
  const mark = randomUUID()
  const npm = spawn('npm', ['run', 'cluster', '--', '--no-hadoop'], {
    cwd: repositoryRoot,
    env: markedEnvironment(mark),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => killMarkedProcesses(mark))
  let text = ''
  npm.stdout.on('data', (piece: Buffer) => {
    text += piece.toString()
  })
  await expect.poll(() => text, { timeout: 120_000 }).toContain('Ctrl-C stops everything.')
  expect(await markedServers(mark)).toHaveLength(1)
  npm.kill('SIGKILL')
  expect(await remainingProcesses({ mark, waitMsMax: GONE_WITHIN_MS })).toEqual([])
})

test('Maven is found where the PATH has it', async () => {
  expect(path.basename(await findMaven())).toBe('mvn')
})
