// Tasks that come and go: a pipeline for each, released when it goes, claimed again only when it is given anew.
import { expect, onTestFinished, test } from 'vitest'
import { GroupPipeline, type GroupPipelineOptions } from '../../src/pipeline/group-pipeline.js'
import type { Source, SourceBatch, SourceReader } from '../../src/source/source.js'
import { SourceError } from '../../src/source/source-error.js'
import type { JoinOptions, TaskGroup } from '../../src/source/task-group.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { dataLines, sinkOn } from '../sink/stored-records.js'

/** A group that a test assigns by hand; each task hands out one record, and more when there are. */
class HandGroup implements TaskGroup {
  readonly name = 'by hand'
  readonly happened: string[] = []
  joined: JoinOptions | undefined
  failures: unknown[] = []
  held = false
  endsAfter = Number.POSITIVE_INFINITY
  available = 1
  readonly #waiting = new Set<() => void>()

  /** So many records of each task are there. */
  offer(records: number): void {
    this.available = records
    for (const wake of this.#waiting) wake()
  }

  async join(options: JoinOptions): Promise<void> {
    const failure = this.failures.shift()
    if (failure !== undefined) throw failure
    this.joined = options
    this.happened.push('join')
  }

  assign(...tasks: number[]): void {
    this.joined!.onAssigned({ tasks, mayBeHeld: () => this.held })
  }

  source(task: number): Source {
    return {
      name: `task ${task}`,
      open: async ({ committed }) => {
        let next = committed.offsets.get('t')?.get(task)?.until ?? 0n
        let isStopped = false
        let wake = (): void => {}
        const stop = (): void => {
          isStopped = true
          wake()
        }
        this.#waiting.add(() => wake())
        const reader: SourceReader = {
          metadata: undefined,
          wantsCommit: false,
          next: async (): Promise<SourceBatch | undefined> => {
            if (next >= this.endsAfter) return undefined
            while (next >= this.available && this.endsAfter === Number.POSITIVE_INFINITY && !isStopped) {
              await new Promise<void>((resolve) => {
                wake = resolve
              })
            }
            if (isStopped) return undefined
            const id = { topic: 't', partition: task, offset: next++ }
            const value = Buffer.from(`v${id.offset}`)
            const record = { id, key: null, value, headers: {}, timestampMs: 0, parsed: undefined }
            return { records: [record], advances: [], bytes: 2 }
          },
          committed: () => {},
          progress: () => ({ lagRecords: 1 }),
          stop,
          close: async () => stop(),
        }
        return reader
      },
      close: async () => {},
    }
  }

  giveUp(task: number): void {
    this.happened.push(`gave up ${task}`)
  }

  async leave(): Promise<void> {
    this.happened.push('leave')
  }
}

function make(group: HandGroup, memory: MemoryFileSystem, more: Partial<GroupPipelineOptions> = {}): GroupPipeline {
  const pipeline = new GroupPipeline({
    group,
    taskCount: 2,
    sink: (task, { takeover }) => sinkOn(memory, { task, taskCount: 2, takeover }),
    decode: 'none',
    commit: { intervalMs: 10 },
    away: { pauseMsInitial: 1, pauseMsMax: 1 },
    ...more,
  })
  onTestFinished(() => pipeline.stopNow())
  return pipeline
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < 2_000; look++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  throw new Error(`not so: ${what}`)
}

const released = async (memory: MemoryFileSystem, task: number): Promise<void> => {
  const session = await sinkOn(memory, { task, taskCount: 2, takeover: 'ifReleased' }).open()
  await session.close()
}

test('a task that goes is committed and released, one that stays is not disturbed, one that comes back goes on', async () => {
  const memory = new MemoryFileSystem()
  const group = new HandGroup()
  const pipeline = make(group, memory)
  const running = pipeline.run()
  await until('joined', () => group.joined !== undefined)
  group.assign(0, 1)
  await until('both committed', () => pipeline.status().committedRecords === 2)
  group.assign(1)
  await until('one left', () => pipeline.status().source.lagRecords === 1)
  await released(memory, 0)
  group.assign(0, 1)
  await until('two again', () => pipeline.status().source.lagRecords === 2)
  expect(pipeline.status()).toMatchObject({ state: 'running', records: 2, committedRecords: 2 })
  pipeline.stop()
  expect(await running).toMatchObject({ outcome: 'stopped', status: { committedRecords: 2 } })
  expect(group.happened).toEqual(['join', 'leave'])
  expect((await dataLines(memory, 'good')).sort()).toEqual(['t-0-0\tv0', 't-1-0\tv0'])
})

test('a task that was fenced is left alone until it is given anew', async () => {
  const memory = new MemoryFileSystem()
  const group = new HandGroup()
  const pipeline = make(group, memory, { commit: { intervalMs: 20 } })
  const running = pipeline.run()
  await until('joined', () => group.joined !== undefined)
  group.assign(0)
  await until('committed', () => pipeline.status().committedRecords === 1)
  const other = await sinkOn(memory, { task: 0, taskCount: 2 }).open()
  group.offer(2)
  await until('fenced', () => group.happened.includes('gave up 0'))
  expect(other.committed.offsets.get('t')?.get(0)?.until).toBe(1n)
  await other.close()
  expect(pipeline.status().committedRecords).toBe(1)
  group.assign(0)
  await until('claimed again', () => pipeline.status().committedRecords === 2)
  pipeline.stop()
  expect((await running).outcome).toBe('stopped')
  expect(await dataLines(memory, 'good')).toEqual(['t-0-0\tv0', 't-0-1\tv1'])
})

test('who may still have a task is waited for, but not for ever', async () => {
  const memory = new MemoryFileSystem()
  const before = await sinkOn(memory, { task: 0, taskCount: 2 }).open()
  const group = new HandGroup()
  group.held = true
  const pipeline = make(group, memory, { handOverMsMax: 300 })
  const running = pipeline.run()
  await until('joined', () => group.joined !== undefined)
  group.assign(0)
  await before.close()
  await until('taken when it was released', () => pipeline.status().committedRecords === 1)
  pipeline.stop()
  await running
  await sinkOn(memory, { task: 1, taskCount: 2 }).open()
  const again = new HandGroup()
  again.held = true
  const taking = make(again, memory, { handOverMsMax: 300 })
  const takes = taking.run()
  await until('joined', () => again.joined !== undefined)
  again.assign(1)
  await until('taken over', () => taking.status().committedRecords === 1)
  taking.stop()
  await takes
})

test('to the end: ends when all tasks that it has have ended', async () => {
  const memory = new MemoryFileSystem()
  const group = new HandGroup()
  group.endsAfter = 3
  const pipeline = make(group, memory, { untilEnd: true })
  const running = pipeline.run()
  await until('joined', () => group.joined !== undefined)
  expect(group.joined!.stop).toBe('atEnd')
  group.assign(0, 1)
  expect(await running).toMatchObject({ outcome: 'ended', status: { committedRecords: 6, state: 'ended' } })
})

test('a group that is away is joined again, one that refuses ends it', async () => {
  const memory = new MemoryFileSystem()
  const group = new HandGroup()
  const away = new SourceError('UNAVAILABLE', 'no broker', { retry: 'later' })
  group.failures = [away, away]
  const told: string[] = []
  const events = { away: () => told.push('away'), back: () => told.push('back') }
  const pipeline = make(group, memory, { events })
  const running = pipeline.run()
  await until('joined', () => group.joined !== undefined)
  group.assign(0)
  await until('committed', () => pipeline.status().committedRecords === 1)
  expect(told).toEqual(['away', 'away', 'back'])
  group.joined!.onLost(away)
  await until('joined again', () => group.happened.length === 2)
  group.assign(0)
  expect(told).toEqual(['away', 'away', 'back', 'away', 'back'])
  group.joined!.onLost(new SourceError('UNREADABLE', 'no permission'))
  await expect(running).rejects.toMatchObject({ code: 'UNREADABLE' })
  // What was read is committed, and the task released.
  await released(memory, 0)
})

test('a task that fails for good ends all, behind their commits', async () => {
  const memory = new MemoryFileSystem()
  const group = new HandGroup()
  const pipeline = make(group, memory, {
    sink: (task, { takeover }) => {
      const sink = sinkOn(memory, { task, taskCount: 2, takeover })
      return task === 0 ? sink : { ...sink, open: () => Promise.reject(new TypeError('a bug')) }
    },
  })
  const running = pipeline.run()
  await until('joined', () => group.joined !== undefined)
  group.assign(0)
  await until('committed', () => pipeline.status().committedRecords === 1)
  group.assign(0, 1)
  await expect(running).rejects.toThrow('a bug')
  await released(memory, 0)
})
