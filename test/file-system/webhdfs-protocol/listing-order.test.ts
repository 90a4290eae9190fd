// Listings in the order of the port from a server that has another: against a dumb model.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareCodePoints } from '../../../src/file-system/name-order.js'
import { compareSignedBytes, nextStart, Reordering } from '../../../src/file-system/webhdfs-protocol/listing-order.js'

const name = fc.string({
  unit: fc.constantFrom('a', 'b', '\x7f', '~', 'é', '日', '～', '😀', '\u{10ffff}', ' '),
  minLength: 1,
  maxLength: 5,
})
const names = fc.uniqueArray(name, { maxLength: 40 })

function signedBytes(text: string): number[] {
  return [...Buffer.from(text)].map((byte) => (byte > 127 ? byte - 256 : byte))
}

function compareArrays(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    if (a[index] !== b[index]) return a[index]! - b[index]!
  }
  return a.length - b.length
}

test('signed bytes: as HDFS compares', () => {
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(Math.sign(compareSignedBytes(a, b))).toBe(Math.sign(compareArrays(signedBytes(a), signedBytes(b))))
    }),
  )
})

test('what HDFS lists first comes last: as measured on 3.4.2', () => {
  expect([' ', '#', 'a', 'b', 'é', '日本', '～', '😀'].sort(compareSignedBytes)).toEqual([
    'é',
    '日本',
    '～',
    '😀',
    ' ',
    '#',
    'a',
    'b',
  ])
})

test('reordering gives everything once, in order of code points', () => {
  fc.assert(
    fc.property(names, (all) => {
      const reordering = new Reordering<{ name: string }>()
      const served = [...all].sort(compareSignedBytes).map((each) => ({ name: each }))
      const given = [...served.flatMap((each) => reordering.take(each)), ...reordering.rest()]
      expect(given.map((each) => each.name)).toEqual([...all].sort(compareCodePoints))
    }),
  )
})

test('ASCII names are not held back', () => {
  const reordering = new Reordering<{ name: string }>()
  expect(reordering.take({ name: 'a' })).toEqual([{ name: 'a' }])
  expect(reordering.take({ name: 'bé' })).toEqual([])
  expect(reordering.take({ name: 'bz' })).toEqual([{ name: 'bz' }])
  expect(reordering.take({ name: 'c' })).toEqual([{ name: 'bé' }, { name: 'c' }])
})

/** Pages as a server gives them: by signed bytes, those after `from`, at most `pageEntries`. */
function* pages(all: readonly string[], startAfter: string, pageEntries: number): Generator<string[]> {
  const served = [...all].sort(compareSignedBytes)
  let reached: string | undefined
  for (;;) {
    const from = nextStart(startAfter, reached)
    const rest = served.filter((each) => from === undefined || compareSignedBytes(each, from) > 0)
    yield rest.slice(0, pageEntries)
    if (rest.length <= pageEntries) return
    reached = rest[pageEntries - 1]
  }
}

test('skipping misses no name after startAfter by code point', () => {
  fc.assert(
    fc.property(names, name, fc.integer({ min: 1, max: 6 }), (all, startAfter, pageEntries) => {
      const wanted = all.filter((each) => compareCodePoints(each, startAfter) > 0).sort(compareSignedBytes)
      const met = [...pages(all, startAfter, pageEntries)].flat()
      expect(met.filter((each) => compareCodePoints(each, startAfter) > 0)).toEqual(wanted)
    }),
  )
})

test('skipping passes over what lies before: a few pages for the end of a long directory', () => {
  const all = Array.from({ length: 20_000 }, (_, index) => `part-${String(index).padStart(6, '0')}`)
  expect([...pages(all, 'part-019990', 100)].length).toBeLessThanOrEqual(8)
})
