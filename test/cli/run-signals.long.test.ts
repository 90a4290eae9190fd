// `run` interrupted: signals, a reader that goes away, the numbers it serves meanwhile, a terminal, a full disk.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { root, runCommandLine } from './run-command-line.js'
import { type RunningCommand, startCommand } from './running-command.js'
import { writtenLines } from './written-lines.js'

vi.setConfig({ testTimeout: 180_000 })

let folder: string
let location: string
let command: RunningCommand | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-signals-'))
  location = join(folder, 'out')
})

afterEach(async () => {
  command?.signal('SIGKILL')
  await command?.ended()
  command = undefined
  rmSync(folder, { recursive: true, force: true })
})

const hour = '3600000'
const stdin = (...words: string[]): string[] => {
  const sink = ['--location', location, '--job', 'events', '--format', 'text', '--prefix-id']
  return ['run', '--stdin', ...sink, '--commit-interval-ms', hour, '--json', ...words]
}

/** A run that has taken three lines in and committed two of them. */
async function runningWithOneUncommitted(...words: string[]): Promise<RunningCommand> {
  command = startCommand(stdin('--commit-records-max', '2', ...words))
  command.child.stdin!.write('1\n2\n')
  await command.toldOf('commit')
  command.child.stdin!.write('3\n')
  return command
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s commits what was read, releases, and ends with 0', async (name) => {
  const running = await runningWithOneUncommitted('--metrics-port', '0')
  const [, url] = await running.says(/metrics at (\S+)/)
  await vi.waitUntil(
    async () => (await (await fetch(url!)).text()).includes('hdfs_multi_output_records_total 3'),
    60_000,
  )
  running.signal(name)
  expect(await running.ended()).toMatchObject({ exitCode: 0, signal: null })
  expect(running.events.at(-1)).toMatchObject({ event: 'ended', outcome: 'stopped', committedRecords: 3 })
  expect(writtenLines(location).get('')).toEqual(['0-0\t1', '0-1\t2', '0-2\t3'])
  expect(runCommandLine(['inspect', location]).stdout).toMatch(/^ +0 +1 +released /m)
})

test('a second SIGINT leaves at once, with exit code 1, whatever it is waiting for', async () => {
  // A namenode that takes connections and never answers.
  const sockets: Socket[] = []
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const connected = once(server, 'connection')
    command = startCommand(stdin('--location', `webhdfs://127.0.0.1:${port}/events`))
    await connected
    command.signal('SIGINT')
    await command.says(/SIGINT: committing what was read/)
    command.signal('SIGINT')
    expect(await command.ended()).toMatchObject({ exitCode: 1, signal: null })
    expect(command.events.at(-1)).toMatchObject({ event: 'ended', outcome: 'abandoned' })
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
})

const mayMount = spawnSync('unshare', ['--map-root-user', '--mount', 'true']).status === 0

test.skipIf(!mayMount)('a full disk: it says so, waits, and goes on by itself when there is room', async () => {
  const input = join(folder, 'in')
  const lines = Array.from({ length: 20_000 }, (_, n) => `${n} ${'x'.repeat(90)}`)
  writeFileSync(input, lines.map((line) => `${line}\n`).join(''))
  mkdirSync(location)
  // A disk of 4 MiB, 3 of them taken until the file `room` is there; what was written is copied out of it at the end.
  const script = `mount -t tmpfs -o size=4m small "$0/out" && head -c 3145728 /dev/zero > "$0/out/_taken" || exit 9
    (while [ ! -e "$0/room" ]; do sleep 0.1; done; rm "$0/out/_taken") &
    "$@"; code=$?; cp -r "$0/out" "$0/copy"; exit $code`
  const before = ['unshare', '--map-root-user', '--mount', 'sh', '-c', script, folder]
  const sink = ['--location', location, '--job', 'events', '--format', 'text', '--prefix-id']
  command = startCommand(['run', '--files', input, '--decode', 'none', ...sink, '--json'], { before })
  await command.toldOf('away')
  expect(command.events.find(({ event }) => event === 'away')?.error).toMatchObject({
    message: expect.stringContaining('file system that is full'),
  })
  await command.says(/warning: something is away.*file system that is full/)
  writeFileSync(join(folder, 'room'), '')
  const end = await command.ended()
  expect(end.exitCode, end.stderr).toBe(0)
  expect(command.events.map(({ event }) => event)).toContain('back')
  expect(writtenLines(join(folder, 'copy')).get('')).toEqual(lines.map((line, n) => `0-${n}\t${line}`))
})

test('whoever reads its output goes away: it goes on, unheard', async () => {
  command = startCommand(stdin('--commit-records-max', '1'))
  command.child.stdin!.write('1\n')
  await command.toldOf('commit')
  command.child.stdout!.destroy()
  command.child.stderr!.destroy()
  command.child.stdin!.end('2\n3\n')
  expect((await command.ended()).exitCode).toBe(0)
  expect(writtenLines(location).get('')).toEqual(['0-0\t1', '0-1\t2', '0-2\t3'])
})

test('/metrics and /healthz on loopback', async () => {
  const running = await runningWithOneUncommitted('--metrics-port', '0')
  const [, url] = await running.says(/metrics at (http:\/\/127\.0\.0\.1:\d+\/metrics)/)
  const metrics = await fetch(url!)
  expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = await metrics.text()
  for (const line of ['committed_records_total 2', 'commits_total 1', 'open_files 1', 'state{state="running"} 1']) {
    expect(text).toContain(`\nhdfs_multi_output_${line}\n`)
  }
  expect(text).toMatch(/\nhdfs_multi_output_last_commit_timestamp_seconds 1\d{9}/)
  expect(text).toMatch(
    /\nhdfs_multi_output_file_system_operation_duration_seconds_count\{operation="rename",.*outcome="done"\} [1-9]/,
  )
  expect(text).toContain('\nprocess_resident_memory_bytes ')
  const health = await fetch(new URL('/healthz', url))
  expect([health.status, await health.json()]).toEqual([200, { state: 'running' }])
  expect((await fetch(new URL('/', url))).status).toBe(404)
  const { port } = new URL(url!)
  const taken = runCommandLine(['run', '--files', 'x', ...stdin().slice(2), '--metrics-port', port])
  expect(taken).toMatchObject({ status: 1, stderr: expect.stringContaining('EADDRINUSE') })
})

test.skipIf(process.platform !== 'linux')(
  'on a terminal: one line of at most 80 columns, and the sentence at the end',
  () => {
    const input = join(folder, 'in')
    writeFileSync(input, '1\n'.repeat(100_000))
    const main = `${process.execPath} --import tsx src/cli/main.ts run --files ${input} --location ${location}`
    const { status, stdout } = runInTerminal(`${main} --job events --format text --decode none`)
    expect(status).toBe(0)
    const shown = stdout
      .replaceAll('\r\u001b[K', '\n')
      .split(/\r?\n/)
      .filter((line) => line !== '')
    expect(shown.at(-1)).toBe('done: 100000 records, 195 KiB, in 1 commit')
    const lines = shown.filter((line) => / records {2}/.test(line))
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(line.length).toBeLessThan(80)
  },
)

/** Under a pseudo-terminal of 80 columns, which `script` of util-linux makes. */
function runInTerminal(words: string): SpawnSyncReturns<string> {
  return spawnSync('script', ['-qec', `stty cols 80; ${words}`, '/dev/null'], { cwd: root, encoding: 'utf8' })
}
