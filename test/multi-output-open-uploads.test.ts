// Busy files keep an upload open until the commit: how many requests that is, what makes room, and what a failure costs.
import { expect, test } from 'vitest'
import type { MultiOutput } from '../src/multi-output.js'
import type { MultiOutputOptions } from '../src/options.js'
import { MemoryFileSystem } from '../src/testing/index.js'
import { hold } from './engine/faulty-file-system.js'
import { at, type Line, linesByDirectory, ManualClock, openOutput } from './engine/sample-output.js'
import { WatchedUploads } from './engine/watched-uploads.js'

/** Who sleeps wakes when the test moves the time past the end of it. */
class HeldClock extends ManualClock {
  readonly #sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>()

  override sleep(durationMs: number, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { untilMs: this.timeMs + durationMs, wake: resolve }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', () => resolve())
    })
  }

  pass(durationMs: number): void {
    this.timeMs += durationMs
    for (const sleeper of this.#sleepers) {
      if (sleeper.untilMs > this.timeMs) continue
      this.#sleepers.delete(sleeper)
      sleeper.wake()
    }
  }
}

interface Bench {
  readonly memory: MemoryFileSystem
  readonly watched: WatchedUploads
  readonly clock: HeldClock
  readonly output: MultiOutput<Line>
  /** Writes a line with the next offset. */
  write(key: string, text: string): Promise<void> | undefined
}

async function bench(options: Partial<MultiOutputOptions<Line>> = {}): Promise<Bench> {
  const memory = new MemoryFileSystem()
  const watched = new WatchedUploads(memory)
  const clock = new HeldClock()
  const output = await openOutput(watched, { streamThresholdBytes: 10, ...options }, { clock })
  let offset = 0
  return { memory, watched, clock, output, write: (key, text) => output.write({ key, text }, at(offset++)) }
}

