import { expect, test } from 'vitest'
import { configFlags } from '../../../src/cli/config/flags.js'
import { layOver } from '../../../src/cli/config/lay-over.js'
import type { Plain } from '../../../src/cli/config/load.js'
import { configKeysAt } from '../../../src/cli/config/schema.js'

function laidOver(config: { [name: string]: Plain }, given: Record<string, unknown>): Plain {
  layOver(config, given)
  return config
}

test('every flag is a key of the configuration', () => {
  for (const { name, path } of configFlags) {
    expect(configKeysAt(path.slice(0, -1)), `--${name}`).toContain(path.at(-1))
  }
})

test('flags alone make a configuration', () => {
  const given = {
    files: ['a', 'b'],
    location: './o',
    field: ['country', 'city'],
    format: 'text',
    prefixId: true,
    commitIntervalMs: '500',
    rollFileSizeBytesMax: '1e6',
    deadLetterDirectory: '_dead',
  }
  expect(laidOver({}, given)).toEqual({
    source: { lines: { files: ['a', 'b'] } },
    sink: {
      location: './o',
      partitioner: [{ field: 'country' }, { field: 'city' }],
      format: { text: { prefixId: true } },
      roll: { fileSizeBytesMax: 1_000_000 },
    },
    commit: { intervalMs: 500 },
    badRecords: { deadLetterDirectory: '_dead' },
  })
})

test('a flag overrides its key and leaves the others', () => {
  const config = { sink: { job: 'a', location: 'x', roll: { recordsMax: 5, idleMsMax: 7 } } }
  expect(laidOver(config, { job: 'b', rollRecordsMax: '6' })).toEqual({
    sink: { job: 'b', location: 'x', roll: { recordsMax: 6, idleMsMax: 7 } },
  })
})

test('another source or format replaces the one that was there; the same one keeps its options', () => {
  const source = { lines: { files: ['a'] }, decode: 'none' }
  expect(laidOver({ source }, { stdin: true })).toEqual({ source: { stdin: {}, decode: 'none' } })
  const sink = { format: { text: { prefixId: true } } }
  expect(laidOver({ sink }, { format: 'jsonLines', idField: '_id' })).toEqual({
    sink: { format: { jsonLines: { idField: '_id' } } },
  })
  const kept = { format: { text: { prefixId: true } } }
  expect(laidOver({ sink: kept }, { format: 'text' })).toEqual({ sink: { format: { text: { prefixId: true } } } })
})

test.each([
  [{ files: ['a'], stdin: true }, '--files and --stdin: name one source'],
  [{ task: 'one' }, '--task: one is no number'],
  [{ task: '' }, '--task:  is no number'],
])('%j is wrong usage', (given, message) => {
  expect(() => layOver({}, given)).toThrow(message)
})
