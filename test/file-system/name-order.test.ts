// The order of names against the dumb way: encode both and compare the bytes.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareCodePoints } from '../../src/file-system/name-order.js'

it('is the order of the UTF-8 bytes', () => {
  const name = fc.string({
    unit: fc.constantFrom('a', 'b', 'é', '～', '\uffff', '😀', '\u{10ffff}', '日'),
    maxLength: 6,
  })
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
  )
})
