// A file system that answers as a test wants it to: refuses, loses a reply, holds a request back or lets it arrive late.
import type { Capabilities, FileStatus, FileSystem } from '../../src/file-system/file-system.js'
import { FileSystemError, type FileSystemErrorCode } from '../../src/file-system/file-system-error.js'
import { type Call, ForwardingFileSystem } from '../../src/file-system/layers/forwarding.js'

/** What becomes of one call. It may run it or not, now or later. */
export type Disturbance = <T>(call: Call, run: () => Promise<T>) => Promise<T>

/** Chooses what becomes of a call; `undefined` lets it through. */
export type Rule = (call: Call) => Disturbance | undefined

/** An error as adapters throw it. */
export function errorAbout(
  call: Call,
  code: FileSystemErrorCode,
  outcome: 'not-applied' | 'unknown' | 'applied',
): FileSystemError {
  const { operation, path } = call
  return new FileSystemError(`${operation} ${path}: ${code} (${outcome}), as the test wants it`, {
    code,
    outcome,
    retry: 'later',
    operation,
    path,
  })
}

/** It surely does not happen. */
export function refused(code: FileSystemErrorCode): Disturbance {
  return (call) => Promise.reject(errorAbout(call, code, 'not-applied'))
}

/** It never happens, and the caller does not know that. */
export function neverArrives(code: FileSystemErrorCode = 'TIMEOUT'): Disturbance {
  return (call) => Promise.reject(errorAbout(call, code, 'unknown'))
}

/** It happens, and the caller does not know that. */
export function losesReply(code: FileSystemErrorCode = 'UNAVAILABLE'): Disturbance {
  return async (call, run) => {
    await run().catch(() => undefined)
    throw errorAbout(call, code, 'unknown')
  }
}

/** The caller hears nothing; it happens when the test runs what is put into `late`. */
export function arrivesLate(late: (() => Promise<unknown>)[], code: FileSystemErrorCode = 'TIMEOUT'): Disturbance {
  return (call, run) => {
    late.push(() => run().catch((error: unknown) => error))
    return Promise.reject(errorAbout(call, code, 'unknown'))
  }
}

/** A call that is held back. */
export interface Hold {
  /** Holds the call back until `release`; then it goes its way, or the one of `afterwards`. */
  readonly disturbance: Disturbance
  /** Resolves when the call has come. */
  readonly reached: Promise<void>
  release(): void
}

/** Holds one call back for as long as a test wants. */
export function hold(afterwards: Disturbance = (_call, run) => run()): Hold {
  const reached = signal()
  const released = signal()
  return {
    disturbance: async (call, run) => {
      reached.give()
      await released.given
      return afterwards(call, run)
    },
    reached: reached.given,
    release: released.give,
  }
}

function signal(): { readonly given: Promise<void>; give(): void } {
  let give: () => void = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}

/** Hands on to `inner` what the rules let through. */
export class FaultyFileSystem extends ForwardingFileSystem {
  /** Asked in order; the first disturbance is taken. */
  readonly rules: Rule[] = []
  /** Every call so far. */
  readonly calls: Call[] = []
  readonly #capabilities: Partial<Capabilities>

  constructor(inner: FileSystem, capabilities: Partial<Capabilities> = {}) {
    super(inner)
    this.#capabilities = capabilities
  }

  override get capabilities(): Capabilities {
    return { ...this.inner.capabilities, ...this.#capabilities }
  }

  /** Disturbs the next `times` calls of one operation whose path, or destination, matches. */
  disturb(operation: Call['operation'], path: RegExp, disturbance: Disturbance, times: number = 1): void {
    let left = times
    this.rules.push((call) => {
      const matches = call.operation === operation && (path.test(call.path) || path.test(call.destination ?? ''))
      if (!matches || left === 0) return undefined
      left -= 1
      return disturbance
    })
  }

  /** From now on all goes well. */
  heal(): void {
    this.rules.length = 0
  }

  protected around<T>(call: Call, run: () => Promise<T>): Promise<T> {
    this.calls.push(call)
    for (const rule of this.rules) {
      const disturbance = rule(call)
      if (disturbance !== undefined) return disturbance(call, run)
    }
    return run()
  }

  protected async *stream<T>(call: Call, open: () => AsyncIterable<T>): AsyncGenerator<T> {
    await this.around(call, () => Promise.resolve())
    yield* open()
  }
}

/** Every entry below a directory, in the order of paths. */
export async function everythingBelow(fileSystem: FileSystem, directory: string): Promise<FileStatus[]> {
  const found: FileStatus[] = []
  for await (const entry of fileSystem.list(directory)) {
    found.push(entry)
    if (entry.type === 'directory') found.push(...(await everythingBelow(fileSystem, entry.path)))
  }
  return found
}
