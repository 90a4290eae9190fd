// Writers on a cluster that refuses: 503 for a while, a quota. `npm run chaos -- writer` does the same for longer. SEED=… repeats the choices.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClusterAddresses } from '../cluster/cluster-addresses.js'
import { sharedCluster } from '../cluster/shared-cluster.js'
import { COMPILE_MS_MAX, type CompiledProgram, compileWritingProgram } from './compiled-program.js'
import { answerUnavailable, hitQuota } from './hits.js'
import { NamenodeGate } from './namenode-gate.js'
import { WriterTrial } from './writer-trial.js'

const seed = process.env.SEED ?? String(Date.now())
const AWAY_MS = 3_000

let program: CompiledProgram
let cluster: ClusterAddresses
beforeAll(async () => {
  program = await compileWritingProgram()
  cluster = await sharedCluster()
}, 180_000 + COMPILE_MS_MAX)
afterAll(() => program.remove())

const trialAt = (url: string): WriterTrial =>
  new WriterTrial({ cluster, script: program.script, url, directory: `/writer-refusals/${randomUUID()}`, seed })

describe.concurrent('a cluster that refuses', () => {
  test('503 from the beginning of a commit on: the writer waits for it', async () => {
    await using gate = await NamenodeGate.before(cluster.webhdfsHttpUrl)
    await using trial = trialAt(gate.webhdfsUrl)
    console.log(`seed ${seed}: ${await answerUnavailable(trial, gate, { awayMs: AWAY_MS, name: 'patient' })}`)
    await trial.expectExact()
  })

  test('503 for longer than the writer waits: it says so, and the next one goes on', async () => {
    await using gate = await NamenodeGate.before(cluster.webhdfsHttpUrl)
    await using trial = trialAt(gate.webhdfsUrl)
    const writer = trial.start('impatient', { retryForMs: 0 })
    await writer.until('committed')
    gate.isAway = true
    const { exitCode, told } = await writer.ended()
    const last = told.at(-1)
    expect({ exitCode, what: last?.what }).toEqual({ exitCode: 1, what: 'failed' })
    expect(JSON.stringify(last)).toContain('503')
    gate.isAway = false
    await trial.expectExact()
  })

  test('a quota is hit while uploads are open: named; with room again the writer goes on', async () => {
    await using trial = trialAt(cluster.webhdfsUrl)
    console.log(`seed ${seed}: ${await hitQuota(trial, 'quota')}`)
    await trial.expectExact()
  })
})
