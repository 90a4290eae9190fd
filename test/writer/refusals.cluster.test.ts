// Writers on a cluster that refuses: 503 for a while, a quota. `npm run chaos -- writer` does the same for longer. SEED=… repeats the choices.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { answerUnavailable, hitQuota } from './hits.js'
import { NamenodeGate } from './namenode-gate.js'
import { useWritingProgram } from './use-writing-program.js'
import { WriterTrial } from './writer-trial.js'

const seed = process.env.SEED ?? String(Date.now())
const AWAY_MS = 3_000

const stage = useWritingProgram()

const trialAt = (url: string): WriterTrial =>
  new WriterTrial({ ...stage(), url, directory: `/writer-refusals/${randomUUID()}`, seed })

describe.concurrent('a cluster that refuses', () => {
  test('503 from the beginning of a commit on: the writer waits for it', async () => {
    await using gate = await NamenodeGate.before(stage().cluster.webhdfsHttpUrl)
    await using trial = trialAt(gate.webhdfsUrl)
    console.log(`seed ${seed}: ${await answerUnavailable(trial, gate, { awayMs: AWAY_MS, name: 'patient' })}`)
    await trial.expectExact()
  })

  test('503 for longer than the writer waits: it says so, and the next one goes on', async () => {
    await using gate = await NamenodeGate.before(stage().cluster.webhdfsHttpUrl)
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
    await using trial = trialAt(stage().cluster.webhdfsUrl)
    console.log(`seed ${seed}: ${await hitQuota(trial, 'quota')}`)
    await trial.expectExact()
  })
})
