// Partitions by the values of fields, in the form that Hive reads: `country=de/city=Ulm`.
import { type FieldLookup, fieldsOf } from '../model/field-lookup.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { type MissingValue, type Naming, namingOf } from './partition-value.js'
import type { Partitioner } from './partitioner.js'
import { isHidden } from './path-escaping.js'

/** Options of {@link byFields}. */
export interface ByFieldsOptions<R> {
  /** A record without one of the fields; default `error`. */
  readonly missing?: MissingValue
  /** By field path, the name to write in place of it: `{ 'address.city': 'city' }`. Hive's columns want letters, digits and `_`, and Hive compares them in lower case. */
  readonly names?: Readonly<Record<string, string>>
  /** Where fields are looked up; default: in the record itself. `fieldsOf((record) => record.payload)` looks inside, `sourceFields` in the records of a source. */
  readonly lookup?: FieldLookup<R>
}

/** Values of one field whose names are kept. Fields that partition have few values; one with more starts afresh. */
const NAMES_KEPT_MAX = 1_000

/**
 * One directory a field, in the order given: `byFields(['country', 'address.city'])` makes `country=de/address.city=Ulm`. Unless `names` says otherwise a
 * field is named as its path is written, without a leading `$`. Strings, finite numbers, booleans and bigints are
 * written plainly and escaped as Hive does; everything else is missing.
 *
 * Throws `WRONG_OPTIONS` for fields and names that cannot be; the partitioner throws `BAD_RECORD`.
 */
export function byFields<R = unknown>(fields: readonly string[], options: ByFieldsOptions<R> = {}): Partitioner<R> {
  const { lookup = fieldsOf<R>(), missing, names = {} } = options
  if (!Array.isArray(fields) || fields.length === 0) throw wrongOptions('name at least one field')
  const unused = Object.keys(names).find((field) => !fields.includes(field))
  if (unused !== undefined) throw wrongOptions(`names: ${JSON.stringify(unused)} is not one of the fields`)
  const written = (fields as readonly string[]).map((field) => writtenName(field, names))
  const repeated = written.find((name, index) => written.indexOf(name) !== index)
  if (repeated !== undefined)
    throw wrongOptions(`two fields are called ${JSON.stringify(repeated)}; tell them apart by names`)
  const places = (fields as readonly string[]).map((field, index) => {
    const naming = namingOf({
      what: `field ${field}`,
      name: written[index]!,
      ...(missing === undefined ? {} : { missing }),
    })
    return { read: lookup(field), nameOf: remembering(naming) }
  })
  const [first, ...rest] = places
  return (record, context) => {
    let directory = first!.nameOf(first!.read(record, context))
    for (const { read, nameOf } of rest) directory += `/${nameOf(read(record, context))}`
    return directory
  }
}

function writtenName(field: string, names: Readonly<Record<string, string>>): string {
  const name = Object.hasOwn(names, field) ? names[field] : field.replace(/^\$/, '')
  if (typeof name !== 'string' || name === '') throw wrongOptions(`names: ${JSON.stringify(field)} needs a name`)
  if (!isHidden(name)) return name
  throw wrongOptions(
    `Hadoop's readers do not see directories that begin like ${JSON.stringify(name)}; give the field another name by names`,
  )
}

// Escaping costs more than looking a string up, and a string that was looked up before has its hash.
function remembering(naming: Naming): Naming {
  const kept = new Map<string, string>()
  return (value) => {
    if (typeof value !== 'string') return naming(value)
    let name = kept.get(value)
    if (name === undefined) {
      name = naming(value)
      if (kept.size >= NAMES_KEPT_MAX) kept.clear()
      kept.set(value, name)
    }
    return name
  }
}

function wrongOptions(complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `byFields: ${complaint}`)
}
