// One process of a group, for takeover.ts: prints when it joined, began to open a task, had opened it, and committed, as lines of JSON.
import { GroupPipeline, kafkaGroup, multiOutputSink, type SourceRecord } from '../../src/index.js'
import { keyedText } from './keyed-text.js'

const { brokers, topic, location } = JSON.parse(process.argv[2]!) as {
  readonly brokers: string[]
  readonly topic: string
  readonly location: string
}
const tell = (what: string, more: object = {}): void => {
  console.log(JSON.stringify({ what, timeMs: Date.now(), ...more }))
}
const note = (fields: object, message: string): void => {
  if (message === 'joined the consumer group') tell('joined', { tasks: (fields as { tasks?: unknown }).tasks })
  if (message === 'opening a task') tell('opening', { task: (fields as { task?: unknown }).task })
}
const logger = { debug: note, info: note, warn: note, error: note }

const pipeline = new GroupPipeline({
  group: kafkaGroup({ brokers, topics: [topic], groupId: topic, purpose: 'takeover' }),
  taskCount: 2,
  sink: (task, { takeover }) =>
    multiOutputSink<SourceRecord>({
      location,
      job: 'takeover',
      task,
      taskCount: 2,
      takeover,
      ...keyedText,
      logger,
    }),
  decode: 'none',
  commit: { intervalMs: 1_000 },
  logger,
  events: {
    opened: ({ sink }) => tell('opened', { sink }),
    commit: ({ offsets, records }) => {
      const partitions = [...offsets.values()].flatMap((ranges) => [...ranges.keys()])
      tell('commit', { partitions, records })
    },
  },
})
process.once('SIGTERM', () => pipeline.stop())
await pipeline.run()
