import { beforeEach, describe, expect, test } from 'vitest'
import { jsonLines } from '../../src/format/json-lines.js'
import { text } from '../../src/format/text.js'
import type { Format, MultiOutputOptions } from '../../src/index.js'
import { MultiOutput } from '../../src/index.js'
import { readLocation } from '../../src/inspect/read-location.js'
import { type VerifyOptions, verify } from '../../src/inspect/verify.js'
import { MemoryFileSystem } from '../../src/testing/index.js'

interface Row {
  readonly key: string
  readonly value: string
}

let fileSystem: MemoryFileSystem

/** Writes 40 records in four commits: keys a and b, rolled after 15 records, partitions 0 and 1. */
async function write(format: Format<Row>, options: Partial<MultiOutputOptions<Row>> = {}): Promise<void> {
  await using output = await MultiOutput.open<Row>(
    { fileSystem, job: 'orders', format, partitioner: ({ key }) => `key=${key}`, roll: { recordsMax: 15 }, ...options },
    { checkpointLimits: { commitsMax: 3, bytesMin: 1e9 } },
  )
  for (let round = 0; round < 4; round++) {
    for (let index = 0; index < 10; index++) {
      const offset = BigInt(round * 5 + (index >> 1))
      const id = { topic: 'events', partition: index % 2, offset }
      await output.write({ key: index < 6 ? 'a' : 'b', value: `v${round}-${index}` }, { id })
    }
    await output.commit()
  }
}

const lines: Format<Row> = text({ prefixId: true, value: ({ value }) => value })

async function dataFiles(): Promise<string[]> {
  const { tasks } = await readLocation(fileSystem)
  return tasks.flatMap(({ state, sealedFiles }) =>
    [...sealedFiles, ...state.openFiles.values()].map(({ path }) => path),
  )
}

async function contentOf(path: string): Promise<string> {
  return Buffer.from(await fileSystem.read(path)).toString()
}

async function replace(path: string, content: string): Promise<void> {
  await fileSystem.delete(path)
  await fileSystem.create(path, Buffer.from(content))
}

async function kindsFound(options: VerifyOptions = {}): Promise<string[]> {
  const { findings } = await verify(fileSystem, options)
  return findings.map(({ kind }) => kind)
}

beforeEach(() => {
  fileSystem = new MemoryFileSystem()
})

test.each([
  ['text with ids', lines],
  ['JSON lines with ids', jsonLines<Row>({ idField: '_id' })],
  ['text with topics', text<Row>({ prefixId: 'withTopic', value: ({ value }) => value })],
])('finds nothing in an intact location: %s', async (_name, format) => {
  await write(format)
  const report = await verify(fileSystem)
  expect(report.findings).toEqual([])
  expect(report).toMatchObject({ lines: 40, filesWithoutIds: 0, uncommittedBytes: 0, movedMeanwhile: false })
  expect(report.files).toBe((await dataFiles()).length)
})

test('reads compressed files, and finds one whose bytes were damaged', async () => {
  await write(lines, { compression: 'gzip' })
  expect(await verify(fileSystem)).toMatchObject({ findings: [], lines: 40 })
  const [first] = await dataFiles()
  const bytes = Buffer.from(await fileSystem.read(first!))
  bytes[bytes.length - 12]! ^= 0xff
  await fileSystem.delete(first!)
  await fileSystem.create(first!, bytes)
  const { findings } = await verify(fileSystem)
  expect(findings[0]).toMatchObject({ kind: 'DAMAGED_FILE', path: first })
})

test('counts the lines of files without ids', async () => {
  await write(text({ value: ({ value }) => value }))
  expect(await verify(fileSystem)).toMatchObject({
    findings: [],
    lines: 40,
    filesWithoutIds: (await dataFiles()).length,
  })
  const [first] = await dataFiles()
  const content = await contentOf(first!)
  await replace(first!, content.replace('\n', ' '))
  expect(await kindsFound()).toEqual(['MISSING_LINE'])
})

