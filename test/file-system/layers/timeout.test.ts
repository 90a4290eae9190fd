import { afterEach, beforeEach, expect, test } from 'vitest'
import { withTimeout } from '../../../src/file-system/layers/timeout.js'
import {
  deferred,
  drain,
  failure,
  file,
  fileSystemWith,
  HandClock,
  settled,
  uploadWith,
  yielding,
} from './stand-ins.js'

const never = new Promise<never>(() => {})
const unhandled: unknown[] = []
const note = (error: unknown): void => {
  unhandled.push(error)
}
beforeEach(() => {
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  await settled()
  process.off('unhandledRejection', note)
  expect(unhandled.splice(0)).toEqual([])
})

const limits = { operationMsMax: 1_000, transferMsPerMebibyte: 100, progressMsMax: 50 }

/** Whether it is settled by now. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let pending = true
  const done = (): void => {
    pending = false
  }
  promise.then(done, done)
  await settled()
  return pending
}

test('a read that gets no answer is TIMEOUT, not applied, to be tried now; nothing else waits on', async () => {
  const clock = new HandClock()
  const fileSystem = withTimeout(fileSystemWith({ stat: () => never }), { ...limits, clock })
  const asking = fileSystem.stat('a')
  await clock.pass(999)
  expect(await isPending(asking)).toBe(true)
  await clock.pass(1)
  await expect(asking).rejects.toMatchObject({
    code: 'TIMEOUT',
    outcome: 'not-applied',
    retry: 'now',
    operation: 'stat',
    path: 'a',
  })
  expect(clock.sleepers).toBe(0)
})

test('a change that gets no answer may still happen: unknown', async () => {
  const clock = new HandClock()
  const fileSystem = withTimeout(fileSystemWith({ rename: () => never, mkdirs: () => never, delete: () => never }), {
    ...limits,
    clock,
  })
  const calls = [fileSystem.rename('a', 'b', { mode: 'move' }), fileSystem.mkdirs('a'), fileSystem.delete('a')]
  const all = Promise.allSettled(calls)
  await clock.pass(1_000)
  for (const result of await all) {
    expect(result).toMatchObject({
      status: 'rejected',
      reason: { code: 'TIMEOUT', outcome: 'unknown', retry: 'later' },
    })
  }
})

test('an answer in time is handed on, an error too, and the timer let go', async () => {
  const clock = new HandClock()
  const error = failure()
  const inner = fileSystemWith({ stat: async () => file('a'), read: () => Promise.reject(error) })
  const fileSystem = withTimeout(inner, { ...limits, clock })
  expect(await fileSystem.stat('a')).toEqual(file('a'))
  await expect(fileSystem.read('a')).rejects.toBe(error)
  expect(clock.sleepers).toBe(0)
})

test('an error that comes too late troubles nobody', async () => {
  const clock = new HandClock()
  const answer = deferred<never>()
  const fileSystem = withTimeout(fileSystemWith({ mkdirs: () => answer.promise }), { ...limits, clock })
  const making = expect(fileSystem.mkdirs('a')).rejects.toMatchObject({ code: 'TIMEOUT' })
  await clock.pass(1_000)
  await making
  answer.reject(failure())
})

test('content gets time by its length, truncate what it may wait itself', async () => {
  const clock = new HandClock()
  const inner = fileSystemWith({ create: () => never, truncate: () => never })
  const fileSystem = withTimeout(inner, { ...limits, clock })
  const creating = fileSystem.create('a', [new Uint8Array(2 ** 20), new Uint8Array(2 ** 20)])
  const cutting = fileSystem.truncate('a', { length: 0, waitMs: 500 })
  const both = [expect(creating).rejects.toThrow('1200 ms'), expect(cutting).rejects.toThrow('1500 ms')]
  await clock.pass(1_199)
  expect(await isPending(creating)).toBe(true)
  await clock.pass(1)
  expect(await isPending(creating)).toBe(false)
  await clock.pass(299)
  expect(await isPending(cutting)).toBe(true)
  await clock.pass(1)
  await Promise.all(both)
})

test('an upload that begins too late is given up', async () => {
  const clock = new HandClock()
  const late = deferred<ReturnType<typeof uploadWith>>()
  let aborts = 0
  const fileSystem = withTimeout(fileSystemWith({ createUpload: () => late.promise }), { ...limits, clock })
  const opening = expect(fileSystem.createUpload('a')).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' })
  await clock.pass(1_000)
  await opening
  late.resolve(
    uploadWith({
      abort: async () => {
        aborts++
      },
    }),
  )
  await settled()
  expect(aborts).toBe(1)
})

test.each(['write', 'makeDurable', 'end'] as const)(
  'an upload whose %s gets no answer is given up, and every later call has the same error',
  async (step) => {
    const clock = new HandClock()
    let aborts = 0
    const upload = uploadWith({
      [step]: () => never,
      abort: async () => {
        aborts++
      },
    })
    const timed = await withTimeout(fileSystemWith({ appendUpload: async () => upload }), {
      ...limits,
      clock,
    }).appendUpload('a', { base: 0 })
    const stepping = (step === 'write' ? timed.write(new Uint8Array(1))! : timed[step]()).catch(
      (reason: unknown) => reason,
    )
    await clock.pass(step === 'write' ? 50 : 1_000)
    const error = await stepping
    expect(error).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown', operation: 'append' })
    expect(aborts).toBe(1)
    await expect(timed.write(new Uint8Array(1))).rejects.toBe(error)
    await expect(timed.makeDurable()).rejects.toBe(error)
    await expect(timed.end()).rejects.toBe(error)
    await timed.abort()
    expect(clock.sleepers).toBe(0)
  },
)

test('an upload without trouble goes through, and a write without back-pressure sets no timer', async () => {
  const clock = new HandClock()
  const inner = fileSystemWith({ createUpload: async () => uploadWith({ sentBytes: 7, end: async () => 7 }) })
  const upload = await withTimeout(inner, { ...limits, clock }).createUpload('a')
  expect(upload.write(new Uint8Array(7))).toBeUndefined()
  expect([upload.path, upload.sentBytes, await upload.end()]).toEqual(['a', 7, 7])
  expect(clock.sleepers).toBe(0)
})

test('an abort that does not end is left behind, and does not reject', async () => {
  const clock = new HandClock()
  const inner = fileSystemWith({ createUpload: async () => uploadWith({ abort: () => never }) })
  const upload = await withTimeout(inner, { ...limits, clock }).createUpload('a')
  const aborting = upload.abort()
  await clock.pass(1_000)
  await aborting
})

test('a stream gets the long limit for its first answer and the short one for each further', async () => {
  const clock = new HandClock()
  const [first, second] = [deferred(), deferred()]
  let ended = 0
  const inner = fileSystemWith({
    readStream: async function* () {
      try {
        await first.promise
        yield new Uint8Array(1)
        await second.promise
        yield new Uint8Array(2)
      } finally {
        ended++
      }
    },
  })
  const stream = withTimeout(inner, { ...limits, clock })
    .readStream('a')
    [Symbol.asyncIterator]()
  const one = stream.next()
  await clock.pass(999)
  first.resolve()
  expect((await one).value).toHaveLength(1)
  const two = stream.next().catch((reason: unknown) => reason)
  await clock.pass(50)
  expect(await two).toMatchObject({ code: 'TIMEOUT', outcome: 'not-applied', operation: 'read' })
  // It ends as soon as it can, and nobody waits for that.
  expect(ended).toBe(0)
  second.resolve()
  await settled()
  expect(ended).toBe(1)
  expect(clock.sleepers).toBe(0)
})

test('a stream in time is handed on whole; one that is left early is ended', async () => {
  const clock = new HandClock()
  const inner = fileSystemWith({ list: () => yielding([file('a'), file('b')]) })
  const fileSystem = withTimeout(inner, { ...limits, clock })
  expect(await drain(fileSystem.list(''))).toEqual([file('a'), file('b')])
  for await (const _ of fileSystem.list('')) break
  expect(clock.sleepers).toBe(0)
})

test('close has a limit too', async () => {
  const clock = new HandClock()
  const closing = withTimeout(fileSystemWith({ close: () => never }), { ...limits, clock }).close()
  const ended = expect(closing).rejects.toMatchObject({ code: 'TIMEOUT', operation: 'close' })
  await clock.pass(1_000)
  await ended
})
