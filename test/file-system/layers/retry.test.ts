import { expect, test } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { FileSystemError, type Operation } from '../../../src/file-system/file-system-error.js'
import { withRetry } from '../../../src/file-system/layers/retry.js'
import {
  drain,
  failure,
  file,
  fileSystemWith,
  HandClock,
  HastyClock,
  settled,
  uploadWith,
  yielding,
} from './stand-ins.js'

const half = { id: () => '0'.repeat(32), fraction: () => 0.5 }
const whole = { id: () => '0'.repeat(32), fraction: () => 1 }
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content)

// Every verb that is asked and answered once.
const verbs: readonly {
  operation: Operation
  method: keyof FileSystem
  call(fileSystem: FileSystem): Promise<unknown>
}[] = [
  { operation: 'create', method: 'create', call: (fileSystem) => fileSystem.create('a', bytes('a')) },
  { operation: 'create', method: 'createUpload', call: (fileSystem) => fileSystem.createUpload('a') },
  { operation: 'append', method: 'append', call: (fileSystem) => fileSystem.append('a', bytes('a'), { base: 1 }) },
  { operation: 'append', method: 'appendUpload', call: (fileSystem) => fileSystem.appendUpload('a', { base: 1 }) },
  {
    operation: 'truncate',
    method: 'truncate',
    call: (fileSystem) => fileSystem.truncate('a', { length: 0, waitMs: 1 }),
  },
  { operation: 'concat', method: 'concat', call: (fileSystem) => fileSystem.concat('a', ['b']) },
  { operation: 'rename', method: 'rename', call: (fileSystem) => fileSystem.rename('a', 'b', { mode: 'claim' }) },
  { operation: 'delete', method: 'delete', call: (fileSystem) => fileSystem.delete('a') },
  { operation: 'mkdirs', method: 'mkdirs', call: (fileSystem) => fileSystem.mkdirs('a') },
  { operation: 'stat', method: 'stat', call: (fileSystem) => fileSystem.stat('a') },
  { operation: 'read', method: 'read', call: (fileSystem) => fileSystem.read('a') },
  { operation: 'isOpenForWrite', method: 'isOpenForWrite', call: (fileSystem) => fileSystem.isOpenForWrite('a') },
]

// A file system whose method fails as listed, and then answers.
function failing(
  method: keyof FileSystem,
  errors: Error[],
  answer: unknown = 'answer',
): { inner: FileSystem; tries: () => number } {
  let tries = 0
  const verb = async (): Promise<unknown> => {
    tries++
    const error = errors.shift()
    if (error !== undefined) throw error
    return answer
  }
  return { inner: fileSystemWith({ [method]: verb }), tries: () => tries }
}

for (const { operation, method, call } of verbs) {
  test(`${String(method)}: what was not applied is tried again, and the answer handed on`, async () => {
    const { inner, tries } = failing(method, [failure({ operation }), failure({ operation, retry: 'now' })])
    expect(await call(withRetry(inner, { clock: new HastyClock() }))).toBe('answer')
    expect(tries()).toBe(3)
  })

  test(`${String(method)}: what asks for no retry is not tried again`, async () => {
    const error = failure({ operation, retry: 'never' })
    const { inner, tries } = failing(method, [error])
    await expect(call(withRetry(inner, { clock: new HastyClock() }))).rejects.toBe(error)
    expect(tries()).toBe(1)
  })

  const repeatable = ['mkdirs', 'delete'].includes(operation)
  test(`${String(method)}: what may have happened is ${repeatable ? 'tried again, for the port calls it repeatable' : 'never tried again'}`, async () => {
    const error = failure({ operation, outcome: 'unknown', code: 'TIMEOUT' })
    const { inner, tries } = failing(method, [error])
    const calling = call(withRetry(inner, { clock: new HastyClock() }))
    await (repeatable ? expect(calling).resolves.toBe('answer') : expect(calling).rejects.toBe(error))
    expect(tries()).toBe(repeatable ? 2 : 1)
  })

  test(`${String(method)}: what did happen is never tried again`, async () => {
    const error = failure({ operation, outcome: 'applied', code: 'WRONG_LENGTH' })
    const { inner, tries } = failing(method, [error])
    await expect(call(withRetry(inner, { clock: new HastyClock() }))).rejects.toBe(error)
    expect(tries()).toBe(1)
  })
}

test('nothing of an upload that was opened is tried again', async () => {
  const error = failure({ operation: 'create' })
  let ends = 0
  const upload = uploadWith({
    end: async () => {
      ends++
      throw error
    },
  })
  const fileSystem = withRetry(fileSystemWith({ createUpload: async () => upload }), { clock: new HastyClock() })
  await expect((await fileSystem.createUpload('a')).end()).rejects.toBe(error)
  expect(ends).toBe(1)
})

test('mistakes of a programmer are no errors of the port', async () => {
  const mistake = new TypeError('a mistake')
  const { inner, tries } = failing('stat', [mistake])
  await expect(withRetry(inner, { clock: new HastyClock() }).stat('a')).rejects.toBe(mistake)
  expect(tries()).toBe(1)
})

test('pauses double up to the longest, each cut by up to a half', async () => {
  const always = Array.from({ length: 9 }, () => failure())
  const settings = { attemptsMax: 8, delayMsInitial: 100, delayMsMax: 1_000 }
  const clock = new HastyClock()
  await expect(
    withRetry(failing('stat', [...always]).inner, { ...settings, clock, random: whole }).stat('a'),
  ).rejects.toThrow()
  expect(clock.sleptMs).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000])
  const shorter = new HastyClock()
  await expect(
    withRetry(failing('stat', [...always]).inner, { ...settings, clock: shorter, random: half }).stat('a'),
  ).rejects.toThrow()
  expect(shorter.sleptMs).toEqual([75, 150, 300, 600, 750, 750, 750])
})

