// Where the processor's time of the main job goes, and how its memory moves: a CPU profile to open in a browser's tools, its top functions,
// and a curve of heap and resident memory.
import { mkdir, readFile } from 'node:fs/promises'
import type { Profiler } from 'node:inspector'
import { join } from 'node:path'
import { startCluster } from '../../test/cluster/cluster.js'
import type { PipeTask } from '../peers/peer.js'
import { figure } from '../reporting/tables.js'
import { hotLines } from '../writer/profile.js'
import { countedRun, hdfsOf } from './compare.js'
import type { Inquiry } from './question.js'
import { runChild } from './run-child.js'
import { fillTopic } from './topic.js'
import { wayNames } from './ways.js'

const RECORDS = 1_000_000
const RECORDS_QUICK = 20_000
const KEYS = 100
const MEBIBYTE = 2 ** 20

export async function profile({
  section,
  progress,
  isQuick,
  records: asked,
  compiledDirectory,
  reportDirectory,
}: Inquiry): Promise<void> {
  const records = asked ?? (isQuick ? RECORDS_QUICK : RECORDS)
  const profileFile = join(reportDirectory, 'pipeline.cpuprofile')
  await mkdir(reportDirectory, { recursive: true })
  section.settings.records = `${records}, ${KEYS} keys, ten commits, over hdfs://, profiled`
  progress.plan(1)
  await using cluster = await startCluster({ httpfs: false, datanodes: 1 })
  await fillTopic(cluster.kafkaBrokers, { topic: 'profile', records, keys: KEYS })
  progress.step(`${records} records, profiled`)
  const fileSystem = hdfsOf(cluster)
  try {
    const { reading } = await countedRun({
      cluster,
      fileSystem,
      way: {
        name: wayNames.native,
        writes: true,
        recordsOf: (all) => all,
        locationOf: (directory) => `${cluster.hdfsUrl}/${directory}`,
        pipe: (task: PipeTask) => runChild(compiledDirectory, 'bench/peers/ours', { ...task, profileFile }),
      },
      one: { setting: 'profile', topic: 'profile', records, keys: KEYS, recordsPerCommit: records / 10, commits: 10 },
    })
    const { cpuMs, memoryBytes = [], heapBytes = [], memoryAtMs = [] } = reading
    section.row({
      setting: `${KEYS} keys, ten commits`,
      way: wayNames.native,
      unit: 'µs of processor a record',
      values: [(cpuMs * 1000) / records],
    })
    const points = (bytes: readonly number[]): (readonly [number, number])[] =>
      bytes.map((each, index) => [(memoryAtMs[index] ?? 0) / 1000, each / MEBIBYTE] as const)
    section.plots.push({
      kind: 'lines',
      name: 'profile-memory',
      title: `Heap and resident memory, ${figure(records)} records`,
      x: 'seconds',
      y: 'MiB',
      logarithmic: false,
      lines: [
        { label: 'resident', points: points(memoryBytes) },
        { label: 'heap in use', points: points(heapBytes) },
      ],
    })
  } finally {
    await fileSystem.close()
  }
  const lines = hotLines(JSON.parse(await readFile(profileFile, 'utf8')) as Profiler.Profile)
  for (const { where, share } of lines) section.notes.push(`${(share * 100).toFixed(1)} % ${where}`)
  section.notes.push('the profile is in pipeline.cpuprofile beside the report')
}
