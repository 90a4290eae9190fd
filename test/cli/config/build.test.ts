import { expect, test } from 'vitest'
import { buildPipeline } from '../../../src/cli/config/build.js'
import { checkConfig, type Plain } from '../../../src/cli/config/load.js'
import { silentLogger } from '../../../src/engine/logger.js'

const sink = { location: './nowhere', job: 'orders', format: { text: {} } }
const source = { lines: { files: ['a'] } }

async function build(config: Plain): ReturnType<typeof buildPipeline> {
  const stdin = (): never => {
    throw new Error('stdin was opened')
  }
  return buildPipeline(checkConfig(config, 'c.yaml'), { stdin, logger: silentLogger, environment: {} })
}

test('opens nothing', async () => {
  const source = { lines: { files: ['not-there.jsonl'] } }
  expect((await build({ source, sink, commit: { intervalMs: 5 } })).status()).toMatchObject({
    state: 'new',
    records: 0,
  })
  const kafka = { brokers: ['nowhere:9092'], topics: ['orders'] }
  expect((await build({ source: { kafka }, sink: { ...sink, taskCount: 4 } })).status()).toMatchObject({ state: 'new' })
})

test.each<[string, Plain, string]>([
  ['Kafka without brokers', { source: { kafka: { topics: ['a'] } }, sink }, 'source.kafka.brokers'],
  ['a broker without a port', { source: { kafka: { topics: ['a'], brokers: ['kafka'] } }, sink }, 'must be host:port'],
  [
    'a task of ones own choice with Kafka',
    { source: { kafka: { topics: ['a'], brokers: ['kafka:9092'] } }, sink: { ...sink, task: 0 } },
    'sink.task: the consumer group gives tasks',
  ],
  [
    'a certificate that is not there',
    { source: { kafka: { topics: ['a'], brokers: ['kafka:9092'], ssl: { caFile: '/no/such' } } }, sink },
    'source.kafka.ssl.caFile: cannot be read',
  ],
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
    'columns of what is not parsed',
    { source: { stdin: {}, decode: 'none' }, sink: { ...sink, format: { parquet: { newFields: 'add' } } } },
    'sink.format.parquet: nothing was parsed',
  ],
  [
    'Avro of what is not parsed',
    { source: { stdin: {}, decode: 'none' }, sink: { ...sink, format: { avro: { schemaFile: 'a' } } } },
    'sink.format.avro: nothing was parsed',
  ],
  [
    'a CSV column of what is not parsed',
    { source: { stdin: {}, decode: 'none' }, sink: { ...sink, format: { csv: { columns: ['$key', 'a'] } } } },
    'sink.format.csv: field a is found in no value',
  ],
  ['CSV without columns', { source, sink: { ...sink, format: { csv: {} } } }, 'sink.format.csv.columns: is missing'],
  [
    'a CSV column of a name alone',
    { source, sink: { ...sink, format: { csv: { columns: [{ name: 'a' }] } } } },
    'sink.format.csv.columns.0',
  ],
  [
    'two CSV columns of a name',
    { source, sink: { ...sink, format: { csv: { columns: ['a', 'a'] } } } },
    'csv: two columns are called "a"',
  ],
  ['bytes without a framing', { source, sink: { ...sink, format: { bytes: {} } } }, 'sink.format.bytes.framing'],
  ['Avro without a schema', { source, sink: { ...sink, format: { avro: {} } } }, 'sink.format.avro.schemaFile'],
  [
    'an Avro schema that is not there',
    { source, sink: { ...sink, format: { avro: { schemaFile: '/no/such' } } } },
    'sink.format.avro.schemaFile: ENOENT',
  ],
  [
    'an Avro schema that is none',
    { source, sink: { ...sink, format: { avro: { schemaFile: 'package.json' } } } },
    'avro: schema: ',
  ],
  ['Parquet without columns', { source, sink: { ...sink, format: { parquet: {} } } }, 'name columns, or a schemaFile'],
  [
    'columns in two places',
    { source, sink: { ...sink, format: { parquet: { columns: { a: 'string' }, schemaFile: 'b' } } } },
    'sink.format.parquet: columns and schemaFile: name one',
  ],
  [
    'a schema file that is not there',
    { source, sink: { ...sink, format: { parquet: { schemaFile: '/no/such' } } } },
    'sink.format.parquet.schemaFile: ENOENT',
  ],
  [
    'a column of no type',
    { source, sink: { ...sink, format: { parquet: { columns: { a: { list: 'text' } } } } } },
    'parquet: column a[]: "text" is no type',
  ],
  [
    'a codec where nothing is compressed',
    { source, sink: { ...sink, format: { sequenceFile: { codec: 'gzip' } } } },
    'sequenceFile: codec is of compression',
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
])('refuses %s', (_what, config, message) => expect(build(config)).rejects.toThrow(message))
