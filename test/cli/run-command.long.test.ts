// `run` on the local disk: what it writes, what it says, and how it ends.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runCommandLine } from './run-command-line.js'
import { filesBelow, linesOf, writtenLines } from './written-lines.js'

// Several processes a test, each of which compiles the command.
vi.setConfig({ testTimeout: 180_000 })

let folder: string
let location: string
let input: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-command-'))
  location = join(folder, 'out')
  input = join(folder, 'in.jsonl')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const row = (n: number): string => `{"key":"${n % 3 === 0 ? 'a' : 'b/c'}","n":${n}}`
const rows = (count: number, from = 0): string => Array.from({ length: count }, (_, i) => `${row(from + i)}\n`).join('')
const to = (...words: string[]): string[] => ['run', '--location', location, '--job', 'events', ...words]
const asText = ['--field', 'key', '--format', 'text', '--prefix-id']

test('files to a file per key, and on from there when there is more', () => {
  writeFileSync(input, rows(10))
  const first = runCommandLine(to('--files', input, ...asText))
  expect(first).toMatchObject({ status: 0, stdout: '' })
  expect(first.stderr).toMatch(/^\S+Z reading lines of .*in\.jsonl, writing job events, task 0$/m)
  expect(first.stderr).toMatch(/Z done: 10 records, \d+ B, in 1 commit$/m)
  writeFileSync(input, rows(20))
  expect(runCommandLine(to('--files', input, ...asText))).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/done: 10 records/),
  })
  const line = (n: number): string => `0-${n}\t${row(n)}`
  const numbers = Array.from({ length: 20 }, (_, n) => n)
  expect(writtenLines(location)).toEqual(
    new Map([
      ['key=a', numbers.filter((n) => n % 3 === 0).map(line)],
      ['key=b%2Fc', numbers.filter((n) => n % 3 !== 0).map(line)],
    ]),
  )
  expect(filesBelow(location).filter((path) => path.endsWith('.txt'))).toHaveLength(2)
  expect(runCommandLine(['verify', location]).status).toBe(0)
})

test('standard input to JSON lines, by YAML and a flag; the same input again adds nothing', () => {
  const yaml = join(folder, 'c.yaml')
  writeFileSync(yaml, `source: { stdin: {} }\nsink: { location: ${location}, job: events, format: { text: {} } }\n`)
  const words = ['run', yaml, '--format', 'jsonLines', '--id-field', '_id', '--json']
  const { status, stdout } = runCommandLine(words, { input: rows(2) })
  expect(status).toBe(0)
  expect(stdout.split('\n').at(-2)).toContain('"committedRecords":2')
  expect(writtenLines(location)).toEqual(
    new Map([['', ['{"_id":"0-0","key":"a","n":0}', '{"_id":"0-1","key":"b/c","n":1}']]]),
  )
  const again = runCommandLine(words, { input: rows(3) })
  expect(again.stdout.split('\n').at(-2)).toContain('"committedRecords":1')
  expect([...writtenLines(location).values()].flat()).toHaveLength(3)
})

test('compressed files, which verify reads too', () => {
  writeFileSync(input, rows(5))
  const words = to('--files', input, ...asText, '--compression', 'gzip')
  expect(runCommandLine(words).status).toBe(0)
  writeFileSync(input, rows(9))
  expect(runCommandLine(words).status).toBe(0)
  const [file] = filesBelow(join(location, 'key=a'))
  expect(file).toMatch(/\.txt\.gz$/)
  expect(gunzipSync(readFileSync(file!)).toString()).toBe([0, 3, 6].map((n) => `0-${n}\t${row(n)}\n`).join(''))
  expect(runCommandLine(['verify', location])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^as the log says: 2 files, 9 lines, /),
  })
})

