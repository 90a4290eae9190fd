import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { type Observation, withObserver } from '../../../src/file-system/layers/observe.js'
import { drain, failure, file, fileSystemWith, HastyClock, uploadWith, yielding } from './stand-ins.js'

function observed(
  verbs: Partial<FileSystem>,
  clock = new HastyClock(),
): { fileSystem: FileSystem; told: Observation[] } {
  const told: Observation[] = []
  const onObservation = (observation: Observation): void => {
    told.push(observation)
  }
  return { fileSystem: withObserver(fileSystemWith(verbs), { onObservation, clock }), told }
}

const plain = { step: 'whole', bytes: 0, entries: 0, durationMs: 0, outcome: 'done' }

test('what was done is told with bytes and how long it took', async () => {
  const clock = new HastyClock()
  const takes = (durationMs: number) => async (): Promise<never> => {
    clock.timeMs += durationMs
    return undefined as never
  }
  const { fileSystem, told } = observed(
    {
      create: takes(30),
      append: takes(20),
      rename: takes(2),
      stat: takes(1),
      read: async () => new Uint8Array(5),
      delete: takes(3),
      mkdirs: takes(4),
      truncate: takes(5),
      concat: takes(6),
      isOpenForWrite: takes(7),
      close: takes(8),
    },
    clock,
  )
  await fileSystem.create('a', [new Uint8Array(3), new Uint8Array(4)])
  await fileSystem.append('a', new Uint8Array(2), { base: 7 })
  await fileSystem.rename('a', 'b', { mode: 'move' })
  await fileSystem.stat('b')
  await fileSystem.read('b')
  await fileSystem.delete('b')
  await fileSystem.mkdirs('d')
  await fileSystem.truncate('b', { length: 1, waitMs: 0 })
  await fileSystem.concat('b', ['c'])
  await fileSystem.isOpenForWrite('b')
  await fileSystem.close()
  expect(told).toEqual([
    { ...plain, operation: 'create', path: 'a', bytes: 7, durationMs: 30 },
    { ...plain, operation: 'append', path: 'a', bytes: 2, durationMs: 20 },
    { ...plain, operation: 'rename', path: 'a', destination: 'b', durationMs: 2 },
    { ...plain, operation: 'stat', path: 'b', durationMs: 1 },
    { ...plain, operation: 'read', path: 'b', bytes: 5 },
    { ...plain, operation: 'delete', path: 'b', durationMs: 3 },
    { ...plain, operation: 'mkdirs', path: 'd', durationMs: 4 },
    { ...plain, operation: 'truncate', path: 'b', durationMs: 5 },
    { ...plain, operation: 'concat', path: 'b', durationMs: 6 },
    { ...plain, operation: 'isOpenForWrite', path: 'b', durationMs: 7 },
    { ...plain, operation: 'close', path: '', durationMs: 8 },
  ])
})

test('a failure is told with its outcome and handed on as it is', async () => {
  const error = failure({ operation: 'rename', outcome: 'unknown' })
  const mistake = new TypeError('a mistake')
  const { fileSystem, told } = observed({ rename: () => Promise.reject(error), stat: () => Promise.reject(mistake) })
  await expect(fileSystem.rename('a', 'b', { mode: 'claim' })).rejects.toBe(error)
  await expect(fileSystem.stat('a')).rejects.toBe(mistake)
  expect(told).toMatchObject([
    { operation: 'rename', outcome: 'unknown', error },
    { operation: 'stat', outcome: 'unknown', error: mistake },
  ])
})

test('an upload is told step by step, and the bytes of the steps add up', async () => {
  let sentBytes = 0
  const inner = uploadWith({
    write: (chunk) => {
      sentBytes += chunk.byteLength
      return sentBytes > 10 ? Promise.resolve() : undefined
    },
  })
  Object.defineProperty(inner, 'sentBytes', { get: () => sentBytes })
  const { fileSystem, told } = observed({ createUpload: async () => inner })
  const upload = await fileSystem.createUpload('a')
  void upload.write(new Uint8Array(6))
  await upload.write(new Uint8Array(6))
  await upload.makeDurable()
  void upload.write(new Uint8Array(5))
  expect(upload.sentBytes).toBe(17)
  await upload.end()
  await upload.abort()
  expect(told.map(({ step, bytes, outcome }) => [step, bytes, outcome])).toEqual([
    ['begin', 0, 'done'],
    ['durable', 12, 'done'],
    ['end', 5, 'done'],
    ['abort', 0, 'done'],
  ])
  expect(told.every(({ operation, path }) => operation === 'create' && path === 'a')).toBe(true)
})

