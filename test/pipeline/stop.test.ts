// Stopping, in each state: what is committed, what is released, and that run() always ends.
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { linesFromStream, recordsFrom } from '../../src/index.js'
import { hold, refused } from '../engine/faulty-file-system.js'
import { dataLines, sinkOn } from '../sink/stored-records.js'
import { expectedLines, FedInput, type Trial, trial, values } from './trial.js'
import { settled } from './waiting-clock.js'

function start(input: FedInput): Trial & { readonly running: ReturnType<Trial['pipeline']['run']> } {
  const it = trial({
    pipeline: { source: recordsFrom(input), commit: { intervalMs: 1_000 }, stopMsMax: 5_000 },
  })
  return { ...it, running: it.pipeline.run() }
}

async function isReleased({ memory }: Trial): Promise<boolean> {
  try {
    await (await sinkOn(memory, { takeover: 'ifReleased' }).open()).close()
    return true
  } catch {
    return false
  }
}

test('while it waits for the source: commits what was read, and releases', async () => {
  const input = new FedInput()
  const it = start(input)
  input.give(...values(0, 3))
  await settled()
  it.pipeline.stop()
  it.pipeline.stop()
  expect((await it.running).outcome).toBe('stopped')
  expect(it.names()).toEqual(['opened', 'stopping', 'commit'])
  expect(it.told[1]).toEqual(['stopping', { reason: 'asked' }])
  expect(await dataLines(it.memory, 'good')).toEqual(expectedLines(3))
  expect(await isReleased(it)).toBe(true)
  // Nothing keeps time any more.
  expect(it.clock.sleepers).toBe(0)
})

test('in the middle of a source without end: the batch in hand is finished', async () => {
  const endless = (function* () {
    for (let i = 0; ; i++) yield `v${i}`
  })()
  const it = trial({ pipeline: { source: recordsFrom(endless) } })
  const running = it.pipeline.run()
  while (it.pipeline.status().records < 10_000) await new Promise(setImmediate)
  it.pipeline.stop()
  const { outcome, status } = await running
  expect(outcome).toBe('stopped')
  expect(status.committedRecords).toBe(status.records)
  expect(await dataLines(it.memory, 'good')).toEqual(expectedLines(status.records))
})

test('while it waits for a pipe that stays open: the pipe is let go of', async () => {
  const pipe = new PassThrough()
  const it = trial({ pipeline: { source: linesFromStream(pipe) } })
  const running = it.pipeline.run()
  pipe.write('v0\nv1\nhalf')
  await it.clock.advance(10_000)
  expect(it.pipeline.status().commits).toBe(1)
  it.pipeline.stop()
  expect((await running).outcome).toBe('stopped')
  expect(pipe.destroyed).toBe(true)
  expect(await dataLines(it.memory, 'good')).toEqual(expectedLines(2, 'stdin'))
})

