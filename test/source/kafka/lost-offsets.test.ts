import { expect, test } from 'vitest'
import { withLosses } from '../../../src/source/kafka/lost-offsets.js'

const lost = { topic: 't', partition: 1, from: 5n, until: 9n }

test('losses are kept beside what others keep, and not without end', () => {
  const once = withLosses({ mine: 1, kafka: { other: 2 } }, [lost])
  const noted = { topic: 't', partition: 1, from: '5', until: '9' }
  expect(once).toEqual({ mine: 1, kafka: { other: 2, lost: [noted] } })
  expect(withLosses(once, [{ ...lost, from: 20n, until: 21n }])).toEqual({
    mine: 1,
    kafka: { other: 2, lost: [noted, { ...noted, from: '20', until: '21' }] },
  })
  const many = withLosses(
    once,
    Array.from({ length: 500 }, () => lost),
  ) as { kafka: { lost: unknown[] } }
  expect(many.kafka.lost).toHaveLength(100)
})
