// inspect, verify and recover on a location on the local disk.
import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { currentProcess } from '../../src/engine/running-process.js'
import { byFields, MultiOutput, text } from '../../src/index.js'
import { runCommandLine } from './run-command-line.js'

interface Row {
  readonly key: string
  readonly value: string
}

let location: string

beforeEach(() => {
  location = mkdtempSync(join(tmpdir(), 'look-commands-'))
})

afterEach(() => rmSync(location, { recursive: true }))

async function open(pid?: number, options: { readonly fileName?: string } = {}): Promise<MultiOutput<Row>> {
  const identity = currentProcess()
  return MultiOutput.open<Row>(
    {
      location,
      job: 'orders',
      format: text({ prefixId: true, value: ({ value }) => value }),
      partitioner: byFields(['key']),
      ...options,
    },
    pid === undefined ? {} : { process: { ...identity, pid } },
  )
}

async function fill(output: MultiOutput<Row>): Promise<void> {
  for (let offset = 0n; offset < 10n; offset++) {
    await output.write(
      { key: offset % 2n === 0n ? 'a' : 'b', value: `v${offset}` },
      { id: { topic: 'events', partition: 3, offset } },
    )
  }
  await output.commit({ metadata: { note: 'hello' } })
}

test('inspect shows job, owner, offsets and files, for people and for programs', async () => {
  const output = await open()
  await fill(output)
  await output.close()
  const people = runCommandLine(['inspect', location, '--files'])
  expect(people).toMatchObject({ status: 0, stderr: '' })
  expect(people.stdout).toMatch(/^job orders at .*: 1 task, mode append, visibility live\n/)
  expect(people.stdout).toMatch(/^ +0 +1 +released +2 +0 +10 +\d+ B +commit 2, /m)
  expect(people.stdout).toMatch(/^ +0 +events +3 +10$/m)
  expect(people.stdout).toMatch(/^key=a\/part-00000-00000000-000001\.\d{6}\.txt +open +5 +\d+ +/m)
  const { status, stdout } = runCommandLine(['inspect', location, '--json'])
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    job: 'orders',
    taskCount: 1,
    mode: 'append',
    tasks: [
      {
        task: 0,
        epoch: 1,
        released: true,
        offsets: { events: { 3: { from: '0', until: '10' } } },
        metadata: { note: 'hello' },
      },
    ],
  })
})

test('verify: exit code 0 where all is well, 3 with each finding named', async () => {
  const output = await open()
  await fill(output)
  await output.close()
  expect(runCommandLine(['verify', location])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^as the log says: 2 files, 10 lines, \d+ B\n$/),
  })
  const path = [
    ...(JSON.parse(runCommandLine(['inspect', location, '--json']).stdout).tasks[0].openFiles as { path: string }[]),
  ][0]!.path
  appendFileSync(join(location, path), 'x')
  const found = runCommandLine(['verify', location])
  expect(found).toMatchObject({ status: 3, stdout: expect.stringMatching(/^FOREIGN_BYTES: key=.* 1 bytes/) })
  truncateSync(join(location, path), 3)
  const json = runCommandLine(['verify', location, '--json'])
  expect(json.status).toBe(3)
  expect(JSON.parse(json.stdout).findings).toMatchObject([{ kind: 'CUT_FILE', path }])
})

test('recover refuses a task whose owner is alive, and says who; by force it fences and releases', async () => {
  const output = await open()
  await fill(output)
  const refused = runCommandLine(['recover', location])
  expect(refused).toMatchObject({ status: 1, stdout: '' })
  expect(refused.stderr).toMatch(
    new RegExp(
      `^task 0: its owner, pid ${process.pid} on .*, may be alive; its last record, a commit, is of .*--force`,
    ),
  )
  const forced = runCommandLine(['recover', location, '--force'])
  expect(forced).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^task 0: claimed as epoch 2, 2 open files fenced/),
  })
  await expect(output.commit({ metadata: 1 })).rejects.toMatchObject({ code: 'FENCED' })
  await output.close()
  expect(runCommandLine(['recover', location])).toMatchObject({
    status: 0,
    stdout: 'task 0: released by its owner; nothing to recover\n',
  })
  expect(runCommandLine(['verify', location]).status).toBe(0)
})

test('recover goes ahead where the owner is surely gone', async () => {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })
  await new Promise((resolve) => child.once('exit', resolve))
  await fill(await open(child.pid))
  expect(runCommandLine(['recover', location])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^task 0: claimed as epoch 2/),
  })
})

test('all of them find files that are named by a template', async () => {
  const fileName = 'events_{serial}-{task}_{generation}.{extension}'
  const output = await open(undefined, { fileName })
  await fill(output)
  const people = runCommandLine(['inspect', location, '--files'])
  expect(people.stdout).toContain(`visibility live, files named ${fileName}\n`)
  expect(people.stdout).toMatch(/^key=a\/events_00000000-00000_000001\.\d{6}\.txt +open +5 /m)
  expect(runCommandLine(['recover', location, '--force'])).toMatchObject({ status: 0 })
  await output.close()
  const { tasks, ...job } = JSON.parse(runCommandLine(['inspect', location, '--json']).stdout)
  expect(job).toMatchObject({ fileName })
  expect(tasks[0].openFiles[0].path).toMatch(/^key=a\/events_00000000-00000_000002\.\d{6}\.txt$/)
  expect(runCommandLine(['verify', location])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^as the log says: 2 files, 10 lines, /),
  })
})

test('a location without a job, and one that cannot be', () => {
  for (const command of ['inspect', 'verify', 'recover']) {
    expect(runCommandLine([command, location])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('job.json'),
    })
    expect(runCommandLine([command, 'ftp://host/x'])).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('webhdfs'),
    })
  }
})
