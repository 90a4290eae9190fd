import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Watermark } from '../../src/protocol/watermark.js'
import { checkProperty, ranges } from './sample-records.js'

const policy = { allowedLatenessMs: 10, idlePartitionMs: 100 }
const partition = (number: number) => ({ topic: 't', partition: number })

describe('the watermark', () => {
  test('is the smallest of the partitions, less the lateness that is allowed', () => {
    const watermark = new Watermark(policy)
    watermark.note(partition(0), 1_000)
    watermark.note(partition(1), 500)
    watermark.note(partition(0), 900)
    expect(watermark.atCommit(undefined, 0)).toBe(490)
    watermark.note(partition(1), 2_000)
    expect(watermark.atCommit(490, 1)).toBe(990)
  })

  test('never runs back', () => {
    const watermark = new Watermark(policy)
    watermark.note(partition(0), 1_000)
    expect(watermark.atCommit(5_000, 0)).toBe(5_000)
  })

  test('waits for partitions that are known and have brought nothing, until they are idle', () => {
    const watermark = new Watermark(policy)
    watermark.restart(ranges(['t', 0, 0n, 5n], ['t', 1, 0n, 5n]))
    watermark.note(partition(0), 1_000)
    expect(watermark.atCommit(undefined, 0)).toBeUndefined()
    watermark.note(partition(0), 1_001)
    expect(watermark.atCommit(7, 99)).toBe(7)
    watermark.note(partition(0), 1_002)
    expect(watermark.atCommit(7, 100)).toBe(992)
  })

  test('stays where nobody brings anything', () => {
    const watermark = new Watermark(policy)
    watermark.note(partition(0), 1_000)
    watermark.note(partition(1), 500)
    expect(watermark.atCommit(undefined, 0)).toBe(490)
    expect(watermark.atCommit(490, 1_000)).toBe(490)
    // The one that comes back is waited for no longer than the other.
    watermark.note(partition(0), 1_500)
    expect(watermark.atCommit(490, 1_001)).toBe(1_490)
  })

  test('a partition that comes back holds it again, and takes nothing back', () => {
    const watermark = new Watermark(policy)
    watermark.note(partition(0), 1_000)
    watermark.note(partition(1), 500)
    watermark.atCommit(undefined, 0)
    watermark.note(partition(0), 2_000)
    expect(watermark.atCommit(490, 100)).toBe(1_990)
    watermark.note(partition(1), 600)
    watermark.note(partition(0), 3_000)
    expect(watermark.atCommit(1_990, 101)).toBe(1_990)
  })

  test('records without an id are one partition', () => {
    const watermark = new Watermark(policy)
    expect(watermark.knowsNoPartition).toBe(true)
    watermark.note(undefined, 1_000)
    expect(watermark.knowsNoPartition).toBe(false)
    expect(watermark.atCommit(undefined, 0)).toBe(990)
  })
})

/** What it says in the comment, with everything kept and asked anew. */
class DumbWatermark {
  readonly seen: { partition: number; eventTimeMs: number; commit: number }[] = []
  known = new Map<number, number>()
  readonly commits: number[] = []

  atCommit(floorMs: number | undefined, nowMs: number): number | undefined {
    this.commits.push(nowMs)
    const bounds: number[] = []
    for (const [partition, since] of this.known) {
      const own = this.seen.filter((one) => one.partition === partition)
      const last = Math.max(since, ...own.map(({ commit }) => commit))
      if (nowMs - this.commits[last]! >= policy.idlePartitionMs) continue
      bounds.push(Math.max(-Infinity, ...own.map(({ eventTimeMs }) => eventTimeMs)) - policy.allowedLatenessMs)
    }
    const smallest = Math.min(...bounds)
    if (!Number.isFinite(smallest)) return floorMs
    return floorMs === undefined ? smallest : Math.max(floorMs, smallest)
  }
}

const anyStep = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('note' as const),
      partition: fc.nat(2),
      eventTimeMs: fc.integer({ min: -500, max: 5_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expect' as const), partition: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const), afterMs: fc.nat(120) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
)

test('in any interleaving, over any restarts, it never runs back and is what a dumb one says', () => {
  checkProperty(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      const watermark = new Watermark(policy)
      let dumb = new DumbWatermark()
      let floorMs: number | undefined
      let nowMs = 0
      for (const step of steps) {
        switch (step.do) {
          case 'note':
            watermark.note(partition(step.partition), step.eventTimeMs)
            if (!dumb.known.has(step.partition)) dumb.known.set(step.partition, dumb.commits.length)
            dumb.seen.push({ partition: step.partition, eventTimeMs: step.eventTimeMs, commit: dumb.commits.length })
            break
          case 'expect':
            watermark.expect('t', step.partition)
            if (!dumb.known.has(step.partition)) dumb.known.set(step.partition, dumb.commits.length)
            break
          case 'commit': {
            nowMs += step.afterMs
            const next = watermark.atCommit(floorMs, nowMs)
            expect(next).toBe(dumb.atCommit(floorMs, nowMs))
            expect(next ?? -Infinity).toBeGreaterThanOrEqual(floorMs ?? -Infinity)
            floorMs = next
            break
          }
          case 'restart': {
            const rows = [...dumb.known.keys()].map((number) => ['t', number, 0n, 1n] as const)
            watermark.restart(ranges(...rows))
            const known = new Map([...dumb.known.keys()].map((number) => [number, 0] as const))
            dumb = new DumbWatermark()
            dumb.known = known
          }
        }
      }
    }),
  )
})
