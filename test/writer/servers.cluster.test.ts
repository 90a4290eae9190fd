// A writer with uploads open whose servers go away: datanodes killed and stopped, the namenode restarted in a commit. Everything is counted
// afterwards. `npm run chaos -- writer` does the same for longer. SEED=… repeats the choices.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useCluster } from '../cluster/own-cluster.js'
import { sharedHadoopVersion } from '../cluster/shared-cluster.js'
import { COMPILE_MS_MAX, type CompiledProgram, compileWritingProgram } from './compiled-program.js'
import { hitDatanode, restartNamenode } from './hits.js'
import { WriterTrial } from './writer-trial.js'

const seed = process.env.SEED ?? String(Date.now())
const timeout = 600_000 // foreign name: vitest's option

const cluster = useCluster({
  hadoop: sharedHadoopVersion(),
  kafka: false,
  httpfs: false,
  datanodes: 2,
  closeDelayMs: 10,
})

let program: CompiledProgram
beforeAll(async () => {
  program = await compileWritingProgram()
}, COMPILE_MS_MAX)
afterAll(() => program.remove())

const trialIn = (directory: string): WriterTrial =>
  new WriterTrial({ cluster: cluster(), script: program.script, url: cluster().webhdfsUrl, directory, seed })

test('a datanode is killed, and the other one stopped, while uploads are open', { timeout }, async () => {
  await using trial = trialIn('/datanodes')
  for (const [index, how] of (['kill', 'stop'] as const).entries()) {
    const datanode = cluster().datanodes[index]!
    const outcome = await hitDatanode(trial, datanode, { how, name: how })
    console.log(`seed ${seed}, ${how} ${datanode.name}: ${outcome}`)
  }
  await trial.expectExact()
})

test('the namenode is restarted during a commit', { timeout }, async () => {
  await using trial = trialIn('/namenode')
  console.log(`seed ${seed}: ${await restartNamenode(trial, cluster().namenode, 'restart')}`)
  await trial.expectExact()
  expect(cluster().namenode.pid).toBeDefined()
})
