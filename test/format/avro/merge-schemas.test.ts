import { describe, expect, test } from 'vitest'
import { avroType } from '../../../src/format/avro/library.js'
import { mergeSchemas } from '../../../src/format/avro/merge-schemas.js'
import { type AvroSchema, qualified } from '../../../src/format/avro/qualified-schema.js'

const record = (...fields: readonly object[]): AvroSchema =>
  ({ type: 'record', name: 'R', fields }) as unknown as AvroSchema

function merged(a: AvroSchema, b: AvroSchema): AvroSchema {
  const schema = mergeSchemas(qualified(a), qualified(b))
  // Whatever comes out must be a schema.
  avroType(structuredClone(schema))
  return schema
}

/** Of the types of a field x. */
function mergedType(a: unknown, b: unknown): unknown {
  const { fields } = merged(record({ name: 'x', type: a }), record({ name: 'x', type: b })) as unknown as {
    fields: readonly [{ type: unknown }]
  }
  return fields[0].type
}

test('fields that one of them has need a default, and follow the others', () => {
  const a = record({ name: 'a', type: 'int' }, { name: 'old', type: 'string', default: '' })
  const b = record({ name: 'new', type: ['null', 'string'], default: null }, { name: 'a', type: 'int' })
  expect(merged(a, b)).toEqual(
    record(
      { name: 'a', type: 'int' },
      { name: 'old', type: 'string', default: '' },
      { name: 'new', type: ['null', 'string'], default: null },
    ),
  )
  expect(merged(a, a)).toEqual(a)
})

test.each<[unknown, unknown, unknown]>([
  ['int', 'long', 'long'],
  ['long', 'int', 'long'],
  ['int', 'double', 'double'],
  ['double', 'float', 'double'],
  ['string', { type: 'string', 'avro.java.string': 'String' }, 'string'],
  ['string', ['null', 'string'], ['null', 'string']],
  [['null', 'string'], 'string', ['null', 'string']],
  [
    ['null', 'string'],
    ['null', 'string', 'int'],
    ['null', 'string', 'int'],
  ],
  [
    ['null', 'int'],
    ['string', 'long'],
    ['null', 'long', 'string'],
  ],
  [
    { type: 'array', items: 'int' },
    { type: 'array', items: ['null', 'long'] },
    { type: 'array', items: ['null', 'long'] },
  ],
  [
    { type: 'map', values: 'float' },
    { type: 'map', values: 'double' },
    { type: 'map', values: 'double' },
  ],
  [
    { type: 'enum', name: 'E', symbols: ['A', 'B'] },
    { type: 'enum', name: 'E', symbols: ['B', 'C'] },
    { type: 'enum', name: 'E', symbols: ['A', 'B', 'C'] },
  ],
])('%j and %j make %j', (a, b, both) => {
  expect(mergedType(a, b)).toEqual(both)
})

test('defaults stay those of the first branch', () => {
  const required = record({ name: 'x', type: 'string', default: 'none' })
  const optional = record({ name: 'x', type: ['null', 'string'], default: null })
  for (const schema of [merged(required, optional), merged(optional, required)]) expect(schema).toEqual(optional)
})

describe('named types', () => {
  const address = (...fields: readonly object[]): object => ({ type: 'record', name: 'Address', fields })
  const zip = { name: 'zip', type: 'int' }
  const city = { name: 'city', type: 'string', default: '' }

  test('are merged inside, and written out once', () => {
    const a = record({ name: 'from', type: address(zip) }, { name: 'to', type: 'Address' })
    const b = record({ name: 'from', type: address(zip, city) }, { name: 'to', type: ['null', 'Address'] })
    expect(merged(a, b)).toEqual(
      record({ name: 'from', type: address(zip, city) }, { name: 'to', type: ['null', 'Address'] }),
    )
  })

  test('may stand in another place of the second', () => {
    const a = record({ name: 'from', type: address(zip) })
    const b = record(
      { name: 'first', type: ['null', address(zip)], default: null },
      { name: 'from', type: 'Address' },
      { name: 'all', type: { type: 'array', items: 'Address' }, default: [] },
    )
    const { fields } = merged(a, b) as unknown as { fields: readonly { name: string; type: unknown }[] }
    expect(fields.map(({ name, type }) => [name, type])).toEqual([
      ['from', address(zip)],
      ['first', ['null', 'Address']],
      ['all', { type: 'array', items: 'Address' }],
    ])
  })

  test('may hold themselves', () => {
    const node = (...more: readonly object[]): AvroSchema =>
      ({
        type: 'record',
        name: 'Node',
        fields: [{ name: 'next', type: ['null', 'Node'] }, ...more],
      }) as unknown as AvroSchema
    expect(merged(node(), node(city))).toEqual(node(city))
  })

  test('have namespaces', () => {
    const inner = { type: 'record', name: 'Address', fields: [zip] }
    const a = {
      type: 'record',
      name: 'shop.R',
      fields: [
        { name: 'x', type: inner },
        { name: 'y', type: 'Address' },
      ],
    }
    const b = {
      type: 'record',
      name: 'R',
      namespace: 'shop',
      fields: [
        { name: 'x', type: inner },
        { name: 'y', type: 'shop.Address' },
      ],
    }
    const schema = merged(a as never, b as never)
    expect(schema).toMatchObject({
      name: 'shop.R',
      fields: [{ type: { name: 'shop.Address' } }, { type: 'shop.Address' }],
    })
    expect(schema).toEqual(qualified(a as never).schema)
  })
})

test.each<[unknown, unknown, RegExp]>(
  [
    ['int', 'string', /field x: it is int in one of the two schemas and string in the other/],
    ['long', 'double', /field x: it is long .* double/],
    ['long', { type: 'long', logicalType: 'timestamp-millis' }, /field x: it is long .* long \(timestamp-millis\)/],
    [{ type: 'array', items: 'int' }, { type: 'array', items: 'boolean' }, /field x\.\[\]: it is int .* boolean/],
    [{ type: 'map', values: 'int' }, { type: 'map', values: 'bytes' }, /field x\.\{\}: /],
    [
      { type: 'fixed', name: 'F', size: 4 },
      { type: 'fixed', name: 'F', size: 8 },
      /field x: it is fixed of 4 .* fixed of 8/,
    ],
    [{ type: 'fixed', name: 'F', size: 4 }, { type: 'fixed', name: 'G', size: 4 }, /field x: it is F .* G/],
    [['null', 'int'], ['null', 'double', 'string'], /field x: /],
    [['null', 'string'], ['null', { type: 'enum', name: 'E', symbols: ['A'] }], /field x: .*cannot be told apart/],
    [
      { type: 'record', name: 'A', fields: [] },
      { type: 'record', name: 'A', fields: [{ name: 'y', type: 'int' }] },
      /field x\.y: one of the two schemas lacks it, and it has no default/,
    ],
  ].filter(([a]) => !(Array.isArray(a) && a[1] === 'int')) as never,
)('%j and %j do not merge', (a, b, complaint) => {
  expect(() => mergedType(a, b)).toThrow(complaint)
  expect(() => mergedType(b, a)).toThrow(/field x/)
})

test('records of two names do not merge', () => {
  const other = { type: 'record', name: 'S', fields: [] } as unknown as AvroSchema
  expect(() => merged(record(), other)).toThrow(/the record: it is R in one of the two schemas and S in the other/)
})