test('`now` is at once the first time and after a pause from then on', async () => {
  const clock = new HastyClock()
  const errors = Array.from({ length: 3 }, () => failure({ retry: 'now' }))
  await withRetry(failing('stat', errors).inner, { clock, random: whole, delayMsInitial: 100 }).stat('a')
  expect(clock.sleptMs).toEqual([200, 400])
})

test('it ends with the last error after so many tries', async () => {
  const errors = Array.from({ length: 9 }, (_, index) => failure({ path: `try ${index + 1}` }))
  const { inner, tries } = failing('stat', errors)
  const fileSystem = withRetry(inner, { clock: new HastyClock(), attemptsMax: 4 })
  await expect(fileSystem.stat('a')).rejects.toMatchObject({ path: 'try 4' })
  expect(tries()).toBe(4)
})

test('it ends with the last error rather than pause beyond its time', async () => {
  const clock = new HastyClock()
  const begunMs = clock.timeMs
  let tries = 0
  const inner = fileSystemWith({
    stat: async () => {
      tries++
      clock.timeMs += 400
      throw failure()
    },
  })
  const fileSystem = withRetry(inner, { clock, random: whole, totalMsMax: 1_000, delayMsInitial: 100 })
  await expect(fileSystem.stat('a')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  // 400, a pause of 100, 400: the next pause of 200 would end at 1,100.
  expect(tries).toBe(2)
  expect(clock.timeMs - begunMs).toBe(900)
})

test('an earlier try that may have happened is not forgotten for a last one that surely did not', async () => {
  const first = failure({ operation: 'delete', outcome: 'unknown', code: 'TIMEOUT' })
  const last = failure({ operation: 'delete', code: 'NOT_EMPTY', retry: 'never' })
  const { inner } = failing('delete', [first, last])
  const error = await withRetry(inner, { clock: new HastyClock() })
    .delete('a')
    .catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(FileSystemError)
  expect(error).toMatchObject({ code: 'NOT_EMPTY', outcome: 'unknown', operation: 'delete', path: 'a', cause: last })
})

test('close ends a pause: what was waiting is answered by the closed file system', async () => {
  const clock = new HandClock()
  let isClosed = false
  const inner = fileSystemWith({
    stat: async () => {
      throw isClosed ? failure({ code: 'CLOSED', retry: 'never' }) : failure()
    },
    close: async () => {
      isClosed = true
    },
  })
  const fileSystem = withRetry(inner, { clock })
  const asking = expect(fileSystem.stat('a')).rejects.toMatchObject({ code: 'CLOSED' })
  await settled()
  expect(clock.sleepers).toBe(1)
  await fileSystem.close()
  await asking
  expect(clock.sleepers).toBe(0)
})

test('list goes on after the last name that it yielded', async () => {
  const calls: unknown[] = []
  const answers = [
    yielding([file('d/a'), file('d/b')], failure({ operation: 'list' })),
    yielding([], failure({ operation: 'list', retry: 'now' })),
    yielding([file('d/c')]),
  ]
  const inner = fileSystemWith({
    list: (path, options) => {
      calls.push([path, options])
      return answers.shift()!
    },
  })
  const listed = await drain(withRetry(inner, { clock: new HastyClock() }).list('d', { startAfter: 'A' }))
  expect(listed.map(({ path }) => path)).toEqual(['d/a', 'd/b', 'd/c'])
  expect(calls).toEqual([
    ['d', { startAfter: 'A' }],
    ['d', { startAfter: 'b' }],
    ['d', { startAfter: 'b' }],
  ])
})

test('readStream goes on after the last byte that it yielded, and asks for nothing when that was all', async () => {
  const ranges: unknown[] = []
  const answers = [
    yielding([bytes('23'), bytes('45')], failure({ operation: 'read' })),
    yielding([bytes('67')], failure({ operation: 'read' })),
    yielding([bytes('89')], failure({ operation: 'read' })),
  ]
  const inner = fileSystemWith({
    readStream: (_path, range) => {
      ranges.push(range)
      return answers.shift()!
    },
  })
  const chunks = await drain(withRetry(inner, { clock: new HastyClock() }).readStream('a', { start: 2, end: 10 }))
  expect(Buffer.concat(chunks).toString()).toBe('23456789')
  expect(ranges).toEqual([
    { start: 2, end: 10 },
    { start: 6, end: 10 },
    { start: 8, end: 10 },
  ])
})

test('a stream that makes progress is never given up, one that makes none is', async () => {
  let failures = 0
  const inner = fileSystemWith({
    readStream: (_path, range) => {
      failures++
      const isStuck = (range?.start ?? 0) >= 20
      return yielding(isStuck ? [] : [bytes('x')], failure({ operation: 'read' }))
    },
  })
  const got: Uint8Array[] = []
  const reading = (async () => {
    for await (const chunk of withRetry(inner, { clock: new HastyClock(), attemptsMax: 3 }).readStream('a'))
      got.push(chunk)
  })()
  await expect(reading).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(got).toHaveLength(20)
  expect(failures).toBe(20 + 2)
})

test('an iteration that is ended early ends the one below it, and a failure of its consumer is no failure of its own', async () => {
  let ended = 0
  const inner = fileSystemWith({
    list: async function* () {
      try {
        yield file('a')
        yield file('b')
      } finally {
        ended++
      }
    },
  })
  const fileSystem = withRetry(inner, { clock: new HastyClock() })
  for await (const _ of fileSystem.list('')) break
  const mistake = failure()
  const iterating = (async () => {
    for await (const _ of fileSystem.list('')) throw mistake
  })()
  await expect(iterating).rejects.toBe(mistake)
  expect(ended).toBe(2)
})
