// A writer on real HDFS, killed and opened again, stopped and continued: every record is there once, in order.
//
// KILLS=100 kills more often, SEED=… repeats the choices (not the timing, which is the machine's).
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import type { ClusterAddresses } from '../cluster/cluster-addresses.js'
import { sharedCluster, sharedHadoopVersion } from '../cluster/shared-cluster.js'
import { COMPILE_MS_MAX, type CompiledProgram, compileWritingProgram } from './compiled-program.js'
import { complaintsAbout } from './count-records.js'
import { dataFilesOf, tempsOf } from './hdfs-files.js'
import type { WritingOrder } from './told.js'
import { lastPositions, startWriting, type WritingProcess } from './writing-process.js'

const kills = Number(process.env.KILLS ?? 10)
const STOPS = 3
const seed = process.env.SEED ?? String(Date.now())
/** A writer lives so long at most after it has opened: long enough for a commit or two. */
const LIFE_MS_MAX = 1_000
const timeout = 120_000 + kills * 15_000 // foreign name: vitest's option

let program: CompiledProgram
let cluster: ClusterAddresses
beforeAll(async () => {
  program = await compileWritingProgram()
  cluster = await sharedCluster()
}, 180_000 + COMPILE_MS_MAX)
afterAll(() => program.remove())

interface Transport {
  readonly name: string
  readonly url: (cluster: ClusterAddresses) => string
}

const webhdfs: Transport = { name: 'webhdfs', url: ({ webhdfsUrl }) => webhdfsUrl }
const httpfs: Transport = { name: 'httpfs', url: ({ httpfsUrl }) => httpfsUrl }

// Hadoop 3.5.0 has no HttpFS on Maven Central.
describe.each(sharedHadoopVersion() === '3.5.0' ? [webhdfs] : [webhdfs, httpfs])('$name', ({ name, url }) => {
  function writersBelow(directory: string): (name: string | number, commitsMax?: number) => WritingProcess {
    const location = `${url(cluster).replace('://', `://${cluster.description.user}@`)}${directory}`
    return (writer, commitsMax) => {
      const order: WritingOrder = {
        location,
        seed: `${seed}/${writer}`,
        mode: 'append',
        visibility: 'live',
        recordsPerAttemptMax: 300,
        bufferedBytesMax: 40_000,
        ...(commitsMax === undefined ? {} : { commitsMax }),
      }
      return startWriting(program.script, order)
    }
  }

  /** One more writer finds everything as it must be, and leaves it so. */
  async function expectExact(directory: string): Promise<void> {
    const last = await writersBelow(directory)('last', 3).ended()
    expect({ exitCode: last.exitCode, last: last.told.at(-1) }).toEqual({ exitCode: 0, last: { what: 'closed' } })
    const until = lastPositions(last.told)!
    const files = await dataFilesOf(cluster, directory)
    expect(complaintsAbout(files, until), `seed ${seed}`).toEqual([])
    expect(await tempsOf(cluster, directory)).toEqual([])
    expect(until[0]! + until[1]!).toBeGreaterThan(100n)
  }

  test(`killed and opened again ${kills} times`, { timeout }, async () => {
    const random = new SeededRandom(`${seed}/${name}`)
    const directory = `/writer-kill-${name}`
    const start = writersBelow(directory)
    const reclaimed: string[] = []
    for (let kill = 0; kill < kills; kill++) {
      const writer = start(kill)
      await writer.until(random.happens(0.8) ? 'opened' : 'opening')
      await setTimeout(random.integer(LIFE_MS_MAX))
      writer.signal('SIGKILL')
      const { exitCode, told } = await writer.ended()
      expect(exitCode, JSON.stringify(told.at(-1))).toBeNull()
      for (const one of told) if (one.what === 'reclaimed') reclaimed.push(one.how)
    }
    const count = (how: string): number => reclaimed.filter((one) => one === how).length
    console.log(
      `seed ${seed}, ${name}: reclaimed: kept ${count('kept')}, cut ${count('truncated')}, copied ${count('copied')}`,
    )
    await expectExact(directory)
  })

  test(`stopped, and continued when another has taken over, ${STOPS} times`, { timeout }, async () => {
    const random = new SeededRandom(`${seed}/${name}/stop`)
    const directory = `/writer-stop-${name}`
    const start = writersBelow(directory)
    for (let stop = 0; stop < STOPS; stop++) {
      const sleeper = start(`${stop}/sleeper`)
      await sleeper.until('opened')
      await setTimeout(random.integer(LIFE_MS_MAX))
      sleeper.signal('SIGSTOP')
      const successor = await start(`${stop}/successor`, 2).ended()
      expect(successor.told.at(-1)).toEqual({ what: 'closed' })
      sleeper.signal('SIGCONT')
      const { told } = await sleeper.ended()
      expect(told.at(-1), `seed ${seed}, stop ${stop}`).toMatchObject({ what: 'failed', code: 'FENCED' })
    }
    await expectExact(directory)
  })
})
