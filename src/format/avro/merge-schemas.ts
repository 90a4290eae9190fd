// Makes one schema of two, for a file that takes records of both: what either has and the other lacks must be optional.
import { isWrappedUnion } from './library.js'
import {
  type AvroField,
  type AvroSchema,
  type AvroSchemaObject,
  isReference,
  type QualifiedSchema,
} from './qualified-schema.js'

/** Two schemas have no common one. The message names the field. */
export class SchemasDoNotMerge extends Error {
  override readonly name: string = 'SchemasDoNotMerge'
}

/**
 * The schema that takes the records of both, in the order of the first, and the same text as the first where that takes the records of both already. Fields of
 * one alone need a default; int grows to long and double, float to double; unions and enums gain what they lack; a type grows to a union that has it.
 * Throws {@link SchemasDoNotMerge}.
 */
export function mergeSchemas(first: QualifiedSchema, second: QualifiedSchema): AvroSchema {
  return new Merge(first, second).merge(first.schema, second.schema, [])
}

type Path = readonly string[]

class Merge {
  readonly #first: QualifiedSchema
  readonly #second: QualifiedSchema
  /** Named types that are written out already: from then on their name stands for them. */
  readonly #written = new Set<string>()

  constructor(first: QualifiedSchema, second: QualifiedSchema) {
    this.#first = first
    this.#second = second
  }

