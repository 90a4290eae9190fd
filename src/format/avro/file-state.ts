// What is kept in the log of an Avro file that is gone on with.
import type { JsonValue } from '../../model/json-value.js'

/** The file's own, as its header has them. */
export interface AvroFileState {
  /** 32 hexadecimal digits. */
  readonly sync: string
  readonly codec: string
  /** Of the schema's text. */
  readonly fingerprint: string
  /** The schema's text, where it is not the one that the format was given for all files. */
  readonly schema?: string
  readonly idField?: string
}

/** Reads it out of a data file's state; `undefined` for the state of another format. */
export function avroStateIn(state: JsonValue | undefined): AvroFileState | undefined {
  const { sync, codec, fingerprint, schema, idField } = (state ?? {}) as Partial<Record<keyof AvroFileState, unknown>>
  if (typeof sync !== 'string' || !/^[0-9a-f]{32}$/.test(sync)) return undefined
  if (typeof codec !== 'string' || typeof fingerprint !== 'string') return undefined
  if (schema !== undefined && typeof schema !== 'string') return undefined
  if (idField !== undefined && typeof idField !== 'string') return undefined
  return {
    sync,
    codec,
    fingerprint,
    ...(schema === undefined ? {} : { schema }),
    ...(idField === undefined ? {} : { idField }),
  }
}
