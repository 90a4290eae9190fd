import { expect, test } from 'vitest'
import { withConcurrencyLimit } from '../../../src/file-system/layers/concurrency-limit.js'
import { withRetry } from '../../../src/file-system/layers/retry.js'
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

/** Verbs that are answered when the test says so, in the order in which they began. */
function held(): { begun: string[]; answer(path: string): void; stat(path: string): Promise<undefined> } {
  const begun: string[] = []
  const answers = new Map<string, ReturnType<typeof deferred<undefined>>>()
  return {
    begun,
    answer: (path) => answers.get(path)!.resolve(undefined),
    stat: (path) => {
      begun.push(path)
      const answer = deferred<undefined>()
      answers.set(path, answer)
      return answer.promise
    },
  }
}

test('so many run at once, the others in the order in which they came', async () => {
  const { begun, answer, stat } = held()
  const fileSystem = withConcurrencyLimit(fileSystemWith({ stat }), { operationsMax: 2 })
  const calls = ['a', 'b', 'c', 'd'].map((path) => fileSystem.stat(path))
  await settled()
  expect(begun).toEqual(['a', 'b'])
  answer('b')
  await settled()
  expect(begun).toEqual(['a', 'b', 'c'])
  answer('a')
  answer('c')
  await settled()
  answer('d')
  await Promise.all(calls)
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
})

test('one that fails makes room like one that succeeds', async () => {
  const error = failure()
  const inner = fileSystemWith({ stat: () => Promise.reject(error), read: async () => new Uint8Array(1) })
  const fileSystem = withConcurrencyLimit(inner, { operationsMax: 1 })
  await expect(fileSystem.stat('a')).rejects.toBe(error)
  expect(await fileSystem.read('a')).toHaveLength(1)
})

test('an open upload holds no place; its beginning, makeDurable and end wait for one, write and abort for none', async () => {
  const { begun, answer, stat } = held()
  const done: string[] = []
  const step = (name: string) => async () => {
    done.push(name)
    return 1
  }
  const upload = uploadWith({
    makeDurable: step('makeDurable'),
    end: step('end'),
    abort: async () => {
      done.push('abort')
    },
    write: () => {
      done.push('write')
      return undefined
    },
  })
  const fileSystem = withConcurrencyLimit(fileSystemWith({ stat, createUpload: async () => upload }), {
    operationsMax: 1,
  })
  const uploads = [await fileSystem.createUpload('u'), await fileSystem.createUpload('v')]
  const asking = fileSystem.stat('a')
  await settled()
  expect(begun).toEqual(['a'])
  const beginning = fileSystem.createUpload('w')
  const durable = uploads[0]!.makeDurable()
  const ending = uploads[0]!.end()
  void uploads[0]!.write(new Uint8Array(1))
  await uploads[1]!.abort()
  expect(done).toEqual(['write', 'abort'])
  answer('a')
  await Promise.all([asking, beginning, durable, ending])
  expect(done).toEqual(['write', 'abort', 'makeDurable', 'end'])
})

test('a stream holds its place until its first answer', async () => {
  const first = deferred()
  let ended = 0
  const inner = fileSystemWith({
    stat: async () => undefined,
    list: async function* () {
      try {
        await first.promise
        yield file('a')
        yield file('b')
      } finally {
        ended++
      }
    },
    readStream: () => yielding([new Uint8Array(1), new Uint8Array(2)]),
  })
  const fileSystem = withConcurrencyLimit(inner, { operationsMax: 1 })
  const entries = fileSystem.list('')[Symbol.asyncIterator]()
  const next = entries.next()
  let isAnswered = false
  const asking = fileSystem.stat('a').then(() => {
    isAnswered = true
  })
  await settled()
  expect(isAnswered).toBe(false)
  first.resolve()
  expect((await next).value).toEqual(file('a'))
  await asking
  // Open as the listing is, it is in nobody's way; many of them do not block each other.
  expect(await Promise.all([drain(fileSystem.readStream('a')), drain(fileSystem.readStream('b'))])).toHaveLength(2)
  await entries.return?.()
  expect(ended).toBe(1)
})

test('one more than may wait is turned away, not applied and to be tried later', async () => {
  const { answer, stat } = held()
  const fileSystem = withConcurrencyLimit(fileSystemWith({ stat }), { operationsMax: 1, operationsQueuedMax: 1 })
  const calls = [fileSystem.stat('a'), fileSystem.stat('b')]
  await expect(fileSystem.stat('c')).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    outcome: 'not-applied',
    retry: 'later',
  })
  await settled()
  answer('a')
  await settled()
  answer('b')
  await Promise.all(calls)
})

test('close does not wait for a place, and turns away what is waiting for one', async () => {
  const { begun, answer, stat } = held()
  const inner = fileSystemWith({ stat, rename: async () => {}, close: async () => answer('a') })
  const fileSystem = withConcurrencyLimit(inner, { operationsMax: 1 })
  const running = fileSystem.stat('a')
  const waiting = expect(fileSystem.rename('b', 'c', { mode: 'claim' })).rejects.toMatchObject({
    code: 'CLOSED',
    outcome: 'not-applied',
    operation: 'rename',
    path: 'b',
  })
  await settled()
  await fileSystem.close()
  await waiting
  await running
  expect(begun).toEqual(['a'])
})

test('a pause of a retry above it holds no place', async () => {
  const clock = new HandClock()
  let isDown = true
  const inner = fileSystemWith({
    stat: async () => {
      if (isDown) throw failure()
      return undefined
    },
    read: async () => new Uint8Array(1),
  })
  const fileSystem = withRetry(withConcurrencyLimit(inner, { operationsMax: 1 }), { clock })
  const asking = fileSystem.stat('a')
  await settled()
  expect(clock.sleepers).toBe(1)
  expect(await fileSystem.read('b')).toHaveLength(1)
  isDown = false
  await clock.pass(10_000)
  expect(await asking).toBeUndefined()
})
