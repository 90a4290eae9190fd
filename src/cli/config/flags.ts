// The flags of `run`: each is a key of the configuration in kebab-case. Help wants them, so this file loads little.
import { Option } from 'commander'

/** What a flag's text is. */
export type FlagKind = 'text' | 'number' | 'texts' | 'yes'

/** A flag that is one key of the configuration. */
export interface ConfigFlag {
  readonly name: string
  readonly path: readonly string[]
  readonly kind: FlagKind
  readonly description: string
  readonly choices?: readonly string[]
}

const flag = (
  name: string,
  path: string,
  kind: FlagKind,
  description: string,
  more: Partial<ConfigFlag> = {},
): ConfigFlag => ({
  name,
  path: path.split('.'),
  kind,
  description,
  ...more,
})

const FORMATS = ['text', 'jsonLines', 'csv', 'avro', 'bytes', 'parquet', 'sequenceFile'] as const

/** In the order in which the help shows them. */
export const configFlags: readonly ConfigFlag[] = [
  flag('files', 'source.lines.files', 'texts', 'read the lines of these files: plain, gzip or zstd; repeatable'),
  flag('stdin', 'source.stdin', 'yes', 'read the lines of standard input'),
  flag(
    'topics',
    'source.kafka.topics',
    'texts',
    'read these topics of Kafka, shared out among the processes of a group',
  ),
  flag('brokers', 'source.kafka.brokers', 'texts', 'Kafka: host:port of some of its brokers'),
  flag('group-id', 'source.kafka.groupId', 'text', 'Kafka: the consumer group (default hdfs-multi-output-<job>)'),
  flag('on-lost-offsets', 'source.kafka.onLostOffsets', 'text', 'Kafka: records removed unread (default fail)', {
    choices: ['fail', 'skip'],
  }),
  flag('delivery', 'source.kafka.delivery', 'text', 'Kafka: where positions are kept (default exactly-once)', {
    choices: ['exactly-once', 'at-least-once'],
  }),
  flag(
    'session-timeout-ms',
    'source.kafka.sessionTimeoutMs',
    'number',
    'Kafka: a dead process is replaced after so long (default 10000)',
  ),
  flag('decode', 'source.decode', 'text', 'how values are parsed (default json)', { choices: ['json', 'none'] }),
  flag(
    'location',
    'sink.location',
    'text',
    'file:///data/orders, ./orders, hdfs://namenode:8020/data/orders, webhdfs://namenode:9870/data/orders, …',
  ),
  flag('job', 'sink.job', 'text', 'name of the job; a location belongs to one job'),
  flag('task', 'sink.task', 'number', 'which of the tasks this is (default 0)'),
  flag('task-count', 'sink.taskCount', 'number', 'tasks of the job, fixed at its first run (default 1)'),
  flag('user', 'sink.user', 'text', 'user for simple authentication'),
  flag('doas', 'sink.doas', 'text', 'user to act for'),
  flag(
    'delegation-token',
    'sink.delegationToken',
    'text',
    'in place of --user (without either: HADOOP_DELEGATION_TOKEN)',
  ),
  flag(
    'field',
    'sink.partitioner',
    'texts',
    'a directory for each value of this field; repeatable: one inside the other',
  ),
  flag('allowed-lateness-ms', 'sink.eventTime.allowedLatenessMs', 'number', 'windows: records may be so late (60000)'),
  flag('idle-partition-ms', 'sink.eventTime.idlePartitionMs', 'number', 'windows: wait so long for one (300000)'),
  flag('late', 'sink.eventTime.late', 'text', 'windows: what becomes of late records (default directory)', {
    choices: ['directory', 'deadLetter', 'drop', 'append'],
  }),
  flag('format', 'sink.format', 'text', 'how records are written', { choices: FORMATS }),
  flag('prefix-id', 'sink.format.text.prefixId', 'yes', 'text: begin each line with <partition>-<offset> and a tab'),
  flag('newlines', 'sink.format.text.newlines', 'text', 'text: values with line ends', {
    choices: ['reject', 'escape', 'keep'],
  }),
  flag('id-field', 'sink.format.jsonLines.idField', 'text', 'jsonLines: add the id under this name'),
  flag('schema-file', 'sink.format.parquet.schemaFile', 'text', 'parquet: the columns, in YAML or JSON'),
  flag('compression', 'sink.compression', 'text', 'of the data files (default none)', {
    choices: ['none', 'gzip', 'zstd'],
  }),
  flag('mode', 'sink.mode', 'text', 'how files grow, fixed at the first run (default append)', {
    choices: ['append', 'new-file', 'concat'],
  }),
  flag('visibility', 'sink.visibility', 'text', 'whether unsealed files show, fixed at the first run (default live)', {
    choices: ['live', 'sealed'],
  }),
  flag(
    'file-name',
    'sink.fileName',
    'text',
    'names of the data files, fixed at the first run: orders_{task}_{serial}_{generation}.{extension}',
  ),
  flag('roll-file-size-bytes-max', 'sink.roll.fileSizeBytesMax', 'number', 'seal a file at this size (default 1 GiB)'),
  flag('roll-file-age-ms-max', 'sink.roll.fileAgeMsMax', 'number', 'seal a file at this age'),
  flag('roll-records-max', 'sink.roll.recordsMax', 'number', 'seal a file at so many records'),
  flag('roll-idle-ms-max', 'sink.roll.idleMsMax', 'number', 'seal a file that got nothing for so long'),
  flag('roll-blocks-max', 'sink.roll.blocksMax', 'number', 'mode concat: seal a file of so many blocks (default 100)'),
  flag(
    'buffered-bytes-max',
    'sink.bufferedBytesMax',
    'number',
    'bytes that wait in memory (default 256 MiB; local disk: 64 MiB)',
  ),
  flag(
    'stream-threshold-bytes',
    'sink.streamThresholdBytes',
    'number',
    'a file of which so much waits is uploaded as it comes (default 4 MiB)',
  ),
  flag('open-uploads-max', 'sink.openUploadsMax', 'number', 'such uploads at once (default 64)'),
  flag(
    'upload-idle-ms-max',
    'sink.uploadIdleMsMax',
    'number',
    'one that is silent for so long is ended (default 20000)',
  ),
  flag('operations-max', 'sink.operationsMax', 'number', 'uploads and the like at once (default 16)'),
  flag('open-files-max', 'sink.openFilesMax', 'number', 'files left open after a commit (default 10000)'),
  flag('takeover', 'sink.takeover', 'text', 'whether to take a task over from an owner that did not leave', {
    choices: ['always', 'ifReleased'],
  }),
  flag('takeover-wait-ms', 'sink.takeoverWaitMs', 'number', 'wait for a file that is written to (default 5000)'),
  flag('truncate-wait-ms', 'sink.truncateWaitMs', 'number', 'how long a truncate may run (default 15000)'),
  flag('retry-for-ms', 'sink.retryForMs', 'number', 'try a single operation again for so long (default 30000)'),
  flag('permission', 'sink.permission', 'text', 'octal, for created data files'),
  flag('replication', 'sink.replication', 'number', 'for created data files'),
  flag('block-size-bytes', 'sink.blockSizeBytes', 'number', 'for created data files'),
  flag('commit-interval-ms', 'commit.intervalMs', 'number', 'commit so often (default 10000)'),
  flag('commit-records-max', 'commit.recordsMax', 'number', 'commit after so many records'),
  flag('commit-bytes-max', 'commit.bytesMax', 'number', 'commit after so many bytes of values'),
  flag(
    'dead-letter-directory',
    'badRecords.deadLetterDirectory',
    'text',
    'keep bad records there; else one ends the run',
  ),
  flag('dead-letter-topic', 'badRecords.deadLetterTopic', 'text', 'Kafka: send bad records to this topic instead'),
]

/** The flags, for commander. */
export function runOptions(): Option[] {
  return configFlags.map(({ name, kind, description, choices }) => {
    const words = { yes: `--${name}`, text: `--${name} <text>`, number: `--${name} <n>`, texts: `--${name} <text...>` }
    const option = new Option(words[kind], description)
    if (choices !== undefined) option.choices(choices)
    return option
  })
}

/** The name under which commander answers a flag. */
export function attributeOf(name: string): string {
  return new Option(`--${name}`).attributeName()
}
