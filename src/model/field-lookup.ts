// How a field is found in a record: by a path such as `address.city`, written once in a configuration and looked up in every
// record. Partitioners and formats share it, so that a path means the same to all of them.
import { MultiOutputError } from './multi-output-error.js'
import type { RecordContext } from './record-id.js'

/** Reads one field of a record; `undefined` where the record has none. May throw `BAD_RECORD`. */
export type FieldAccessor<R> = (record: R, context: RecordContext) => unknown

/** Makes the accessor of a path. Called once a path, so what is wrong with the path itself (`WRONG_OPTIONS`) shows before the first record. */
export type FieldLookup<R> = (path: string) => FieldAccessor<R>

/**
 * The names of a path, from the outside in: `address.city` is `['address', 'city']`. A backslash takes the next character as it is: `a\.b` is
 * the one name `a.b`. Throws `WRONG_OPTIONS` where a name is empty.
 */
export function parseFieldPath(path: string): readonly string[] {
  if (typeof path !== 'string') throw wrongPath(path, 'is no string')
  const names: string[] = []
  let name = ''
  for (let i = 0; i < path.length; i++) {
    const character = path[i]!
    if (character === '.') {
      names.push(name)
      name = ''
    } else if (character !== '\\') name += character
    else if (++i < path.length) name += path[i]!
    else throw wrongPath(path, 'ends with a backslash')
  }
  names.push(name)
  if (names.includes('')) throw wrongPath(path, 'has an empty name')
  return names
}

/**
 * Looks fields up in the record, or in what `rootOf` takes from it. Only properties of the objects' own count: what they inherit
 * (`constructor`, `toString`) is no field.
 */
export function fieldsOf<R>(rootOf: (record: R) => unknown = (record) => record): FieldLookup<R> {
  return (path) => {
    const [first, ...rest] = parseFieldPath(path)
    if (rest.length === 0) return (record) => ownProperty(rootOf(record), first!)
    return (record) => {
      let value = ownProperty(rootOf(record), first!)
      for (const name of rest) value = ownProperty(value, name)
      return value
    }
  }
}

function ownProperty(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name]
}

/** What is wrong with the path of a field, for whoever configured it. */
export function wrongPath(path: unknown, complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `field ${JSON.stringify(path)} ${complaint}`)
}
