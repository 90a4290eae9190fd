// Avro schemas with all names written out, so that two of them can be laid side by side.

/** A schema as JSON has it. */
export type AvroSchema = string | readonly AvroSchema[] | AvroSchemaObject

/** A schema with attributes. */
export interface AvroSchemaObject {
  readonly type: AvroSchema
  readonly name?: string
  readonly namespace?: string
  readonly fields?: readonly AvroField[]
  readonly symbols?: readonly string[]
  readonly items?: AvroSchema
  readonly values?: AvroSchema
  readonly [attribute: string]: unknown
}

/** A field of a record. */
export interface AvroField {
  readonly name: string
  readonly type: AvroSchema
  readonly default?: unknown
  readonly [attribute: string]: unknown
}

/** The types that have no names of their own. */
const unnamed: ReadonlySet<unknown> = new Set([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
  'array',
  'map',
])

/** Whether a schema is the name of one that is defined elsewhere. */
export function isReference(schema: AvroSchema): schema is string {
  return typeof schema === 'string' && !unnamed.has(schema)
}

/** A schema whose names are all full ones, and its named types by these. */
export interface QualifiedSchema {
  readonly schema: AvroSchema
  readonly definitions: ReadonlyMap<string, AvroSchemaObject>
}

/** Writes all names out. The schema must be one: the library has read it before. */
export function qualified(schema: AvroSchema): QualifiedSchema {
  const definitions = new Map<string, AvroSchemaObject>()
  return { schema: withFullNames(schema, '', definitions), definitions }
}

function withFullNames(schema: AvroSchema, namespace: string, definitions: Map<string, AvroSchemaObject>): AvroSchema {
  if (typeof schema === 'string') {
    if (!isReference(schema)) return schema
    const inNamespace = fullName(schema, namespace)
    return definitions.has(inNamespace) ? inNamespace : schema
  }
  if (Array.isArray(schema)) return (schema as AvroSchema[]).map((one) => withFullNames(one, namespace, definitions))
  const object = schema as AvroSchemaObject
  if (typeof object.type !== 'string' || (isReference(object.type) && object.name === undefined)) {
    return withFullNames(object.type, namespace, definitions)
  }
  if (object.name === undefined) {
    return {
      ...object,
      ...(object.items === undefined ? {} : { items: withFullNames(object.items, namespace, definitions) }),
      ...(object.values === undefined ? {} : { values: withFullNames(object.values, namespace, definitions) }),
    }
  }
  const { namespace: own, ...rest } = object
  const name = fullName(object.name, own ?? namespace)
  const inner = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : ''
  const named: AvroSchemaObject = { ...rest, name }
  // Before its fields, which may refer to it.
  definitions.set(name, named)
  if (object.fields === undefined) return named
  const fields = object.fields.map((field) => ({ ...field, type: withFullNames(field.type, inner, definitions) }))
  const whole = { ...named, fields }
  definitions.set(name, whole)
  return whole
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
}
