import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as field from '../../../../src/file-system/hdfs/protobuf/field.js'
import { delimited, type MessageType, messageType } from '../../../../src/file-system/hdfs/protobuf/message.js'
import { MalformedMessage, WireReader } from '../../../../src/file-system/hdfs/protobuf/wire-reader.js'
import { WireWriter } from '../../../../src/file-system/hdfs/protobuf/wire-writer.js'

interface Inner {
  readonly id: bigint
  readonly length?: number
}

interface Outer {
  readonly name: string
  readonly inner: Inner
  readonly more: readonly Inner[]
  readonly numbers: readonly number[]
  readonly signed?: number
  readonly wide?: number
  readonly flag?: boolean
  readonly raw?: Uint8Array
  readonly none?: number
}

const inner: MessageType<Inner> = messageType('Inner', {
  id: field.required(1, field.identity),
  length: field.optional(2, field.amount),
})

const outer: MessageType<Outer> = messageType('Outer', {
  name: field.required(1, field.string),
  inner: field.required(2, inner),
  more: field.repeated(3, inner),
  numbers: field.repeated(4, field.uint32),
  signed: field.optional(5, field.sint32),
  wide: field.optional(6, field.sint64),
  flag: field.optional(7, field.bool),
  raw: field.optional(8, field.bytes),
  none: field.optional(200, field.amountOrNone),
})

const innerValue = fc.record(
  { id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), length: fc.maxSafeNat() },
  { requiredKeys: ['id'] },
)
const outerValue = fc.record(
  {
    name: fc.string({ unit: 'grapheme' }),
    inner: innerValue,
    more: fc.array(innerValue),
    numbers: fc.array(fc.nat(2 ** 32 - 1)),
    signed: fc.integer(),
    wide: fc.maxSafeInteger(),
    flag: fc.boolean(),
    raw: fc.uint8Array(),
    none: fc.maxSafeNat().map((value) => value - 1),
  },
  { requiredKeys: ['name', 'inner', 'more', 'numbers'] },
)

describe('messages', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(outerValue, (value) => {
        expect(outer.decode(outer.encode(value))).toEqual(value)
        expect(outer.decode(new WireReader(delimited(outer, value)).bytes())).toEqual(value)
      }),
    )
  })

  test('are the bytes that protobuf’s own examples have', () => {
    // From protobuf.dev, "Encoding": field 1 = 150, and the text "testing" in field 2.
    const example: MessageType<{ readonly a?: number; readonly b?: string }> = messageType('Example', {
      a: field.optional(1, field.uint32),
      b: field.optional(2, field.string),
    })
    expect(example.encode({ a: 150, b: 'testing' }).toString('hex')).toBe('0896011207' + '74657374696e67')
    const zigzag: MessageType<{ readonly value: number }> = messageType('Zigzag', {
      value: field.required(1, field.sint32),
    })
    const written = [0, -1, 1, -2, 2_147_483_647, -2_147_483_648].map((value) =>
      zigzag.encode({ value }).subarray(1).toString('hex'),
    )
    expect(written).toEqual(['00', '01', '02', '03', 'feffffff0f', 'ffffffff0f'])
  })

  test('are read with what others added, packed numbers among it', () => {
    const writer = new WireWriter()
    writer.varint(99 * 8)
    writer.varint(7)
    writer.varint(98 * 8 + 2)
    writer.text('unknown')
    writer.varint(4 * 8 + 2)
    writer.bytes(Buffer.from([1, 0xac, 0x02, 3]))
    writer.raw(outer.encode({ name: 'x', inner: { id: 1n }, more: [], numbers: [4] }))
    expect(outer.decode(writer.finish())).toEqual({ name: 'x', inner: { id: 1n }, more: [], numbers: [1, 300, 3, 4] })
  })

  test('that lack a required field, or have a value of another kind, are refused', () => {
    expect(() => outer.decode(inner.encode({ id: 1n }))).toThrow(MalformedMessage)
    expect(() => outer.decode(new Uint8Array(0))).toThrow('Outer without name')
    expect(() => outer.encode({ name: 'x' } as Outer)).toThrow(new TypeError('Outer.inner is missing'))
    expect(() => messageType('Twice', { a: field.optional(1, field.bool), b: field.optional(1, field.bool) })).toThrow(
      TypeError,
    )
  })

  test('cut off anywhere, or with any byte changed, are read or refused, never more than that', () => {
    fc.assert(
      fc.property(outerValue, fc.nat(), fc.nat(255), (value, at, byte) => {
        const bytes = outer.encode(value)
        const changed = Uint8Array.from(bytes)
        if (changed.byteLength > 0) changed[at % changed.byteLength] = byte
        for (const each of [bytes.subarray(0, at % (bytes.byteLength + 1)), changed]) {
          try {
            outer.decode(each)
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedMessage)
          }
        }
      }),
    )
  })

  test('of any bytes are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          outer.decode(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('varints', () => {
  // What a varint means, the slow way.
  const slowly = (bytes: Uint8Array): bigint => {
    let value = 0n
    for (const [index, byte] of bytes.entries()) value |= BigInt(byte & 0x7f) << BigInt(7 * index)
    return BigInt.asUintN(64, value)
  }

  test('are what a slow reader reads', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const writer = new WireWriter()
        writer.varint64(value)
        const bytes = writer.finish()
        expect(slowly(bytes)).toBe(value)
        expect(new WireReader(bytes).uint64()).toBe(value)
        expect(new WireReader(bytes).uint32()).toBe(Number(value & 0xffff_ffffn))
        if (value <= BigInt(Number.MAX_SAFE_INTEGER)) expect(new WireReader(bytes).safeInteger()).toBe(Number(value))
        else expect(() => new WireReader(bytes).safeInteger()).toThrow(MalformedMessage)
      }),
    )
  })

  test('of more than ten bytes are refused', () => {
    expect(() => new WireReader(Buffer.alloc(11, 0x80)).uint64()).toThrow(MalformedMessage)
  })
})
