// Which schema a record is written with, and which one a new file gets: one that grew with what was met, so that files are not
// changed with every flip between old and new records.
import { MultiOutputError } from '../../model/multi-output-error.js'
import type { RecordContext } from '../../model/record-id.js'
import { PreparedSchema } from './prepared-schema.js'

/** A schema (as JSON text, or parsed), or what finds each record's: a look into a registry. Answer the same object each time for the same schema. */
export type AvroSchemaOption<R> = string | object | ((record: R, context: RecordContext) => string | object)

/** Schemas that are kept ready; one more and they are made ready afresh. */
const SCHEMAS_KEPT_MAX = 1_000

/** Knows all schemas of a format. */
export class SchemaChoice<R> {
  /** Set where all records have one schema. */
  readonly fixed: PreparedSchema | undefined
  readonly #find: ((record: R, context: RecordContext) => string | object) | undefined
  readonly #idField: string | undefined
  readonly #byObject = new WeakMap<object, PreparedSchema>()
  readonly #byText = new Map<string, PreparedSchema>()
  /** By root name: what new files get. */
  readonly #widest = new Map<string, PreparedSchema>()

  /** Throws `WRONG_OPTIONS` for a schema that is none. */
  constructor(schema: AvroSchemaOption<R>, idField: string | undefined) {
    this.#idField = idField
    if (typeof schema === 'function') this.#find = schema as (record: R, context: RecordContext) => string | object
    else this.fixed = this.prepared(schema)
  }

  /** Makes a schema ready, once. Throws `WRONG_OPTIONS`. */
  prepared(schema: string | object): PreparedSchema {
    const known = typeof schema === 'string' ? this.#byText.get(schema) : this.#byObject.get(schema)
    if (known !== undefined) return known
    const text = typeof schema === 'string' ? schema : JSON.stringify(schema)
    const prepared = this.#byText.get(text) ?? this.#prepare(schema)
    if (this.#byText.size >= SCHEMAS_KEPT_MAX) this.#byText.clear()
    this.#byText.set(text, prepared)
    if (typeof schema !== 'string') this.#byObject.set(schema, prepared)
    return prepared
  }

  #prepare(schema: string | object): PreparedSchema {
    let prepared: PreparedSchema
    try {
      prepared = new PreparedSchema(schema)
    } catch (cause) {
      const message = `avro: schema: ${cause instanceof Error ? cause.message : String(cause)}`
      throw new MultiOutputError('WRONG_OPTIONS', message, { cause })
    }
    if (this.#idField !== undefined) prepared.checkIdField(this.#idField)
    return prepared
  }

  /** The schema of a record. Throws `BAD_RECORD` where there is none. */
  of(record: R, context: RecordContext): PreparedSchema {
    if (this.#find === undefined) return this.fixed!
    const found = this.#find(record, context)
    if (typeof found !== 'string' && (typeof found !== 'object' || found === null))
      throw new MultiOutputError('BAD_RECORD', 'no schema was found for it')
    try {
      return this.prepared(found)
    } catch (cause) {
      throw new MultiOutputError('BAD_RECORD', `its schema is none: ${(cause as Error).message}`, { cause })
    }
  }

  /** The schema of a new file that begins with a record of this one: it takes what others of the name needed, too. Throws `SchemasDoNotMerge`. */
  forNewFile(schema: PreparedSchema): PreparedSchema {
    if (this.fixed !== undefined) return schema
    const widest = this.#widest.get(schema.rootName)?.mergedWith(schema) ?? schema
    this.#widest.set(schema.rootName, widest)
    return widest
  }

  /**
   * Whether a new file would take a record that a file of schema `file` does not. Where it would not, or where the file's records are of another name that
   * is still written, the record is refused instead: else two kinds of records would seal each other's files for ever.
   */
  wantsNewFile(file: PreparedSchema, schema: PreparedSchema): boolean {
    if (this.fixed !== undefined) return true
    if (file.rootName !== schema.rootName) return !this.#widest.has(file.rootName)
    const widest = this.#widest.get(schema.rootName)
    return widest === undefined || typeof widest.covers(schema) === 'boolean'
  }
}
