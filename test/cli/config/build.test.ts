import { expect, test } from 'vitest'
import { buildPipeline } from '../../../src/cli/config/build.js'
import { checkConfig, type Plain } from '../../../src/cli/config/load.js'
import { silentLogger } from '../../../src/engine/logger.js'

const sink = { location: './nowhere', job: 'orders', format: { text: {} } }

function build(config: Plain): ReturnType<typeof buildPipeline> {
  const stdin = (): never => {
    throw new Error('stdin was opened')
  }
  return buildPipeline(checkConfig(config, 'c.yaml'), { stdin, logger: silentLogger, environment: {} })
}

test('opens nothing', () => {
  const source = { lines: { files: ['not-there.jsonl'] } }
  const built = build({ source, sink, commit: { intervalMs: 5 } })
  expect(built).toMatchObject({ decode: 'json', commit: { intervalMs: 5 } })
  expect(built.sink.name).toBe('job orders, task 0')
})

test.each<[string, Plain, string]>([
  ['Kafka', { source: { kafka: {} }, sink }, 'source.kafka: reading from Kafka comes in a later release'],
  [
    'tasks that would all read everything',
    { source: { stdin: {} }, sink: { ...sink, taskCount: 2 } },
    'sink.taskCount: 2 tasks cannot share',
  ],
  [
    'a field of what is not parsed',
    { source: { stdin: {}, decode: 'none' }, sink: { ...sink, partitioner: [{ field: 'a' }] } },
    'sink.partitioner: field a is found in no value',
  ],
  [
    'JSON of what is not parsed',
    { source: { stdin: {}, decode: 'none' }, sink: { ...sink, format: { jsonLines: {} } } },
    'sink.format.jsonLines: nothing was parsed',
  ],
  [
    'one name for two fields',
    {
      source: { lines: { files: ['a'] } },
      sink: { ...sink, partitioner: [{ field: 'a' }, { field: 'b', name: 'a' }] },
    },
    'sink.partitioner: two fields are called a',
  ],
  [
    'a name that is reserved',
    { source: { lines: { files: ['a'] } }, sink: { ...sink, partitioner: [{ field: '$kee' }] } },
    '$kee',
  ],
  [
    'dead letters in the commit log',
    { source: { lines: { files: ['a'] } }, sink, badRecords: { deadLetterDirectory: '_multi_output/dead' } },
    '_multi_output is where the commit log is',
  ],
])('refuses %s', (_what, config, message) => expect(() => build(config)).toThrow(message))
