// The writing program in a process of its own, as seen by whoever kills, stops and continues it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import type { Told, WritingOrder } from './told.js'

/** An open waits for a few seconds at most, a commit for half a minute. */
const END_MS_MAX = 60_000

/** How it ended. */
export interface Ending {
  /** `null` after a signal. */
  readonly exitCode: number | null
  /** Everything that it told. */
  readonly told: readonly Told[]
}

/** A running writer. Disposing kills it. */
export interface WritingProcess extends AsyncDisposable {
  /** So far. */
  readonly told: readonly Told[]
  /** Resolves with the first thing told of which this is true, told before or still to come; rejects when it ends without. */
  until<What extends Told['what']>(
    what: What,
    matches?: (told: Extract<Told, { what: What }>) => boolean,
  ): Promise<Extract<Told, { what: What }>>
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void
  /** Resolves when the process and all that it told are through; rejects when that takes longer than a minute, or as long as is said. */
  ended(waitMs?: number): Promise<Ending>
}

/** Starts the compiled program. `before` is a command that ends by executing what follows it. */
export function spawnWriter(script: string, order: WritingOrder, before: readonly string[] = []): WritingProcess {
  const command = [...before, process.execPath, script, JSON.stringify(order)]
  const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
  const told: Told[] = []
  const listeners = new Set<() => void>()
  const wake = (): void => {
    for (const listener of [...listeners]) listener()
  }
  createInterface({ input: child.stdout }).on('line', (line) => {
    told.push(JSON.parse(line) as Told)
    wake()
  })
  let isOver = false
  const ended = once(child, 'close').then(([exitCode]): Ending => {
    isOver = true
    wake()
    return { exitCode: exitCode as number | null, told }
  })
  return {
    told,
    async ended(waitMs = END_MS_MAX) {
      const tooLate = new AbortController()
      const late = setTimeout(waitMs, undefined, { signal: tooLate.signal }).then(() => {
        throw new Error(`it does not end; it told ${JSON.stringify(told.slice(-5))}`)
      })
      late.catch(() => undefined)
      return Promise.race([ended, late]).finally(() => tooLate.abort())
    },
    signal: (name) => {
      child.kill(name)
    },
    until<What extends Told['what']>(
      what: What,
      matches: (told: Extract<Told, { what: What }>) => boolean = () => true,
    ) {
      return new Promise<Extract<Told, { what: What }>>((resolve, reject) => {
        const look = (): void => {
          const found = told.find((one) => one.what === what && matches(one as Extract<Told, { what: What }>))
          if (found === undefined && !isOver) return
          listeners.delete(look)
          if (found === undefined)
            reject(new Error(`it ended without ${what}; it told ${JSON.stringify(told.slice(-3))}`))
          else resolve(found as Extract<Told, { what: What }>)
        }
        listeners.add(look)
        look()
      })
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** The positions that a writer was told are committed, when it last was; `undefined` if it never was. */
export function lastPositions(told: readonly Told[]): readonly bigint[] | undefined {
  return told.findLast((one) => 'until' in one)?.until.map(BigInt)
}
