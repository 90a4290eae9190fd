// What formats for text and bytes write of a record, where nobody says otherwise.

/** What a line can be made of. Bytes are written as they are. */
export type TextValue = string | Uint8Array

/** The record itself if it is a string or bytes, else its `value`. */
export function defaultValue(record: unknown): TextValue {
  if (typeof record === 'string' || record instanceof Uint8Array) return record
  return (record as { readonly value: TextValue } | null | undefined)?.value as TextValue
}
