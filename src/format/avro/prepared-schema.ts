// A schema made ready: read, checked, and with the field of the ids where there is one.
import { createHash } from 'node:crypto'
import { MultiOutputError } from '../../model/multi-output-error.js'
import { type AvroType, avroType } from './library.js'
import { mergeSchemas, SchemasDoNotMerge } from './merge-schemas.js'
import { type AvroSchema, type AvroSchemaObject, type QualifiedSchema, qualified } from './qualified-schema.js'

/** Of this many bits two schemas that differ have different ones. */
const FINGERPRINT_DIGITS = 32

/** A schema that records are written with. */
export class PreparedSchema {
  /** As it was given, as JSON. */
  readonly text: string
  /** Writes records. */
  readonly type: AvroType
  /** The name of the record, or the kind of whatever else it is. */
  readonly rootName: string
  /** Of the text: two texts of one schema count as two. */
  readonly fingerprint: string
  readonly #schema: AvroSchema
  readonly #merged = new WeakMap<PreparedSchema, PreparedSchema | SchemasDoNotMerge>()
  #qualified: QualifiedSchema | undefined

  /** Throws an Error that says what is wrong with it. */
  constructor(schema: unknown) {
    const given: unknown = typeof schema === 'string' && /^\s*[[{]/.test(schema) ? JSON.parse(schema) : schema
    this.type = avroType(given)
    // The library may have read names into it; what is written must be what was given.
    this.text = JSON.stringify(given)
    this.#schema = JSON.parse(this.text) as AvroSchema
    const { name, typeName } = this.type as unknown as { name?: string; typeName: string }
    this.rootName = name ?? typeName
    this.fingerprint = createHash('sha256').update(this.text).digest('hex').slice(0, FINGERPRINT_DIGITS)
  }

  /** The schema that takes records of both: this one itself, where it does. Throws {@link SchemasDoNotMerge}. */
  mergedWith(other: PreparedSchema): PreparedSchema {
    if (other === this) return this
    let merged = this.#merged.get(other)
    if (merged === undefined) {
      merged = this.#merge(other)
      this.#merged.set(other, merged)
    }
    if (merged instanceof SchemasDoNotMerge) throw merged
    return merged
  }

  /** Whether its files take records of the other. */
  covers(other: PreparedSchema): boolean | SchemasDoNotMerge {
    try {
      return this.mergedWith(other) === this
    } catch (error) {
      if (error instanceof SchemasDoNotMerge) return error
      throw error
    }
  }

  #merge(other: PreparedSchema): PreparedSchema | SchemasDoNotMerge {
    try {
      const schema = mergeSchemas(this.#names(), other.#names())
      return JSON.stringify(schema) === JSON.stringify(this.#names().schema) ? this : new PreparedSchema(schema)
    } catch (error) {
      if (error instanceof SchemasDoNotMerge) return error
      // Two that could each be read, and make one that cannot: a default that no longer fits, mostly.
      return new SchemasDoNotMerge((error as Error).message, { cause: error })
    }
  }

  #names(): QualifiedSchema {
    this.#qualified ??= qualified(this.#schema)
    return this.#qualified
  }

  /** What stands in the file's header: with the id's field before the others. */
  headerText(idField: string | undefined): string {
    if (idField === undefined) return this.text
    const record = this.#schema as AvroSchemaObject
    return JSON.stringify({ ...record, fields: [{ name: idField, type: 'string' }, ...record.fields!] })
  }

  /** Throws `WRONG_OPTIONS` where the field of the ids has no place. */
  checkIdField(idField: string): void {
    const { type, fields } = this.#schema as AvroSchemaObject
    if (type !== 'record' || fields === undefined) throw wrongIdField(idField, 'the schema is no record')
    if (fields.some(({ name }) => name === idField)) throw wrongIdField(idField, 'the schema has a field of that name')
  }
}

function wrongIdField(idField: string, complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `avro: idField ${idField}: ${complaint}`)
}