test('before it runs, and while it opens: nothing is read', async () => {
  const before = trial({ pipeline: { source: recordsFrom(values(0, 3)) } })
  before.pipeline.stop()
  expect((await before.pipeline.run()).outcome).toBe('stopped')
  expect(before.fileSystem.calls).toEqual([])

  const opening = trial({ pipeline: { source: recordsFrom(values(0, 3)) } })
  const claiming = hold()
  opening.fileSystem.disturb('rename', /log\//, claiming.disturbance)
  const running = opening.pipeline.run()
  await claiming.reached
  opening.pipeline.stop()
  claiming.release()
  expect(await running).toMatchObject({ outcome: 'stopped', status: { records: 0 } })
  expect(await isReleased(opening)).toBe(true)
})

test('while a commit is under way: it is finished, and a last one follows', async () => {
  const input = new FedInput()
  const it = start(input)
  await settled()
  const deciding = hold()
  it.fileSystem.disturb('rename', /log\//, deciding.disturbance)
  input.give('v0')
  await it.clock.advance(1_000)
  await deciding.reached
  input.give('v1')
  await settled()
  it.pipeline.stop()
  await settled()
  deciding.release()
  expect((await it.running).outcome).toBe('stopped')
  expect(await dataLines(it.memory, 'good')).toEqual(expectedLines(2))
})

test('while something is away: the pause ends at once, nothing is lost that was committed', async () => {
  const input = new FedInput()
  const it = start(input)
  input.give('v0')
  await it.clock.advance(1_000)
  it.fileSystem.rules.push(() => refused('UNAVAILABLE'))
  input.give('v1')
  await it.clock.advance(1_400)
  expect(it.pipeline.status().state).toBe('away')
  it.pipeline.stop()
  expect((await it.running).outcome).toBe('discarded')
  expect(await dataLines(it.memory, 'good')).toEqual(expectedLines(1))
})

test('away when it starts, and stopped: it ends', async () => {
  const it = start(new FedInput())
  it.fileSystem.rules.push(() => refused('UNAVAILABLE'))
  await it.clock.advance(10_000)
  expect(it.pipeline.status().state).toBe('away')
  it.pipeline.stop()
  expect((await it.running).outcome).toBe('discarded')
})

test('the last commit fails because the file system is away: discarded, not tried for ever', async () => {
  const input = new FedInput()
  const it = start(input)
  input.give('v0')
  await settled()
  it.fileSystem.rules.push(() => refused('UNAVAILABLE'))
  it.pipeline.stop()
  expect((await it.running).outcome).toBe('discarded')
  expect(await dataLines(it.memory, 'good')).toEqual([])
})

test('the last commit fails late: it is waited for, and the outcome says so', async () => {
  const input = new FedInput()
  const it = start(input)
  input.give('v0')
  await settled()
  const deciding = hold(refused('UNAVAILABLE'))
  it.fileSystem.disturb('rename', /log\//, deciding.disturbance)
  it.pipeline.stop()
  await deciding.reached
  await settled()
  it.fileSystem.rules.push(() => refused('UNAVAILABLE'))
  deciding.release()
  expect((await it.running).outcome).toBe('discarded')
})

test('the last commit hangs: the time limit ends it', async () => {
  const input = new FedInput()
  const it = start(input)
  input.give('v0')
  await settled()
  const deciding = hold()
  it.fileSystem.disturb('rename', /log\//, deciding.disturbance)
  it.pipeline.stop()
  await deciding.reached
  await it.clock.advance(4_999)
  expect(it.pipeline.status().state).toBe('stopping')
  await it.clock.advance(1)
  expect((await it.running).outcome).toBe('abandoned')
  // What was under way may still be decided; it is told to nobody.
  const before = it.told.length
  deciding.release()
  await it.clock.advance(10_000)
  expect(it.told.length).toBe(before)
})

test('at once: run ends in the same turn, whatever hangs', async () => {
  const input = new FedInput()
  const it = start(input)
  await settled()
  input.give('v0')
  const uploading = hold()
  it.fileSystem.disturb('create', /data-/, uploading.disturbance)
  await it.clock.advance(1_000)
  await uploading.reached
  it.pipeline.stop()
  it.pipeline.stopNow()
  expect((await it.running).outcome).toBe('abandoned')
  uploading.release()
  await settled()
  // The next one finds it as after a crash, or released behind it; in either case exact.
  const next = trial({ memory: it.memory, pipeline: { source: recordsFrom(values(0, 2)) } })
  expect((await next.pipeline.run()).outcome).toBe('ended')
  expect(await dataLines(it.memory, 'good')).toEqual(expectedLines(2))
})

test('after the end: nothing happens', async () => {
  const it = trial({ pipeline: { source: recordsFrom(values(0, 1)) } })
  expect((await it.pipeline.run()).outcome).toBe('ended')
  it.pipeline.stop()
  it.pipeline.stopNow()
  await it.clock.advance(60_000)
  expect(it.pipeline.status().state).toBe('ended')
})
