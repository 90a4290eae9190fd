// What the layers are tried on: a file system of which each test writes the verbs it needs, and clocks of its own.
import type { FileStatus, FileSystem, Upload } from '../../../src/file-system/file-system.js'
import { FileSystemError, type FileSystemErrorDetails } from '../../../src/file-system/file-system-error.js'
import type { Clock } from '../../../src/model/clock.js'

/** A file system with these verbs; any other is a mistake of the test. */
export function fileSystemWith(verbs: Partial<FileSystem>): FileSystem {
  return new Proxy(verbs as FileSystem, {
    get(target, name) {
      if (name in target || typeof name === 'symbol') return Reflect.get(target, name) as unknown
      return () => {
        throw new Error(`the test has no ${name}`)
      }
    },
  })
}

/** An upload with these verbs. */
export function uploadWith(verbs: Partial<Upload>): Upload {
  return {
    path: 'a',
    sentBytes: 0,
    write: () => undefined,
    makeDurable: async () => 0,
    end: async () => 0,
    abort: async () => {},
    ...verbs,
  }
}

/** An error of the port. */
export function failure(details: Partial<FileSystemErrorDetails> = {}): FileSystemError {
  const all: FileSystemErrorDetails = {
    code: 'UNAVAILABLE',
    outcome: 'not-applied',
    retry: 'later',
    operation: 'stat',
    path: 'a',
    ...details,
  }
  return new FileSystemError(`${all.code}, made by a test`, all)
}

/** A file of this name. */
export function file(path: string): FileStatus {
  return { path, type: 'file', length: 1, modifiedMs: 1 }
}

/** Yields the values, then fails if there is something to fail with. */
export async function* yielding<T>(values: readonly T[], error?: Error): AsyncGenerator<T> {
  yield* values
  if (error !== undefined) throw error
}

/** What an iteration yields. */
export async function drain<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const value of values) found.push(value)
  return found
}

/** A clock on which a sleep is over at once, and time has passed by it. */
export class HastyClock implements Clock {
  timeMs = 1_000_000
  readonly sleptMs: number[] = []

  nowMs(): number {
    return this.timeMs
  }

  async sleep(durationMs: number): Promise<void> {
    this.sleptMs.push(durationMs)
    this.timeMs += durationMs
  }
}

/** A clock that stands still until the test moves it. */
export class HandClock implements Clock {
  timeMs = 1_000_000
  readonly #sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>()

  /** Sleeps that nobody has given up. */
  get sleepers(): number {
    return this.#sleepers.size
  }

  nowMs(): number {
    return this.timeMs
  }

  sleep(durationMs: number, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = {
        untilMs: this.timeMs + durationMs,
        wake: () => {
          this.#sleepers.delete(sleeper)
          resolve()
        },
      }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', sleeper.wake)
    })
  }

  /** Lets time pass, and everything run that it sets off. */
  async pass(durationMs: number): Promise<void> {
    await settled()
    this.timeMs += durationMs
    for (const sleeper of this.#sleepers) if (sleeper.untilMs <= this.timeMs) sleeper.wake()
    await settled()
  }
}

/** Lets everything run that waits for nothing but promises that are settled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A promise, and the hands that settle it. */
export function deferred<T = void>(): { promise: Promise<T>; resolve(value: T): void; reject(error: unknown): void } {
  let hands!: { resolve(value: T): void; reject(error: unknown): void }
  const promise = new Promise<T>((resolve, reject) => {
    hands = { resolve, reject }
  })
  return { promise, ...hands }
}
