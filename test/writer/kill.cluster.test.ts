// A writer on real HDFS, killed and opened again, stopped with uploads open and continued: every record is there once, in order.
//
// KILLS=100 kills more often, SEED=… repeats the choices (not the timing, which is the machine's).
import { describe, expect, test } from 'vitest'
import { nameOf } from '../../src/file-system/path.js'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import type { ClusterAddresses } from '../cluster/cluster-addresses.js'
import { sharedHadoopVersion } from '../cluster/shared-cluster.js'
import { dataFilesOf } from './hdfs-files.js'
import { killAgainAndAgain, stopAnywhere, stopWithUploadsOpen } from './hits.js'
import type { WritingOrder } from './told.js'
import { useWritingProgram } from './use-writing-program.js'
import { WriterTrial } from './writer-trial.js'

const kills = Number(process.env.KILLS ?? 10)
const seed = process.env.SEED ?? String(Date.now())
const timeout = 120_000 + kills * 15_000 // foreign name: vitest's option

const stage = useWritingProgram()

interface Way {
  readonly name: string
  readonly url: (cluster: ClusterAddresses) => string
  readonly order: Partial<WritingOrder>
}

const webhdfs: Way = { name: 'webhdfs', url: ({ webhdfsUrl }) => webhdfsUrl, order: {} }
const hdfs: Way = {
  name: 'hdfs',
  url: ({ hdfsUrl }) => hdfsUrl,
  // Found again by names of its own.
  order: { fileName: 'numbered_{serial}_t{task}_{epoch}_{counter}.{extension}' },
}
const httpfs: Way = { name: 'httpfs-gzip', url: ({ httpfsUrl }) => httpfsUrl, order: { compression: 'gzip' } }

// Hadoop 3.5.0 has no HttpFS on Maven Central.
const ways = sharedHadoopVersion() === '3.5.0' ? [webhdfs, hdfs] : [webhdfs, hdfs, httpfs]

describe.each(ways)('$name', ({ name, url, order }) => {
  const trialIn = (directory: string): WriterTrial =>
    new WriterTrial({ ...stage(), url: url(stage().cluster), directory, seed, order })

  test(`killed and opened again ${kills} times`, { timeout }, async () => {
    await using trial = trialIn(`/writer-kill-${name}`)
    const random = new SeededRandom(`${seed}/${name}`)
    const reclaimed = await killAgainAndAgain(trial, { kills, random })
    console.log(`seed ${seed}, ${name}: reclaimed: ${reclaimed}`)
    const names = (await dataFilesOf(stage().cluster, `/writer-kill-${name}`)).map(({ path }) => nameOf(path))
    const begin = order.fileName === undefined ? 'part-' : 'numbered_'
    expect(names.filter((each) => !each.startsWith(begin))).toEqual([])
  })

  test('stopped, and continued when another has taken over', { timeout }, async () => {
    await using trial = trialIn(`/writer-stop-${name}`)
    const random = new SeededRandom(`${seed}/${name}/stop`)
    await stopWithUploadsOpen(trial, 'with uploads open')
    await stopAnywhere(trial, 'anywhere', random)
    await trial.expectExact()
  })
})
