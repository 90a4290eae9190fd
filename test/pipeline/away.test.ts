// The file system is away: attempts are aborted and replayed, pauses grow and end, and every record is there once in the end.
import { expect, test } from 'vitest'
import { MultiOutputError, PipelineError, recordsFrom, SourceError } from '../../src/index.js'
import { mayPass } from '../../src/pipeline/may-pass.js'
import type { AwayState } from '../../src/pipeline/pipeline-options.js'
import type { Source } from '../../src/source/source.js'
import { SeededRandom } from '../../src/testing/index.js'
import { errorAbout, losesReply, neverArrives, refused } from '../engine/faulty-file-system.js'
import { dataLines, deadLetters } from '../sink/stored-records.js'
import { expectedLines, FedInput, type Trial, trial, values } from './trial.js'
import { settled } from './waiting-clock.js'

/** Every request is refused until `heal`. */
function takeAway({ fileSystem }: Trial): void {
  fileSystem.rules.push(() => refused('UNAVAILABLE'))
}

function told(of: Trial, name: string): unknown[] {
  return of.told.filter(([each]) => each === name).map(([, event]) => event)
}

test('down for minutes: it says so, pauses longer and longer, and goes on by itself', async () => {
  const input = new FedInput()
  const it = trial({ pipeline: { source: recordsFrom(input), commit: { intervalMs: 1_000 } } })
  const { pipeline, clock, fileSystem, memory } = it
  const running = pipeline.run()
  input.give(...values(0, 3))
  await clock.advance(1_000)
  takeAway(it)
  input.give(...values(3, 6))
  await clock.advance(5 * 60_000)
  const away = told(it, 'away') as AwayState[]
  // 500 ms, then twice as long each time, 15 s at most; an abort that finds nothing to settle lets a replay run for an interval.
  expect(away.length).toBeGreaterThan(10)
  expect(away.length).toBeLessThan(40)
  expect(pipeline.status().away).toMatchObject({ sinceMs: away[0]!.sinceMs, tries: away.length })
  expect(await dataLines(memory, 'good')).toEqual(expectedLines(3))
  input.give(...values(6, 9))
  fileSystem.heal()
  await clock.advance(60_000)
  expect(told(it, 'back')).toEqual([{ awayMs: expect.any(Number), tries: away.length }])
  expect(pipeline.status().away).toBeUndefined()
  expect(await dataLines(memory, 'good')).toEqual(expectedLines(9))
  input.end()
  expect((await running).outcome).toBe('ended')
  expect(await dataLines(memory, 'good')).toEqual(expectedLines(9))
})

test('away when it starts: it waits, and starts', async () => {
  const it = trial({ pipeline: { source: recordsFrom(values(0, 3)) } })
  takeAway(it)
  const running = it.pipeline.run()
  await it.clock.advance(60_000)
  expect(it.pipeline.status().state).toBe('away')
  it.fileSystem.heal()
  await it.clock.advance(60_000)
  expect((await running).outcome).toBe('ended')
  expect(await dataLines(it.memory, 'good')).toEqual(expectedLines(3))
})

test('gives up when the limit is over, with the cause', async () => {
  const it = trial({ pipeline: { source: recordsFrom(values(0, 3)), away: { giveUpAfterMs: 60_000 } } })
  takeAway(it)
  const running = it.pipeline.run()
  const ending = expect(running).rejects.toSatisfy(
    (error) =>
      error instanceof PipelineError &&
      error.code === 'GAVE_UP' &&
      (error.cause as { code?: unknown }).code === 'UNAVAILABLE',
  )
  await it.clock.advance(59_000)
  expect(it.pipeline.status().state).toBe('away')
  await it.clock.advance(30_000)
  await ending
  expect(it.pipeline.status().state).toBe('ended')
})

test('a commit whose record was put although nobody was told is not written again', async () => {
  const it = trial({ pipeline: { source: recordsFrom(values(0, 5)) } })
  const running = it.pipeline.run()
  it.fileSystem.disturb('rename', /log\/0+1\.json/, losesReply(), 1)
  await it.clock.advance(120_000)
  expect((await running).outcome).toBe('ended')
  expect(await dataLines(it.memory, 'good')).toEqual(expectedLines(5))
})

test('a source that is away for a while is opened again', async () => {
  const inner = recordsFrom(values(0, 2))
  let failures = 3
  const source: Source = {
    name: 'shaky',
    open: async (options) => {
      failures -= 1
      if (failures >= 0) throw new SourceError('UNAVAILABLE', 'no broker', { retry: 'later' })
      return inner.open(options)
    },
    close: () => inner.close(),
  }
  const it = trial({ pipeline: { source } })
  const running = it.pipeline.run()
  await it.clock.advance(30_000)
  expect((await running).outcome).toBe('ended')
  expect(told(it, 'away')).toHaveLength(3)
  expect(await dataLines(it.memory, 'good')).toEqual(expectedLines(2))
})