const numbered = (name: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${name} ${n}`)

/** All that waits in microtasks and immediate callbacks has run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

test('a file costs one upload a commit, however much it gains; a small one is sent in one request', async () => {
  const { memory, watched, output, write } = await bench()
  const first = numbered('first', 20)
  for (const text of first) {
    await write('a', text)
    await settled()
  }
  await write('b', 'small')
  await output.commit()
  expect(watched.opened).toEqual(['create'])
  const second = numbered('second', 20)
  for (const text of second) {
    await write('a', text)
    await settled()
  }
  await output.commit()
  expect(watched.opened).toEqual(['create', 'append'])
  expect(watched.openNow).toBe(0)
  expect(await linesByDirectory(memory)).toEqual({ a: [...first, ...second], b: ['small'] })
  await output.close()
})

test('bytes are sent as they come, not at the commit', async () => {
  const { memory, watched, output, write } = await bench()
  await write('a', 'more than ten bytes')
  await output.commit()
  await write('a', 'again more than ten bytes')
  await settled()
  expect(watched.sentBytes).toBe('more than ten bytes\nagain more than ten bytes\n'.length)
  await output.abort()
  expect(await linesByDirectory(memory)).toEqual({ a: ['more than ten bytes'] })
  await output.close()
})

test('from half of the budget on the largest begin to leave by uploads that stay open, and nobody waits', async () => {
  const uploaded: string[] = []
  const { memory, watched, output, write } = await bench({
    bufferedBytesMax: 160,
    streamThresholdBytes: 160,
    openUploadsMax: 2,
    hooks: { upload: ({ path }) => uploaded.push(path.split('/')[0]!) },
  })
  const line = (key: string): string => key.repeat(29)
  for (const key of ['a', 'b']) expect(write(key, line(key))).toBeUndefined()
  await settled()
  expect(watched.opened).toEqual([])
  for (const key of ['a', 'c', 'd', 'c', 'a', 'b']) {
    expect(write(key, line(key))).toBeUndefined()
    await settled()
  }
  expect(watched).toMatchObject({ opened: ['create', 'create'], openNow: 2 })
  await output.commit()
  expect(uploaded.toSorted()).toEqual(['a', 'b', 'c', 'd'])
  const [a, b, c, d] = [line('a'), line('b'), line('c'), line('d')]
  expect(await linesByDirectory(memory)).toEqual({ a: [a, a, a], b: [b, b], c: [c, c], d: [d] })
  await output.close()
})

test('what is uploaded because the budget is exceeded stays open until the commit too, as many as may be', async () => {
  const uploaded: string[] = []
  const { memory, watched, output, write } = await bench({
    bufferedBytesMax: 100,
    streamThresholdBytes: 1_600,
    openUploadsMax: 2,
    hooks: { upload: ({ path }) => uploaded.push(path.split('/')[0]!) },
  })
  await write('small', 's')
  const [a, b] = ['a'.repeat(109), 'b'.repeat(109)]
  for (const text of [a, b, a]) await write(text[0]!, text)
  expect(watched).toMatchObject({ opened: ['create', 'create'], openNow: 2 })
  expect(uploaded).toEqual([])
  // One too many, so it is sent in a request of its own; and what is too little for an upload stays.
  await write('c', 'c'.repeat(109))
  expect(uploaded).toEqual(['c'])
  await output.commit()
  expect(uploaded.slice(1).toSorted()).toEqual(['a', 'b', 'small'])
  expect(await linesByDirectory(memory)).toEqual({ small: ['s'], a: [a, a], b: [b], c: ['c'.repeat(109)] })
  await output.close()
})

test('of openUploadsMax and one the least recently used is ended, and goes on by another upload', async () => {
  const { memory, watched, output, write } = await bench({ openUploadsMax: 2 })
  const texts = numbered('a line of some bytes', 6)
  for (const text of texts) {
    for (const key of ['a', 'b', 'c', 'd']) await write(key, text)
    await settled()
  }
  await output.commit()
  expect(watched.openAtMost).toBe(2)
  expect(watched.opened).toHaveLength(24)
  expect(await linesByDirectory(memory)).toEqual({ a: texts, b: texts, c: texts, d: texts })
  await output.close()
})

test('an upload that gets nothing for uploadIdleMsMax is ended, and goes on by another one', async () => {
  const { memory, watched, clock, output, write } = await bench({ uploadIdleMsMax: 1_000 })
  await write('a', 'more than ten bytes')
  await settled()
  clock.pass(900)
  await settled()
  expect(watched.openNow).toBe(1)
  clock.pass(300)
  await settled()
  expect(watched.openNow).toBe(0)
  await write('a', 'few')
  await settled()
  expect(watched.opened).toEqual(['create'])
  await write('a', 'again more than ten bytes')
  await settled()
  expect(watched.opened).toEqual(['create', 'append'])
  await output.commit()
  expect(await linesByDirectory(memory)).toEqual({ a: ['more than ten bytes', 'few', 'again more than ten bytes'] })
  await output.close()
})

test('one that fails loses the attempt, and nothing that was committed; the others of the attempt are given up', async () => {
  const { memory, watched, output, write } = await bench()
  await write('a', 'committed, and long')
  await write('b', 'committed, and long')
  await output.commit()
  await write('b', 'not committed, long')
  await settled()
  watched.failsAt = 'poison'
  await write('a', 'poison, and long as well')
  await settled()
  expect(() => write('a', 'after it')).toThrow(expect.objectContaining({ code: 'ABORTED' }))
  await expect(output.commit()).rejects.toMatchObject({ code: 'ABORTED' })
  await output.abort()
  expect(watched.openNow).toBe(0)
  expect(await linesByDirectory(memory)).toEqual({ a: ['committed, and long'], b: ['committed, and long'] })
  watched.failsAt = undefined
  expect(output.committed.offsets.get('t')?.get(0)?.until).toBe(2n)
  await output.write({ key: 'a', text: 'written anew, and long' }, at(2))
  await output.commit()
  expect((await linesByDirectory(memory)).a).toEqual(['committed, and long', 'written anew, and long'])
  await output.close()
})

test('one of the next attempt that fails does not disturb the commit in hand', async () => {
  const { memory, watched, output, write } = await bench()
  await write('a', 'in the commit, and long')
  const publishing = hold()
  watched.disturb('rename', /^a\//, publishing.disturbance)
  const commit = output.commit()
  await publishing.reached
  watched.failsAt = 'poison'
  await write('b', 'poison, and long as well')
  await settled()
  expect(() => write('b', 'after it')).toThrow(expect.objectContaining({ code: 'ABORTED' }))
  publishing.release()
  expect(await commit).toMatchObject({ records: 1, files: 1 })
  await output.abort()
  expect(await linesByDirectory(memory)).toEqual({ a: ['in the commit, and long'] })
  await output.close()
})

test('while a commit is in hand, only files that it does not write to are uploaded', async () => {
  const { memory, watched, output, write } = await bench()
  await write('a', 'in the commit, and long')
  const publishing = hold()
  watched.disturb('rename', /^a\//, publishing.disturbance)
  const commit = output.commit()
  await publishing.reached
  await write('a', 'behind it, and long')
  await write('b', 'behind it, and long')
  await settled()
  expect(watched.opened).toEqual(['create', 'create'])
  expect(watched.openNow).toBe(1)
  publishing.release()
  await commit
  await settled()
  // What waited is sent when the commit is published, without a further write.
  expect(watched.opened).toEqual(['create', 'create', 'append'])
  await output.commit()
  expect(await linesByDirectory(memory)).toEqual({
    a: ['in the commit, and long', 'behind it, and long'],
    b: ['behind it, and long'],
  })
  await output.close()
})

test('bytes that were sent do not count as held in memory', async () => {
  const { output, write } = await bench({ bufferedBytesMax: 200 })
  for (let n = 0; n < 20; n++) {
    expect(write('a', 'x'.repeat(100)), `line ${n}`).toBeUndefined()
    await settled()
  }
  await output.commit()
  await output.close()
})

test('write waits for an upload that is far behind, long before memory runs short', async () => {
  const { memory, watched, output, write } = await bench()
  let release = (): void => {}
  watched.stuck = new Promise((resolve) => {
    release = resolve
  })
  const text = 'x'.repeat(2 ** 20)
  const waits: (Promise<void> | undefined)[] = []
  for (let n = 0; n < 12; n++) {
    waits.push(write('a', text))
    await settled()
  }
  // The first line is on its way, and those that wait behind it are more than 8 MiB with the ninth.
  expect(waits.findIndex((wait) => wait !== undefined)).toBe(8)
  let isOver = false
  const last = waits.at(-1)!.then(() => {
    isOver = true
  })
  await settled()
  expect(isOver).toBe(false)
  watched.stuck = undefined
  release()
  await last
  await output.commit()
  expect((await linesByDirectory(memory)).a).toHaveLength(12)
  await output.close()
})
