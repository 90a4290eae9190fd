// In YAML a mapping of which every key may be left out may stand without a value.
import * as v from 'valibot'
import { mapping } from '../../model/shape.js'

/** A mapping with these keys; nothing is the empty one. */
export function orNothing<Entries extends v.ObjectEntries>(
  entries: Entries,
): v.GenericSchema<unknown, v.InferOutput<v.StrictObjectSchema<Entries, undefined>>> {
  return v.nullable(mapping(entries), {} as never) as never
}