test('fenced: it ends and claims no more', async () => {
  const input = new FedInput()
  const it = trial({ pipeline: { source: recordsFrom(input), commit: { intervalMs: 1_000 } } })
  const running = it.pipeline.run()
  input.give('v0')
  await it.clock.advance(1_000)
  const other = trial({ memory: it.memory, pipeline: { source: recordsFrom(values(0, 3)) } })
  await other.pipeline.run()
  const ending = expect(running).rejects.toMatchObject({ code: 'FENCED' })
  input.give('v1', 'v2')
  await it.clock.advance(10_000)
  await ending
  expect(it.names()).not.toContain('away')
  expect(await dataLines(it.memory, 'good')).toEqual(expectedLines(3))
})

const seed = process.env.PIPELINE_SEED ?? String(Date.now())

test(`random failures: every record and every dead letter once, in order (PIPELINE_SEED=${seed})`, async () => {
  let aways = 0
  for (let round = 0; round < 10; round++) {
    const random = new SeededRandom(`${seed}/${round}`)
    const count = 200
    const inputs = Array.from({ length: count }, (_, i) => (i % 7 === 3 ? `bad\n${i}` : `v${i}`))
    const input = new FedInput()
    const it = trial({
      pipeline: { source: recordsFrom(input, { replayBytesMax: 20_000 }), commit: { intervalMs: 500, recordsMax: 40 } },
      sink: { roll: { recordsMax: 30 }, bufferedBytesMax: 60 },
    })
    const troubles = [refused('UNAVAILABLE'), neverArrives(), losesReply(), losesReply('TIMEOUT')]
    let trouble = 40
    const running = it.pipeline.run()
    it.fileSystem.rules.push(() => {
      if (trouble <= 0 || random.fraction() > 0.15) return undefined
      trouble -= 1
      return troubles[random.integer(troubles.length)]
    })
    let isOver = false
    const ending = running.finally(() => {
      isOver = true
    })
    ending.catch(() => undefined)
    for (let at = 0; at < count; at += 25) {
      input.give(...inputs.slice(at, at + 25))
      await it.clock.advance(random.integer(3_000))
    }
    input.end()
    for (let turns = 0; !isOver && turns < 200; turns++) await it.clock.advance(20_000)
    expect((await ending).outcome, `round ${round}`).toBe('ended')
    aways += told(it, 'away').length
    const good = inputs.flatMap((value, i) => (value.startsWith('bad') ? [] : [`records-0-${i}\t${value}`]))
    expect(await dataLines(it.memory, 'good'), `round ${round}`).toEqual(good)
    const bad = (await deadLetters(it.memory)).map(({ id }) => id)
    expect(bad, `round ${round}`).toEqual(
      inputs.flatMap((value, i) => (value.startsWith('bad') ? [`records-0-${i}`] : [])),
    )
  }
  expect(aways).toBeGreaterThan(10)
})

test('memory stays bounded while it is away: no more is read than may be kept', async () => {
  let asked = 0
  const endless = (function* () {
    for (;;) {
      asked += 1
      yield `v${asked - 1}`
    }
  })()
  const it = trial({
    pipeline: { source: recordsFrom(endless, { replayBytesMax: 1_000_000 }), commit: { intervalMs: 1_000 } },
  })
  const running = it.pipeline.run()
  await settled()
  takeAway(it)
  await it.clock.advance(10 * 60_000)
  const during = asked
  await it.clock.advance(10 * 60_000)
  expect(asked).toBe(during)
  it.pipeline.stopNow()
  expect((await running).outcome).toBe('abandoned')
})

test.each([
  { error: new MultiOutputError('FENCED', ''), passes: false },
  { error: new MultiOutputError('BAD_RECORD', ''), passes: false },
  { error: new MultiOutputError('COMMIT_FAILED', ''), passes: true },
  { error: new MultiOutputError('ABORTED', '', { cause: new MultiOutputError('DATA_LOST', '') }), passes: false },
  {
    error: new MultiOutputError('COMMIT_FAILED', '', {
      cause: errorAbout({ operation: 'create', path: 'x' }, 'UNAVAILABLE', 'unknown'),
    }),
    passes: true,
  },
  { error: new SourceError('UNAVAILABLE', '', { retry: 'later' }), passes: true },
  { error: new SourceError('CHANGED', ''), passes: false },
  { error: new TypeError('a mistake'), passes: false },
  { error: undefined, passes: false },
])('$error.code may pass by itself: $passes', ({ error, passes }) => {
  expect(mayPass(error)).toBe(passes)
})