test('bad records are kept aside, each with its bytes, and the others are written', () => {
  const bad = [
    Buffer.from('no json\n'),
    Buffer.from([0xff, 0xfe, 0x0a]),
    Buffer.from('{"n":1}\n'),
    Buffer.from('null\n'),
  ]
  writeFileSync(input, Buffer.concat([Buffer.from(rows(1)), ...bad, Buffer.from('\n'), Buffer.from(rows(1, 3))]))
  const { status, stderr } = runCommandLine(to('--files', input, ...asText, '--dead-letter-directory', '_dead'))
  expect(status).toBe(0)
  expect(stderr).toMatch(/bad record lines-0-1 at \S+in\.jsonl line 2, kept aside: its value is no JSON/)
  expect(stderr).toMatch(/done: 6 records, .*; 4 of them bad, kept aside/)
  expect(writtenLines(location)).toEqual(new Map([['key=a', [`0-0\t${row(0)}`, `0-6\t${row(3)}`]]]))
  const dead = filesBelow(join(location, '_dead'))
    .flatMap(linesOf)
    .map((line) => JSON.parse(line))
  expect(dead).toMatchObject([
    { id: 'lines-0-1', value: 'no json', reason: expect.stringContaining('no JSON') },
    { id: 'lines-0-2', valueBase64: '//4=', reason: expect.stringContaining('not UTF-8') },
    { id: 'lines-0-3', value: '{"n":1}', reason: expect.stringContaining('field key') },
    { id: 'lines-0-4', value: 'null', reason: expect.stringContaining('field key') },
  ])
  expect(runCommandLine(['verify', location]).status).toBe(0)
})

test('without a place for them a bad record ends the run, with what came before it committed', () => {
  writeFileSync(input, `${rows(4)}no json\n${rows(4)}`)
  const { status, stderr } = runCommandLine(to('--files', input, ...asText))
  expect(status).toBe(1)
  expect(stderr).toMatch(
    /Z bad record at \S+in\.jsonl line 5; --dead-letter-directory would keep such aside and go on$/m,
  )
  expect(stderr).toMatch(/BAD_RECORD: .*lines\/0 at offset 4: its value is no JSON/)
  expect([...writtenLines(location).values()].flat()).toHaveLength(4)
  expect(runCommandLine(['verify', location]).status).toBe(0)
})

test('a value of 10 MiB is a line like any other', () => {
  const value = JSON.stringify({ key: 'a', text: 'x'.repeat(10 * 2 ** 20) })
  writeFileSync(input, `${rows(1)}${value}\n${rows(1, 3)}`)
  expect(runCommandLine(to('--files', input, ...asText)).status).toBe(0)
  expect(writtenLines(location).get('key=a')).toEqual([`0-0\t${row(0)}`, `0-1\t${value}`, `0-2\t${row(3)}`])
})

test('another job, another taskCount, another mode: refused, and nothing is touched', () => {
  writeFileSync(input, rows(3))
  expect(runCommandLine(to('--files', input, ...asText)).status).toBe(0)
  const before = filesBelow(location).sort()
  for (const [words, what] of [
    [['--job', 'other'], /JOB_MISMATCH: .*events/],
    [['--mode', 'new-file'], /JOB_MISMATCH: .*mode/],
    [['--file-name', 'events_{task}_{serial}_{generation}.{extension}'], /JOB_MISMATCH: .*fileName/],
  ] as const) {
    const { status, stderr } = runCommandLine(to('--files', input, ...asText, ...words))
    expect(stderr).toMatch(what)
    expect(status).toBe(1)
  }
  const tasks = runCommandLine(to('--files', input, ...asText, '--task-count', '2'))
  expect(tasks).toMatchObject({ status: 2, stderr: expect.stringMatching(/sink\.taskCount: 2 tasks cannot share/) })
  expect(filesBelow(location).sort()).toEqual(before)
})

test.each([
  ['a file that is not there', () => {}, /UNREADABLE: .*in\.jsonl/],
  ['a directory', () => mkdirSync(input), /UNREADABLE: .*in\.jsonl is a directory/],
])('%s ends it with exit code 1', (_what, make, says) => {
  make()
  const { status, stdout, stderr } = runCommandLine(to('--files', input, ...asText))
  expect(stderr).toMatch(says)
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
})

