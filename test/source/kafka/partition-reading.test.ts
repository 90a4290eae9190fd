import { expect, test } from 'vitest'
import { PartitionReading } from '../../../src/source/kafka/partition-reading.js'

const place = { topic: 't', partition: 0 }

test('takes what joins, and the new part of what overlaps', () => {
  const reading = new PartitionReading(place, { start: 10n, high: 100n })
  expect(reading.take({ fetchedFrom: 10n, until: 20n })).toEqual({ from: 10n, until: 20n })
  expect(reading.take({ fetchedFrom: 15n, until: 30n })).toEqual({ from: 20n, until: 30n })
  expect(reading.take({ fetchedFrom: 10n, until: 20n })).toBe('old')
  expect(reading.next).toBe(30n)
})

test('takes nothing that leaves a gap: its first record may be far behind where it is complete from, or not', () => {
  const reading = new PartitionReading(place, { start: 10n, high: 100n })
  expect(reading.take({ fetchedFrom: 11n, until: 20n })).toBe('ahead')
  expect(reading.next).toBe(10n)
})

test('ends where it is to end', () => {
  const reading = new PartitionReading(place, { start: 0n, end: 15n, high: 15n })
  expect(reading.isDone).toBe(false)
  expect(reading.take({ fetchedFrom: 0n, until: 20n })).toEqual({ from: 0n, until: 15n })
  expect(reading.isDone).toBe(true)
  expect(reading.take({ fetchedFrom: 15n, until: 30n })).toBe('old')
  expect(new PartitionReading(place, { start: 15n, end: 15n, high: 15n }).isDone).toBe(true)
})