describe('finds what was planted', () => {
  let first: string
  let content: string
  let rows: string[]

  beforeEach(async () => {
    await write(lines)
    first = (await dataFiles())[0]!
    content = await contentOf(first)
    rows = content.split('\n').slice(0, -1)
  })

  test('a repeated line', async () => {
    // In the place of another of the same length, so that only the id shows it.
    await replace(first, `${[rows[0], rows[0], ...rows.slice(2)].join('\n')}\n`)
    const { findings } = await verify(fileSystem)
    expect(findings.map(({ kind }) => kind)).toEqual(['REPEATED_LINE', 'MISSING_LINE'])
    expect(findings[0]).toMatchObject({ path: first, line: 2, byte: rows[0]!.length + 1, id: rows[0]!.split('\t')[0] })
    expect(findings[1]!.message).toContain(rows[1]!.split('\t')[0]!)
  })

  test('a line repeated in another file', async () => {
    const second = (await dataFiles())[1]!
    const others = (await contentOf(second)).split('\n')
    others[0] = rows[0]!.padEnd(others[0]!.length, 'x').slice(0, others[0]!.length)
    await replace(second, others.join('\n'))
    const kinds = await kindsFound()
    expect(kinds).toContain('MISSING_LINE')
    expect(kinds.some((kind) => kind === 'REPEATED_LINE' || kind === 'FOREIGN_LINE')).toBe(true)
  })

  test('a missing line whose bytes another took', async () => {
    await replace(first, `${[`${rows[0]}${'x'.repeat(rows[1]!.length + 1)}`, ...rows.slice(2)].join('\n')}\n`)
    const { findings } = await verify(fileSystem)
    expect(findings.map(({ kind }) => kind)).toEqual(['MISSING_LINE'])
    expect(findings[0]!.message).toMatch(/lacks 1 of the \d+ records/)
  })

  test('a cut file', async () => {
    await replace(first, content.slice(0, -3))
    expect(await verify(fileSystem)).toMatchObject({ findings: [{ kind: 'CUT_FILE', path: first }] })
  })

  test('a missing file', async () => {
    await fileSystem.delete(first)
    expect(await verify(fileSystem)).toMatchObject({ findings: [{ kind: 'MISSING_FILE', path: first }] })
  })

  test('a foreign byte behind the end, and one in a line', async () => {
    await replace(first, `${content}x`)
    expect(await verify(fileSystem)).toMatchObject({ findings: [{ kind: 'FOREIGN_BYTES', byte: content.length }] })
    await replace(first, `\0${content.slice(1)}`)
    const { findings } = await verify(fileSystem)
    expect(findings.map(({ kind }) => kind)).toEqual(['FOREIGN_LINE', 'MISSING_LINE'])
    expect(findings[0]).toMatchObject({ line: 1, byte: 0 })
  })

  test('a file of which every line lost its id', async () => {
    await replace(first, content.replaceAll('\t', ' '))
    expect(await verify(fileSystem)).toMatchObject({
      findings: [{ kind: 'FOREIGN_LINE', path: first, message: expect.stringContaining('--accept-files-without-ids') }],
      filesWithoutIds: 1,
    })
    expect(await kindsFound({ filesWithoutIds: 'accept' })).toEqual([])
  })

  test('a foreign line', async () => {
    const foreign = [...rows.slice(0, 3), 'not one of ours'.padEnd(rows[3]!.length, '.').slice(0, rows[3]!.length)]
    await replace(first, `${[...foreign, ...rows.slice(4)].join('\n')}\n`)
    const { findings } = await verify(fileSystem)
    expect(findings.map(({ kind }) => kind)).toEqual(['FOREIGN_LINE', 'MISSING_LINE'])
    expect(findings[0]).toMatchObject({ line: 4 })
  })

  test('lines in the wrong order', async () => {
    const swapped = [rows[2], rows[1], rows[0], ...rows.slice(3)]
    await replace(first, `${swapped.join('\n')}\n`)
    expect(await kindsFound()).toEqual(['WRONG_ORDER'])
  })

  test('a data file that is not in the log', async () => {
    const stray = first.replace(/\d{6}\.txt$/, '999999.txt')
    await fileSystem.create(stray, Buffer.from(content))
    expect(await verify(fileSystem)).toMatchObject({ findings: [{ kind: 'NOT_IN_LOG', path: stray }] })
  })

  test('other people’s files are none of ours', async () => {
    await fileSystem.create('key=a/README', Buffer.from('hello'))
    expect(await kindsFound()).toEqual([])
  })

  test('by lengths alone, no line is read', async () => {
    await replace(first, 'x'.repeat(content.length))
    expect(await kindsFound({ depth: 'lengths' })).toEqual([])
  })
})

test('what a running attempt has appended is no finding', async () => {
  await write(lines)
  const output = await MultiOutput.open<Row>({
    fileSystem,
    job: 'orders',
    format: lines,
    partitioner: ({ key }) => `key=${key}`,
    bufferedBytesMax: 1,
  })
  await output.write({ key: 'b', value: 'uncommitted' }, { id: { topic: 'events', partition: 0, offset: 900n } })
  const report = await verify(fileSystem)
  expect(report.findings).toEqual([])
  expect(report.uncommittedBytes).toBe('0-900\tuncommitted\n'.length)
  await output.close()
  expect(await verify(fileSystem)).toMatchObject({ findings: [], uncommittedBytes: 0 })
})

test('says that a location holds no job', async () => {
  await expect(verify(fileSystem)).rejects.toMatchObject({
    code: 'OPEN_FAILED',
    message: expect.stringContaining('job.json'),
  })
})
