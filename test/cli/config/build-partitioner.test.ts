import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { buildPipeline } from '../../../src/cli/config/build.js'
import { buildPartitioner } from '../../../src/cli/config/build-partitioner.js'
import { checkConfig, parseYaml } from '../../../src/cli/config/load.js'
import type { PartitionConfig } from '../../../src/cli/config/partitioner-schema.js'
import { silentLogger } from '../../../src/engine/logger.js'
import type { SourceRecord } from '../../../src/source/source.js'

const noon = Date.UTC(2026, 10, 21, 12)
const temporary = mkdtempSync(join(tmpdir(), 'windows-'))
afterAll(() => rmSync(temporary, { recursive: true }))

function record(parsed: unknown, timestampMs: number = noon): SourceRecord {
  const id = { topic: 't', partition: 0, offset: 0n }
  return { id, key: null, value: null, headers: {}, timestampMs, parsed } as SourceRecord
}

describe('windows among fields', () => {
  test.each<[string, readonly PartitionConfig[], string]>([
    ["the source's own time, unless a field is named", [{ eventTime: {} }], '2026-11-21/12-00'],
    [
      'in any place',
      [
        { field: 'country' },
        { eventTime: { field: 'at', unit: 's', windowMs: 3_600_000, pattern: "yyyy-MM-dd'T'HH" } },
      ],
      'country=de/2026-11-21T13',
    ],
  ])('%s', async (_what, partitions, directory) => {
    const partitioner = await buildPartitioner(partitions, 'json')
    expect(partitioner(record({ country: 'de', at: noon / 1000 + 3_600 }), {})).toBe(directory)
    expect(partitioner.windowed).toBeDefined()
  })

  test('a record of Kafka without a time is a bad one', async () => {
    const partitioner = await buildPartitioner([{ eventTime: {} }], 'none')
    expect(() => partitioner(record(undefined, -1), {})).toThrow(
      expect.objectContaining({ code: 'BAD_RECORD', message: 'field $timestamp is missing' }),
    )
  })
})

const lines = { source: { lines: { files: ['a'] } } }
const sink = { location: './nowhere', job: 'orders', format: { text: {} } }
const build = (config: object) =>
  buildPipeline(checkConfig(config as never, 'c.yaml'), {
    stdin: () => [] as never,
    logger: silentLogger,
    environment: {},
  })

test.each<[string, object, string]>([
  ['neither', { partitioner: [{}] }, 'sink.partitioner.0: name one: field or eventTime'],
  ['both', { partitioner: [{ field: 'a', eventTime: {} }] }, 'name one: field or eventTime'],
  ['a name for windows', { partitioner: [{ eventTime: {}, name: 'x' }] }, 'name and missing go with a field'],
  ['a slip', { partitioner: [{ eventTime: { windowsMs: 5 } }] }, 'sink.partitioner.0.eventTime.windowsMs: unknown'],
  ['a pattern too coarse', { partitioner: [{ eventTime: { pattern: 'yyyy' } }] }, 'Write more of the time'],
  ['eventTime without windows', { eventTime: {} }, 'the partitioner has no windows'],
  [
    'dead letters that go nowhere',
    { partitioner: [{ eventTime: {} }], eventTime: { late: 'deadLetter' } },
    'sink.eventTime.late: deadLetter needs badRecords',
  ],
])('%s is refused', async (_what, more, complaint) => {
  await expect(async () => build({ ...lines, sink: { ...sink, ...more } })).rejects.toThrow(complaint)
})

test('the example runs: windows are sealed and marked, and what comes later goes below _late', async () => {
  const config = parseYaml(readFileSync('examples/run-windows.yaml', 'utf8'), 'run-windows.yaml') as { sink: object }
  const file = join(temporary, 'orders.jsonl')
  const location = join(temporary, 'orders')
  const pipeline = () => build({ ...config, source: { lines: { files: [file] } }, sink: { ...config.sink, location } })
  const line = (at: string): string => `${JSON.stringify({ at, country: 'de' })}\n`
  const text = line('2026-03-29T01:10:00+01:00') + line('2026-03-29T03:05:00+02:00')
  writeFileSync(file, text)
  await (await pipeline()).run()
  writeFileSync(file, text + line('2026-03-29T01:59:00+01:00') + line('soon'))
  const { status } = await (await pipeline()).run()
  expect(status).toMatchObject({
    badRecords: 1,
    sink: { lateRecords: 1, watermarkMs: Date.parse('2026-03-29T03:04:00+02:00') },
  })
  const found = (readdirSync(location, { recursive: true }) as string[]).filter((path) => !path.startsWith('_multi'))
  const part = /part-.*\.(?:txt|jsonl)$/
  expect(found.map((path) => path.replaceAll('\\', '/').replace(part, 'part')).sort()).toEqual(
    expect.arrayContaining([
      '_dead/part',
      '_late/day=2026-03-29/hour=01/country=de/part',
      'day=2026-03-29/hour=01/country=de/_SUCCESS',
      'day=2026-03-29/hour=01/country=de/part',
      'day=2026-03-29/hour=03/country=de/part',
    ]),
  )
  expect(found.filter((path) => path.endsWith('_SUCCESS'))).toHaveLength(1)
})