test('wrong usage is exit code 2, in one line each, and nothing is written', () => {
  const yaml = join(folder, 'c.yaml')
  writeFileSync(yaml, `source: { kafka: {} }\nsink: { location: ${location}, job: events, format: { text: {} } }\n`)
  const unset = join(folder, 'unset.yaml')
  writeFileSync(
    unset,
    `source: { stdin: {} }\nsink: { location: "\${NOT_SET_ANYWHERE}", job: events, format: { text: {} } }\n`,
  )
  const slip = join(folder, 'slip.yaml')
  writeFileSync(slip, `source: { stdin: {} }\nsink: { location: ${location}, jobb: events, format: { text: {} } }\n`)
  const cases: [string[], RegExp][] = [
    [['run', unset], /unset\.yaml: sink\.location: the environment variable NOT_SET_ANYWHERE is not set\n$/],
    [['run', slip], /slip\.yaml: sink\.jobb: unknown; did you mean job\?\n$/],
    [['run', yaml], /c\.yaml: source\.kafka\.brokers: is missing; it must be a list/],
    [['run'], /^hdfs-multi-output: run: name a configuration file, or give flags/],
    [['run', join(folder, 'none.yaml')], /none\.yaml: cannot be read: ENOENT/],
    [['run', yaml, '--stdin', '--metrics-port', 'x'], /^hdfs-multi-output: --metrics-port: x is no port/],
    [['run', yaml, '--stdin', '--location', 'ftp://host/x'], /UNSUPPORTED|INVALID_ARGUMENT/],
    [['run', yaml, '--stdin', '--user', 'me'], /INVALID_ARGUMENT: .*takes no options, but was given user/],
    [to('--stdin'), /^hdfs-multi-output: flags: sink\.format: /],
    [
      to('--stdin', ...asText, '--file-name', 'x_{task}.{extension}'),
      /WRONG_OPTIONS: .*fileName: \{serial\} is missing/,
    ],
  ]
  for (const [words, says] of cases) {
    const { status, stdout, stderr } = runCommandLine(words)
    expect(stderr).toMatch(says)
    expect({ status, stdout }, words.join(' ')).toEqual({ status: 2, stdout: '' })
  }
  expect(filesBelow(folder).sort()).toEqual([yaml, slip, unset])
})

test('--print-config prints and does nothing', () => {
  const { status, stdout } = runCommandLine(to('--stdin', ...asText, '--delegation-token', 'hunter2', '--print-config'))
  expect(status).toBe(0)
  expect(stdout).toContain('delegationToken: "***"\n')
  expect(filesBelow(folder)).toEqual([])
})

test('--json: the keys of each event', async () => {
  writeFileSync(input, `${rows(3)}no json\n`)
  const { stdout } = runCommandLine(to('--files', input, ...asText, '--dead-letter-directory', '_dead', '--json'))
  const shape = (value: unknown): unknown =>
    typeof value !== 'object' || value === null
      ? typeof value
      : Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shape(one)]))
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string })
  const shapes = events.map((event) => `${event.event} ${JSON.stringify(shape(event), undefined, 2)}`)
  await expect(`${shapes.join('\n')}\n`).toMatchFileSnapshot('golden/run-events.golden')
})

test('the examples are configurations', () => {
  for (const name of [
    'run-lines.yaml',
    'run-stdin.yaml',
    'run-kafka.yaml',
    'run-parquet.yaml',
    'run-csv.yaml',
    'run-avro.yaml',
  ]) {
    expect(runCommandLine(['run', `examples/${name}`, '--print-config']), name).toMatchObject({ status: 0, stderr: '' })
  }
  expect(readFileSync('examples/run-lines.yaml', 'utf8')).toContain('partitioner:')
})
