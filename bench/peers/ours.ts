// This project: GroupPipeline from Kafka to HDFS, append mode, text with the id, exactly once. In a process of its own.
import { channel } from 'node:diagnostics_channel'
import { writeFileSync } from 'node:fs'
import type { ClientRequest } from 'node:http'
import { Session } from 'node:inspector/promises'
import { GroupPipeline, kafkaGroup, multiOutputSink, type SourceRecord } from '../../src/index.js'
import { keyedText } from '../pipeline/keyed-text.js'
import type { PipeTask } from './peer.js'
import { Samples, taskOfProcess } from './samples.js'

const BUFFERED_BYTES_MAX = 256 * 2 ** 20
const NEVER_MS = 2 ** 31 - 1

const task = taskOfProcess<PipeTask>()
const taskCount = task.taskCount ?? 1
const samples = new Samples()
const commitMs: number[] = []
const requestsAtCommits: number[] = []
const namenodeRequestsAtCommits: number[] = []
const namenode = new URL(task.webhdfsHttpUrl).host
let [requests, namenodeRequests] = [0, 0]
channel('http.client.request.start').subscribe((message) => {
  const { request } = message as { readonly request: ClientRequest }
  // The task's own log and temps: some ten a commit, however many files it touches.
  if (request.path.includes('/_multi_output/')) return
  requests += 1
  if (request.getHeader('host') === namenode) namenodeRequests += 1
})
let endedMs = 0
const session = new Session()
if (task.profileFile !== undefined) {
  samples.watchHeap()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
}
const pipeline = new GroupPipeline({
  group: kafkaGroup({
    brokers: [...task.brokers],
    topics: [task.topic],
    groupId: task.groupId ?? `ours-${process.pid}-${Date.now()}`,
    purpose: 'bench',
  }),
  taskCount,
  sink: (number, { takeover }) =>
    multiOutputSink<SourceRecord>({
      location: task.location,
      job: 'bench',
      task: number,
      taskCount,
      takeover,
      ...keyedText,
      bufferedBytesMax: Math.floor(BUFFERED_BYTES_MAX / taskCount),
    }),
  decode: 'none',
  untilEnd: true,
  commit: {
    intervalMs: task.commitIntervalMs ?? NEVER_MS,
    ...(task.recordsPerCommit === undefined ? {} : { recordsMax: task.recordsPerCommit }),
  },
  events: {
    opened: () => samples.begin(),
    commit: ({ timeMs, durationMs }) => {
      endedMs = timeMs
      commitMs.push(durationMs)
      requestsAtCommits.push(requests)
      namenodeRequestsAtCommits.push(namenodeRequests)
    },
  },
})
const { status } = await pipeline.run()
if (task.profileFile !== undefined) {
  writeFileSync(task.profileFile, JSON.stringify((await session.post('Profiler.stop')).profile))
}
samples.tell(status.committedRecords, { endedMs, commitMs, requestsAtCommits, namenodeRequestsAtCommits })