  merge(a: AvroSchema, b: AvroSchema, path: Path): AvroSchema {
    if (Array.isArray(a) || Array.isArray(b)) return this.#union(a, b, path)
    const one = resolve(a, this.#first)
    const other = resolve(b, this.#second)
    const kind = kindOf(one)
    if (kind !== kindOf(other)) return promoted(one, other, path)
    if (!sameLogicalType(one, other)) throw differ(path, one, other)
    if (typeof one === 'string' || typeof other === 'string') return one
    if (one.name !== undefined) return this.#named(one, other, path)
    if (kind === 'array') return { ...one, items: this.merge(one.items!, other.items!, [...path, '[]']) }
    if (kind === 'map') return { ...one, values: this.merge(one.values!, other.values!, [...path, '{}']) }
    return one
  }

  #named(one: AvroSchemaObject, other: AvroSchemaObject, path: Path): AvroSchema {
    const name = one.name!
    if (name !== other.name) throw differ(path, name, other.name)
    if (this.#written.has(name)) return name
    this.#written.add(name)
    if (one.symbols !== undefined) {
      const added = (other.symbols ?? []).filter((symbol) => !one.symbols!.includes(symbol))
      return added.length === 0 ? one : { ...one, symbols: [...one.symbols, ...added] }
    }
    if (one.size !== other.size) throw differ(path, `fixed of ${one.size}`, `fixed of ${other.size}`)
    return one.fields === undefined ? one : { ...one, fields: this.#fields(one.fields, other.fields ?? [], path) }
  }

  #fields(fields: readonly AvroField[], others: readonly AvroField[], path: Path): AvroField[] {
    const merged = fields.map((field) => {
      const other = others.find(({ name }) => name === field.name)
      if (other === undefined) return this.#alone(field, this.#first, path)
      const type = this.merge(field.type, other.type, [...path, field.name])
      // A default is of a union's first branch: it stays with whichever gave the order.
      const given = !Array.isArray(field.type) && Array.isArray(type) ? other : field
      const { default: _mine, ...rest } = field
      return given.default === undefined ? { ...rest, type } : { ...rest, type, default: given.default }
    })
    const added = others.filter(({ name }) => !fields.some((field) => field.name === name))
    return [...merged, ...added.map((field) => this.#alone(field, this.#second, path))]
  }

  #alone(field: AvroField, schema: QualifiedSchema, path: Path): AvroField {
    if (field.default === undefined) {
      const place = [...path, field.name].join('.')
      throw new SchemasDoNotMerge(`field ${place}: one of the two schemas lacks it, and it has no default`)
    }
    return { ...field, type: this.#whole(field.type, schema) }
  }

  /** A part that only one of them has: named types are written out where they come first. */
  #whole(part: AvroSchema, schema: QualifiedSchema): AvroSchema {
    if (Array.isArray(part)) return (part as AvroSchema[]).map((one) => this.#whole(one, schema))
    const one = resolve(part as string | AvroSchemaObject, schema)
    if (typeof one === 'string') return one
    if (one.name === undefined) {
      return {
        ...one,
        ...(one.items === undefined ? {} : { items: this.#whole(one.items, schema) }),
        ...(one.values === undefined ? {} : { values: this.#whole(one.values, schema) }),
      }
    }
    if (this.#written.has(one.name)) return one.name
    this.#written.add(one.name)
    if (one.fields === undefined) return one
    return { ...one, fields: one.fields.map((field) => ({ ...field, type: this.#whole(field.type, schema) })) }
  }

  #union(a: AvroSchema, b: AvroSchema, path: Path): AvroSchema {
    // The one that is a union gives the order, for the defaults' sake.
    const [base, added, baseIsFirst] = Array.isArray(a) ? [a, b, true] : [b as AvroSchema[], a, false]
    const rest = [...(Array.isArray(added) ? (added as AvroSchema[]) : [added])]
    const [baseSchema, addedSchema] = baseIsFirst ? [this.#first, this.#second] : [this.#second, this.#first]
    const branches = (base as AvroSchema[]).map((branch) => {
      const index = rest.findIndex((one) => keyOf(one, addedSchema) === keyOf(branch, baseSchema))
      if (index === -1) return this.#whole(branch, baseSchema)
      const [other] = rest.splice(index, 1)
      return baseIsFirst ? this.merge(branch, other!, path) : this.merge(other!, branch, path)
    })
    const union = [...branches, ...rest.map((branch) => this.#whole(branch, addedSchema))]
    const wrapped = this.#isWrapped(union)
    for (const one of [a, b]) {
      if ((Array.isArray(one) && this.#isWrapped(one as AvroSchema[])) !== wrapped)
        throw new SchemasDoNotMerge(
          `${placeOf(path)}: ${texts(a)} and ${texts(b)} make a union whose values cannot be told apart`,
        )
    }
    return union
  }

  #isWrapped(branches: readonly AvroSchema[]): boolean {
    // What matters is the kind of each: what is inside may refer to types that are defined elsewhere.
    const bare = branches.map((branch, index) => {
      const { definitions } = this.#first
      const one = resolve(branch, typeof branch === 'string' && definitions.has(branch) ? this.#first : this.#second)
      const kind = kindOf(one)
      const inside = { array: { items: 'null' }, map: { values: 'null' } }[kind]
      if (inside !== undefined) return { type: kind, ...inside }
      if (typeof one === 'string' || one.name === undefined) return kind
      return { type: kind, name: `branch${index}`, fields: [], symbols: ['A'], size: 1 }
    })
    return isWrappedUnion(bare)
  }
}

function resolve(part: AvroSchema, { definitions }: QualifiedSchema): string | AvroSchemaObject {
  if (typeof part !== 'string') return part as AvroSchemaObject
  return isReference(part) ? (definitions.get(part) ?? part) : part
}

function kindOf(part: string | AvroSchemaObject): string {
  return typeof part === 'string' ? part : (part.type as string)
}

/** Branches of the same key are one. Numbers of a union are one, for it has at most one that can grow. */
function keyOf(branch: AvroSchema, schema: QualifiedSchema): string {
  const one = resolve(branch, schema)
  if (typeof one !== 'string' && one.name !== undefined) return one.name
  const kind = kindOf(one)
  return promotions.has(kind) || kind === 'double' || kind === 'long' ? 'number' : kind
}

/** What holds every value of the other exactly. */
const promotions: ReadonlyMap<string, readonly string[]> = new Map([
  ['int', ['long', 'double']],
  ['float', ['double']],
])

function promoted(one: string | AvroSchemaObject, other: string | AvroSchemaObject, path: Path): AvroSchema {
  const [a, b] = [kindOf(one), kindOf(other)]
  if (sameLogicalType(one, other)) {
    if (promotions.get(a)?.includes(b)) return other
    if (promotions.get(b)?.includes(a)) return one
  }
  throw differ(path, one, other)
}

function sameLogicalType(one: string | AvroSchemaObject, other: string | AvroSchemaObject): boolean {
  return logicalType(one) === logicalType(other)
}

function logicalType(part: string | AvroSchemaObject): string {
  if (typeof part === 'string' || part.logicalType === undefined) return ''
  return JSON.stringify([part.logicalType, part.precision, part.scale])
}

function differ(path: Path, one: unknown, other: unknown): SchemasDoNotMerge {
  return new SchemasDoNotMerge(
    `${placeOf(path)}: it is ${texts(one)} in one of the two schemas and ${texts(other)} in the other`,
  )
}

function placeOf(path: Path): string {
  return path.length === 0 ? 'the record' : `field ${path.join('.')}`
}

function texts(part: unknown): string {
  if (typeof part === 'string') return part
  if (Array.isArray(part)) return `[${part.map(texts).join(', ')}]`
  const { type, name, logicalType: logical } = part as AvroSchemaObject
  return `${texts(name ?? type)}${logical === undefined ? '' : ` (${String(logical)})`}`
}