test('a write is told when it fails, by a throw or a rejection, and only then', async () => {
  const error = failure({ operation: 'append', outcome: 'unknown' })
  const throwing = (): never => {
    throw error
  }
  for (const write of [throwing, () => Promise.reject(error)]) {
    const { fileSystem, told } = observed({ appendUpload: async () => uploadWith({ write, sentBytes: 9 }) })
    const upload = await fileSystem.appendUpload('a', { base: 1 })
    await expect((async () => upload.write(new Uint8Array(9)))()).rejects.toBe(error)
    expect(told).toMatchObject([
      { step: 'begin' },
      { operation: 'append', step: 'write', bytes: 9, outcome: 'unknown', error },
    ])
  }
})

test('an upload that cannot begin, or end, is told with the error', async () => {
  const error = failure({ operation: 'create' })
  const refusing = observed({ createUpload: () => Promise.reject(error) })
  await expect(refusing.fileSystem.createUpload('a')).rejects.toBe(error)
  expect(refusing.told).toMatchObject([{ step: 'begin', outcome: 'not-applied', error }])
  const failing = observed({ createUpload: async () => uploadWith({ end: () => Promise.reject(error) }) })
  const upload = await failing.fileSystem.createUpload('a')
  await expect(upload.end()).rejects.toBe(error)
  expect(failing.told).toMatchObject([{ step: 'begin' }, { step: 'end', outcome: 'not-applied', error }])
})

test('a stream is told once, at its end, with the waits alone', async () => {
  const clock = new HastyClock()
  const { fileSystem, told } = observed(
    {
      readStream: async function* () {
        clock.timeMs += 10
        yield new Uint8Array(3)
        clock.timeMs += 5
        yield new Uint8Array(4)
      },
      list: () => yielding([file('a'), file('b'), file('c')]),
    },
    clock,
  )
  for await (const _ of fileSystem.readStream('a')) clock.timeMs += 1_000
  expect(await drain(fileSystem.list(''))).toHaveLength(3)
  for await (const _ of fileSystem.list('')) break
  expect(told).toEqual([
    { ...plain, operation: 'read', path: 'a', bytes: 7, durationMs: 15 },
    { ...plain, operation: 'list', path: '', entries: 3 },
    { ...plain, operation: 'list', path: '', entries: 1 },
  ])
})

test('a stream that fails is told once, with what it yielded before', async () => {
  const error = failure({ operation: 'list' })
  const { fileSystem, told } = observed({ list: () => yielding([file('a')], error) })
  await expect(drain(fileSystem.list(''))).rejects.toBe(error)
  expect(told).toMatchObject([{ operation: 'list', entries: 1, outcome: 'not-applied', error }])
})

test('a clock that is set back makes no negative duration', async () => {
  const clock = new HastyClock()
  const stat = async (): Promise<undefined> => {
    clock.timeMs -= 5_000
    return undefined
  }
  const { fileSystem, told } = observed({ stat }, clock)
  await fileSystem.stat('a')
  expect(told[0]?.durationMs).toBe(0)
})

test('an observer that throws or rejects breaks no operation, and is reported once', async () => {
  for (const onObservation of [
    () => {
      throw new Error('a broken observer')
    },
    () => Promise.reject(new Error('a broken observer')) as unknown as undefined,
  ]) {
    const warnings: Error[] = []
    const warn = (warning: Error): void => {
      warnings.push(warning)
    }
    process.on('warning', warn)
    try {
      const warned = once(process, 'warning')
      const inner = fileSystemWith({ stat: async () => file('a'), mkdirs: () => Promise.reject(failure()) })
      const fileSystem = withObserver(inner, { onObservation })
      expect(await fileSystem.stat('a')).toEqual(file('a'))
      await expect(fileSystem.mkdirs('a')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      await fileSystem.stat('a')
      await warned
      await new Promise((resolve) => setImmediate(resolve))
      expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('a broken observer')])
    } finally {
      process.off('warning', warn)
    }
  }
})
