// The long form of what the tests in test/writer/ do to writers on real HDFS: killed and stopped at random, servers that go away, a cluster that
// refuses, a disk that is full. After each, everything is read and counted.

import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import { type Cluster, startCluster } from '../cluster/cluster.js'
import { type CompiledProgram, compileWritingProgram } from '../writer/compiled-program.js'
import {
  answerUnavailable,
  fillDisk,
  hitDatanode,
  hitQuota,
  killAgainAndAgain,
  restartNamenode,
  type ServerHit,
  stopAnywhere,
  stopWithUploadsOpen,
} from '../writer/hits.js'
import { NamenodeGate } from '../writer/namenode-gate.js'
import type { WritingOrder } from '../writer/told.js'
import { WriterTrial } from '../writer/writer-trial.js'

/** How long and how hard. */
export interface WriterChaosOptions {
  /** The protocol of the locations; `http`: WebHDFS, and HttpFS where it makes a difference. */
  readonly over: 'http' | 'hdfs'
  /** All choices follow from it; the timing is the machine's. */
  readonly seed: string
  /** In a row, for each way to write. */
  readonly kills: number
  /** For each way to write. */
  readonly stops: number
  /** Each datanode is killed and stopped so often, the namenode restarted. */
  readonly rounds: number
  /** For so long the cluster answers 503. */
  readonly awayMs: number
  /** Of {@link scenarioNames}; left out: all but the full disk, which needs a small one. */
  readonly only?: string
  /** A directory on a disk of its own of some 50 MB. */
  readonly smallDisk?: string
  readonly tell: (text: string) => void
}

interface Stage {
  readonly options: WriterChaosOptions
  readonly cluster: Cluster
  readonly program: CompiledProgram
  /** A trial in a directory of its own. */
  trial(name: string, url: string, order?: Partial<WritingOrder>): WriterTrial
}

type Scenario = (stage: Stage) => Promise<void>

/** Ways to write: through which server, and compressed or not. */
function waysOf({ cluster, options }: Stage): { name: string; url: string; order: Partial<WritingOrder> }[] {
  const gateways: Readonly<Record<string, string>> =
    options.over === 'hdfs' ? { hdfs: cluster.hdfsUrl } : { webhdfs: cluster.webhdfsUrl, httpfs: cluster.httpfsUrl }
  return Object.entries(gateways).flatMap(([gateway, url]) =>
    (['none', 'gzip'] as const).map((compression) => ({
      name: `${gateway}-${compression}`,
      url,
      order: { compression },
    })),
  )
}

function urlOf({ cluster, options }: Stage): string {
  return options.over === 'hdfs' ? cluster.hdfsUrl : cluster.webhdfsUrl
}

const scenarios: Readonly<Record<string, Scenario>> = {
  async kill(stage) {
    const { seed, kills, tell } = stage.options
    for (const { name, url, order } of waysOf(stage)) {
      await using trial = stage.trial(`kill-${name}`, url, order)
      const reclaimed = await killAgainAndAgain(trial, { kills, random: new SeededRandom(`${seed}/${name}`) })
      tell(`killed ${kills} times, ${name}: reclaimed: ${reclaimed}`)
    }
  },
  async stop(stage) {
    const { seed, stops, tell } = stage.options
    for (const { name, url, order } of waysOf(stage)) {
      await using trial = stage.trial(`stop-${name}`, url, order)
      const random = new SeededRandom(`${seed}/stop/${name}`)
      for (let stop = 0; stop < stops; stop++) {
        if (random.happens(0.6)) await stopWithUploadsOpen(trial, String(stop))
        else await stopAnywhere(trial, String(stop), random)
      }
      await trial.expectExact()
      tell(`stopped and continued ${stops} times, ${name}: each time fenced, and nothing changed`)
    }
  },
  async datanodes(stage) {
    const { cluster, options } = stage
    await using trial = stage.trial('datanodes', urlOf(stage))
    for (let round = 0; round < options.rounds; round++) {
      for (const datanode of cluster.datanodes) {
        for (const how of ['kill', 'stop'] satisfies ServerHit[]) {
          const outcome = await hitDatanode(trial, datanode, {
            how,
            name: `${round}/${datanode.name}/${how}`,
          })
          options.tell(`${how} ${datanode.name}: ${outcome}`)
        }
      }
    }
    await trial.expectExact()
  },
  async namenode(stage) {
    const { cluster, options } = stage
    await using trial = stage.trial('namenode', urlOf(stage))
    for (let round = 0; round < options.rounds; round++)
      options.tell(
        `namenode restarted during a commit: ${await restartNamenode(trial, cluster.namenode, String(round))}`,
      )
    await trial.expectExact()
  },
  async quota(stage) {
    const { options } = stage
    await using trial = stage.trial('quota', urlOf(stage))
    for (let round = 0; round < options.rounds; round++) options.tell(`quota: ${await hitQuota(trial, String(round))}`)
    await trial.expectExact()
  },
  async unavailable(stage) {
    const { options, cluster } = stage
    const { awayMs, over } = options
    if (over === 'hdfs') return options.tell('503: there is no such answer over hdfs://')
    await using gate = await NamenodeGate.before(cluster.webhdfsHttpUrl)
    await using trial = stage.trial('unavailable', gate.webhdfsUrl)
    options.tell(`503 for ${awayMs} ms: ${await answerUnavailable(trial, gate, { awayMs, name: 'patient' })}`)
    await trial.expectExact()
  },
  async 'full-disk'(stage) {
    const { options } = stage
    await using trial = stage.trial('full-disk', urlOf(stage))
    for (let round = 0; round < options.rounds; round++)
      options.tell(`disk full: ${await fillDisk(trial, options.smallDisk!, String(round))}`)
    await trial.expectExact()
  },
}

/** What can be asked for by name. */
export const scenarioNames: readonly string[] = Object.keys(scenarios)

/** Runs the scenarios one after the other, on a cluster of its own; answers what went wrong. */
export async function runWriterChaos(options: WriterChaosOptions): Promise<string[]> {
  const { seed, only, smallDisk, tell } = options
  const program = await compileWritingProgram()
  const settings = smallDisk === undefined ? {} : onSmallDisk(smallDisk)
  await using cluster = await startCluster({
    kafka: false,
    datanodes: smallDisk === undefined ? 2 : 1,
    closeDelayMs: 10,
    settings,
  })
  const stage: Stage = {
    options,
    cluster,
    program,
    trial: (name, url, order = {}) =>
      new WriterTrial({ cluster, script: program.script, url, directory: `/chaos-${name}`, seed, order }),
  }
  const failures: string[] = []
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (only === undefined ? name === 'full-disk' : name !== only) continue
    tell(`${name} …`)
    try {
      await scenario(stage)
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
      tell(`WRONG: ${failures.at(-1)}`)
    }
  }
  await program.remove()
  return failures
}

/** Blocks of 1 MiB: a datanode counts as full when it has no room for one more; as shipped it wants a GiB more than that. */
function onSmallDisk(directory: string): Record<string, string> {
  return {
    'dfs.datanode.data.dir': `${directory}/data`,
    'dfs.blocksize': String(2 ** 20),
    'dfs.datanode.round-robin-volume-choosing-policy.additional-available-space': '0',
  }
}
