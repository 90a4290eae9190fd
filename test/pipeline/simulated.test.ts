// A pipeline on a simulated HDFS in which anything goes wrong, its process crashes among it: every record once, in order.
import { expect, test } from 'vitest'
import { byFunction, Pipeline, recordsFrom, type SourceRecord } from '../../src/index.js'
import { randomFaults, roughProbabilities, type SimulatedProcess, Simulation } from '../../src/testing/index.js'
import { sinkOn } from '../sink/stored-records.js'

const COUNT = 120
const PROCESSES_MAX = 40

const seed = process.env.SIMULATION_SEED ?? String(Date.now())

const inputs = Array.from({ length: COUNT }, (_, i) => (i % 11 === 4 ? `bad\n${i}` : `v${i}`))

const directory = byFunction<SourceRecord>(({ id }) => Number(id.offset % 3n), { name: 'key' })

function pipelineIn({ fileSystem, clock, random, name }: SimulatedProcess): Pipeline {
  const writer = { host: name, bootId: '', pidNamespace: '', pid: 1, startTime: '' }
  const sink = sinkOn(
    fileSystem,
    { partitioner: directory, roll: { recordsMax: 12 }, bufferedBytesMax: 100, retryForMs: 2_000 },
    { clock, random, process: writer },
  )
  const commit = { intervalMs: 500, recordsMax: 10 }
  return new Pipeline({ source: recordsFrom(inputs), sink, decode: 'none', commit, clock, random })
}

/** Resolves with what the run came to, or `undefined` when its process has crashed. */
async function runOnce(host: SimulatedProcess): Promise<string | undefined> {
  let outcome: string | undefined
  pipelineIn(host)
    .run()
    .then(
      (result) => {
        outcome = result.outcome
      },
      (error: unknown) => {
        outcome = `${String((error as { code?: unknown }).code)}: ${String(error)}`
      },
    )
  while (outcome === undefined && host.state !== 'crashed') await new Promise(setImmediate)
  return outcome
}

test.each([1, 2, 3, 4, 5, 6])(`round %i (SIMULATION_SEED=${seed})`, async (round) => {
  const simulation = new Simulation({
    seed: `${seed}/${round}`,
    pace: 'by-itself',
    policy: randomFaults({ ...roughProbabilities, sleep: 0 }),
  })
  let outcome: string | undefined
  let processes = 0
  for (; outcome !== 'ended' && processes < PROCESSES_MAX; processes++) {
    // Towards the end all goes well, so that it ends.
    if (processes === PROCESSES_MAX - 2) simulation.policy = undefined
    outcome = await runOnce(simulation.process(`p${processes}`))
    // A claimant may meet the late requests of those before it; that is for the next one to settle.
    if (outcome !== undefined) expect(outcome).toMatch(/^ended$|^FENCED|^GAVE_UP/)
  }
  expect(outcome).toBe('ended')

  const good: string[][] = [[], [], []]
  const bad: string[] = []
  for (const [path, { bytes }] of simulation.inspect()) {
    const lines = Buffer.from(bytes).toString().split('\n').slice(0, -1)
    const key = /^key=(\d)\//.exec(path)?.[1]
    if (key !== undefined) good[Number(key)]!.push(...lines)
    else if (path.startsWith('_dead/')) bad.push(...lines.map((line) => (JSON.parse(line) as { id: string }).id))
  }
  const expected = [0, 1, 2].map((key) =>
    inputs.flatMap((value, i) => (i % 3 === key && value.startsWith('v') ? [`records-0-${i}\t${value}`] : [])),
  )
  expect(good).toEqual(expected)
  expect(bad).toEqual(inputs.flatMap((value, i) => (value.startsWith('bad') ? [`records-0-${i}`] : [])))
})
