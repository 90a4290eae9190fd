// Reclaiming a file: which of its names counts, and whether to keep, cut, copy or stop.
import { describe, expect, test } from 'vitest'
import { FileNaming, fileNamingOf } from '../../src/protocol/file-naming.js'
import { generationsOf, reclaimChoice } from '../../src/protocol/reclaim-decision.js'

const naming = fileNamingOf({})
const ours = { task: 0, serial: 17, extension: 'txt', epoch: 7 }
const name = (epoch: number, counter: number, serial: number = 17, task: number = 0): string =>
  `part-0000${task}-000000${serial}-00000${epoch}.00000${counter}.txt`

describe('generations in a directory', () => {
  test('none where nothing is ours', () => {
    expect(generationsOf(naming, [], ours)).toEqual({ found: 'none' })
    expect(generationsOf(naming, [name(7, 1, 18), name(7, 1, 17, 1), 'part-x', '_SUCCESS'], ours)).toEqual({
      found: 'none',
    })
  })

  test('the highest, by epoch and then by counter, and those below it in order', () => {
    const found = generationsOf(naming, [name(6, 2), name(5, 9), name(7, 1), 'other'], ours)
    expect(found).toMatchObject({
      found: 'some',
      highest: { generation: { epoch: 7, counter: 1 } },
      lower: [{ generation: { epoch: 5, counter: 9 } }, { generation: { epoch: 6, counter: 2 } }],
    })
  })

  test('numbers that outgrew their width are compared as numbers', () => {
    const found = generationsOf(
      naming,
      ['part-00000-00000017-000007.1000000.txt', 'part-00000-00000017-000007.999999.txt'],
      ours,
    )
    expect(found).toMatchObject({ highest: { generation: { counter: 1_000_000 } } })
  })

  test('a hidden name is a name, and stays hidden', () => {
    expect(generationsOf(naming, [`.${name(6, 1)}`], ours)).toMatchObject({
      found: 'some',
      highest: { shown: 'hidden' },
    })
  })

  test("a copy that somebody made beside it is not the file, and no writer's either", () => {
    const copies = [`${name(6, 2)}.bak`, `${name(8, 1)}._COPYING_`, `${name(9, 1)}.gz`]
    expect(generationsOf(naming, [...copies, name(6, 1)], ours)).toEqual({
      found: 'some',
      highest: { task: 0, serial: 17, generation: { epoch: 6, counter: 1 }, extension: 'txt', shown: 'visible' },
      lower: [],
    })
    expect(generationsOf(naming, copies, ours)).toEqual({ found: 'none' })
  })

  test('with a template only what it names is seen: the same numbers in other names are of other jobs', () => {
    const orders = new FileNaming('orders_{serial}_{task}_{generation}.{extension}')
    const own = 'orders_00000017_00000_000006.000001.txt'
    const foreign = [name(6, 2), name(9, 1), own.replace('orders', 'payments'), own.replace('orders', 'reorders')]
    expect(generationsOf(orders, [...foreign, own], ours)).toMatchObject({
      highest: { generation: { epoch: 6, counter: 1 } },
      lower: [],
    })
    expect(generationsOf(orders, foreign, ours)).toEqual({ found: 'none' })
    expect(generationsOf(naming, [own], ours)).toEqual({ found: 'none' })
  })

  test('a later epoch has been here: we are fenced', () => {
    expect(generationsOf(naming, [name(6, 1), name(8, 1)], ours)).toEqual({ found: 'later-epoch', name: name(8, 1) })
  })
})

describe('what to do with a fenced file', () => {
  test.each([
    ['closed', 100, 100, true, 'keep'],
    ['closed', 100, 100, false, 'keep'],
    ['closed', 101, 100, true, 'truncate'],
    ['closed', 101, 100, false, 'copy'],
    ['closed', 99, 100, true, 'data-lost'],
    ['closed', 99, 100, false, 'data-lost'],
    // What is open may say any length: too few bytes show when they are read.
    ['maybe-open', 100, 100, true, 'copy'],
    ['maybe-open', 101, 100, true, 'copy'],
    ['maybe-open', 0, 100, true, 'copy'],
    ['maybe-open', 0, 100, false, 'copy'],
  ] as const)(
    '%s, %i bytes of which %i are to be kept, may truncate: %s → %s',
    (state, length, keep, mayTruncate, choice) => {
      expect(reclaimChoice({ state, length, keep, mayTruncate })).toBe(choice)
    },
  )
})
