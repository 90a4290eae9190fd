// The Avro library, loaded when it is first asked for, and how its types are made here.
import { createRequire } from 'node:module'
import type * as Avsc from 'avsc'
import { exactLong } from './exact-long.js'

const require = createRequire(import.meta.url)

/** A type of the library: encodes, decodes and checks values of one schema. */
export type AvroType = Avsc.Type

let exact: Avsc.types.LongType | undefined

/** The library. */
export function avsc(): typeof Avsc {
  return require('avsc') as typeof Avsc
}

/**
 * The type of a schema: long is exact (see {@link exactLong}), logical types are written as what they rest on, values of unions stand as they are wherever they
 * can be told apart. Throws the library's Error where the schema is none.
 */
export function avroType(schema: unknown): AvroType {
  const { Type, types } = avsc()
  exact ??= quickFor(types.LongType.__with(exactLong, true))
  const long = exact
  return Type.forSchema(schema as Avsc.Schema, {
    typeHook: (part, options) => {
      if (part === 'long' || (part as { type?: unknown }).type === 'long') return long
      // The library takes a long of ours for what no other number can be mistaken for.
      if (Array.isArray(part) && hasSeveralNumbers(part)) return new types.WrappedUnionType(part, options)
      return undefined
    },
  })
}

/** Lets the library write the numbers itself that it writes exactly: most are, and it takes half the time. */
function quickFor(long: Avsc.types.LongType): Avsc.types.LongType {
  interface Written {
    _write(tap: { writeLong(value: number): void }, value: unknown): void
  }
  const slow = long as unknown as Written
  const quick: Written = {
    _write: (tap, value) => {
      if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < LIBRARY_NUMBER_MAX)
        tap.writeLong(value)
      else slow._write.call(long, tap, value)
    },
  }
  return Object.assign(Object.create(long) as Avsc.types.LongType, quick)
}

/** Beyond, twice the number and one is no number any more. */
const LIBRARY_NUMBER_MAX = 2 ** 51

/** Whether values of a union with these branches cannot be told apart as they are: then they are written `{ branch: value }`. */
export function isWrappedUnion(branches: readonly unknown[]): boolean {
  return avroType(branches) instanceof avsc().types.WrappedUnionType
}

const numbers = new Set<unknown>(['int', 'long', 'float', 'double'])

function hasSeveralNumbers(branches: readonly unknown[]): boolean {
  return branches.filter((part) => numbers.has((part as { type?: unknown } | null)?.type ?? part)).length > 1
}
