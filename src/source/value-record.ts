// Records whose values are bytes of a larger buffer: a view is made when somebody asks for it, and what is parsed when somebody wants all of it.
// Sources hand out a million a second, so what nobody asks for must cost nothing.
import type { RecordId } from '../model/record-id.js'
import type { HeaderValue } from '../model/source-fields.js'
import type { JsonScan } from './json-scan.js'
import type { SourceRecord } from './source.js'

/** A record that can be looked at without being parsed. */
export abstract class ValueRecord implements SourceRecord {
  abstract readonly id: RecordId
  abstract readonly key: Uint8Array | null
  abstract readonly headers: Readonly<Record<string, HeaderValue>>
  abstract readonly timestampMs: number
  /** `null`: a tombstone. */
  readonly #bytes: Buffer | null
  readonly #from: number
  readonly #to: number
  #value: Buffer | null | undefined
  #parsed: unknown
  /** It is an object in JSON and was not parsed; the scan may have gone on to other records since. */
  #scan: JsonScan | undefined

  constructor(bytes: Buffer | null, from: number, to: number) {
    this.#bytes = bytes
    this.#from = from
    this.#to = to
    this.#value = undefined
    this.#parsed = undefined
    this.#scan = undefined
  }

  get value(): Buffer | null {
    if (this.#value === undefined)
      this.#value = this.#bytes === null ? null : this.#bytes.subarray(this.#from, this.#to)
    return this.#value
  }

  /** As long as nobody has asked for it, it is not there: whoever asks may change it. */
  get parsed(): unknown {
    if (this.#scan !== undefined) {
      this.#scan.wasParsed = true
      this.#scan = undefined
      this.#parsed = JSON.parse((this.value as Buffer).toString())
    }
    return this.#parsed
  }

  set parsed(parsed: unknown) {
    this.#scan = undefined
    this.#parsed = parsed
  }

  /** Whether it surely is JSON: then it is parsed when somebody asks for `parsed`. */
  lookOver(scan: JsonScan): boolean {
    const bytes = this.#bytes
    if (bytes === null || !scan.scan(bytes, this.#from, this.#to)) return false
    scan.owner = this
    this.#scan = scan
    return true
  }

  /** What `parsed` has as a field of its own, or `undefined`. */
  fieldOf(name: string): unknown {
    if (this.#scan?.owner === this) return this.#scan.field(name)
    const { parsed } = this
    if (typeof parsed !== 'object' || parsed === null || !Object.hasOwn(parsed, name)) return undefined
    return (parsed as Record<string, unknown>)[name]
  }

  /** `parsed` for a format that writes JSON: the text itself, where it is what would be written. To be used at once. */
  get json(): unknown {
    const scan = this.#scan
    return scan?.owner === this && scan.isAsWritten ? scan : this.parsed
  }

  /** Where the bytes lie, for a record that is made from them again. */
  protected get lying(): { readonly bytes: Buffer | null; readonly from: number; readonly to: number } {
    return { bytes: this.#bytes, from: this.#from, to: this.#to }
  }

  /** The same record as its source first handed it out. */
  abstract anew(): SourceRecord
}

/** What a format writes that writes JSON. */
export function jsonOf(record: SourceRecord): unknown {
  return record instanceof ValueRecord ? record.json : record.parsed
}
