import { expect, test } from 'vitest'
import { byFields } from '../../src/partitioner/by-fields.js'
import { byFunction } from '../../src/partitioner/by-function.js'
import { combine } from '../../src/partitioner/combine.js'

test('directories one inside the other, each with the record and its context', () => {
  const partitioner = combine<{ country: string }>(
    byFields(['country']),
    () => 'a/b',
    byFunction((_, { eventTimeMs }) => eventTimeMs, { name: 'at' }),
  )
  expect(partitioner({ country: 'de' }, { eventTimeMs: 5 })).toBe('country=de/a/b/at=5')
  expect(combine(() => 'alone')({}, {})).toBe('alone')
})

test('a partitioner that returns no directory is named', () => {
  expect(() =>
    combine(
      () => 'a',
      () => '',
    )({}, {}),
  ).toThrow(expect.objectContaining({ code: 'BAD_RECORD', message: 'partitioner 2 of 2 returned no directory' }))
})

test('nothing to combine', () => {
  expect(() => combine()).toThrow(expect.objectContaining({ code: 'WRONG_OPTIONS' }))
  expect(() => combine(() => 'a', 'country' as never)).toThrow(
    expect.objectContaining({ code: 'WRONG_OPTIONS', message: expect.stringContaining('argument 2') }),
  )
})
