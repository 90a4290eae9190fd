// Looks over the bytes of a JSON object once: whether they surely are one, where its fields lie, and whether JSON.stringify would write the
// object with these very bytes. It takes a third of the time of JSON.parse, and most records need no more: a field names their directory. What it is
// not sure of (what is no object, too many fields, anything that is no JSON) is for JSON.parse to say.
import { isUtf8 } from 'node:buffer'
import { JsonAtHand } from '../model/json-at-hand.js'

/** Of the object, with those of the objects in it that are open at the same time. */
const FIELDS_MAX = 256
const DEPTH_MAX = 32
/** Of objects with more it is not known whether two fields have the same name. */
const FIELDS_COMPARED_MAX = 32
/** A decimal number of so many digits is what its double is written as (DBL_DIG of IEEE 754), if its last digit after the point is no zero. */
const DIGITS_SURE_MAX = 15
/** JSON.stringify writes 0.000001 like this, and smaller numbers with an exponent. */
const ZEROS_AFTER_POINT_MAX = 5
/** Texts of fields are kept and found again: those that name directories come again and again. */
const TEXTS_KEPT = 256
const TEXT_BYTES_KEPT_MAX = 32

const [QUOTE, BACKSLASH, COMMA, COLON, POINT, PLUS, MINUS] = [0x22, 0x5c, 0x2c, 0x3a, 0x2e, 0x2b, 0x2d]
const [ZERO, NINE, OPENING_BRACE, CLOSING_BRACE, OPENING_BRACKET, CLOSING_BRACKET] = [
  0x30, 0x39, 0x7b, 0x7d, 0x5b, 0x5d,
]
const [SPACE, LOWER_U, LOWER_E, UPPER_E] = [0x20, 0x75, 0x65, 0x45]
const ASCII_END = 0x80

/** By byte: 1 for those that stand for themselves in a string. */
const plain = byteTable((byte) => byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH)
const escapable = byteTable((byte) => '"\\/bfnrt'.includes(String.fromCharCode(byte)))
const hexadecimal = byteTable((byte) => /[0-9a-fA-F]/.test(String.fromCharCode(byte)))
const whitespace = byteTable((byte) => byte === SPACE || byte === 0x09 || byte === 0x0a || byte === 0x0d)

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const NULL = Buffer.from('null')

/** In place of a position: it is not sure. */
const UNSURE = -1
/** Numbers kept of a field: where its name and its value begin and end. */
const PLACES = 4

/** Looks at one object at a time. What it tells is about the last one that `scan` was sure of. */
export class JsonScan extends JsonAtHand {
  /** Whose bytes they are, for whoever shares a scan. */
  owner: object | undefined
  /** Set by whoever looked in vain, for then all was parsed. */
  wasParsed = false
  #bytes: Buffer = Buffer.alloc(0)
  #from = 0
  #to = 0
  readonly #places = new Int32Array(PLACES * FIELDS_MAX)
  #fieldCount = 0
  /** All bytes of strings, or-ed: whether one is beyond ASCII. */
  #seen = 0
  #isAsWritten = false
  readonly #texts: string[] = Array.from({ length: TEXTS_KEPT }, () => '')

  /** Whether the bytes between two places surely are an object in JSON and UTF-8. They must stay as they are while it is asked about them. */
  scan(bytes: Buffer, from: number, to: number): boolean {
    this.#bytes = bytes
    this.#from = from
    this.#to = to
    this.#fieldCount = 0
    this.#seen = 0
    this.#isAsWritten = true
    if (from >= to || bytes[from] !== OPENING_BRACE) return false
    if (this.#object(from + 1, 0, 1) !== to) return false
    return this.#seen < ASCII_END || isUtf8(bytes.subarray(from, to))
  }

  /** Whether `JSON.stringify(JSON.parse(text))` surely is the text itself. */
  get isAsWritten(): boolean {
    return this.#isAsWritten
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(this.#from, this.#to)
  }

  hasField(name: string): boolean {
    return this.#find(name) !== UNSURE
  }

  /** What a field is after `JSON.parse`; `undefined` where the object has none of that name. */
  field(name: string): unknown {
    const place = this.#find(name)
    return place === UNSURE ? undefined : this.#valueOf(this.#places[place + 2]!, this.#places[place + 3]!)
  }

  /** The last of that name counts, as it does for JSON.parse. */
  #find(name: string): number {
    for (let place = (this.#fieldCount - 1) * PLACES; place >= 0; place -= PLACES) {
      if (this.#isText(this.#places[place]!, this.#places[place + 1]!, name)) return place
    }
    return UNSURE
  }

  #isText(from: number, to: number, text: string): boolean {
    const bytes = this.#bytes
    if (to - from < text.length) return false
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit >= ASCII_END) return bytes.toString('utf8', from, to) === text
      if (bytes[from + i] !== unit) return false
    }
    return to - from === text.length
  }

  #valueOf(from: number, to: number): unknown {
    if (this.#bytes[from] === QUOTE) return this.#textOf(from + 1, to - 1)
    return JSON.parse(this.#bytes.toString('utf8', from, to))
  }

  #textOf(from: number, to: number): string {
    const bytes = this.#bytes
    const length = to - from
    if (length > TEXT_BYTES_KEPT_MAX) return this.#parsedText(from, to)
    let hash = length
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!
      if (byte >= ASCII_END || byte === BACKSLASH) return this.#parsedText(from, to)
      hash = (hash * 31 + byte) | 0
    }
    const slot = (hash ^ (hash >>> 8)) & (TEXTS_KEPT - 1)
    const kept = this.#texts[slot]!
    if (kept.length === length && this.#isText(from, to, kept)) return kept
    const text = bytes.toString('latin1', from, to)
    this.#texts[slot] = text
    return text
  }

  #parsedText(from: number, to: number): string {
    return JSON.parse(this.#bytes.toString('utf8', from - 1, to + 1)) as string
  }

  // What follows answers the place behind what it looked at.

  /** Behind an opening brace. Its fields are kept from `first` on. */
  #object(start: number, first: number, depth: number): number {
    const bytes = this.#bytes
    const places = this.#places
    let at = this.#space(start)
    if (bytes[at] === CLOSING_BRACE) return at + 1
    for (let field = first; field < FIELDS_MAX; field++) {
      const place = field * PLACES
      const name = at + 1
      at = bytes[at] === QUOTE ? this.#name(name) : UNSURE
      if (at === UNSURE) return UNSURE
      places[place] = name
      places[place + 1] = at - 1
      if (bytes[at] !== COLON) at = this.#space(at)
      if (bytes[at] !== COLON) return UNSURE
      at = this.#space(at + 1)
      places[place + 2] = at
      at = this.#value(at, field + 1, depth)
      if (at === UNSURE) return UNSURE
      places[place + 3] = at
      at = this.#space(at)
      const byte = bytes[at]
      at += 1
      if (byte === CLOSING_BRACE) {
        this.#compareNames(first, field + 1)
        if (depth === 1) this.#fieldCount = field + 1
        return at
      }
      if (byte !== COMMA) return UNSURE
      at = this.#space(at)
    }
    return UNSURE
  }

  #array(start: number, first: number, depth: number): number {
    const bytes = this.#bytes
    let at = this.#space(start)
    if (bytes[at] === CLOSING_BRACKET) return at + 1
    while (at < this.#to) {
      at = this.#value(at, first, depth)
      if (at === UNSURE) return UNSURE
      at = this.#space(at)
      const byte = bytes[at]
      at += 1
      if (byte === CLOSING_BRACKET) return at
      if (byte !== COMMA) return UNSURE
      at = this.#space(at)
    }
    return UNSURE
  }

  #value(at: number, first: number, depth: number): number {
    switch (this.#bytes[at]) {
      case QUOTE:
        return this.#string(at + 1)
      case OPENING_BRACE:
        return depth < DEPTH_MAX ? this.#object(at + 1, first, depth + 1) : UNSURE
      case OPENING_BRACKET:
        return depth < DEPTH_MAX ? this.#array(at + 1, first, depth + 1) : UNSURE
      case TRUE[0]:
        return this.#literal(at, TRUE)
      case FALSE[0]:
        return this.#literal(at, FALSE)
      case NULL[0]:
        return this.#literal(at, NULL)
      default:
        return this.#number(at)
    }
  }

  /** Names with escapes are not sure: they may be called something else than their bytes. */
  #name(start: number): number {
    const end = this.#plainEnd(start)
    return end < this.#to && this.#bytes[end] === QUOTE ? end + 1 : UNSURE
  }

  #string(start: number): number {
    const bytes = this.#bytes
    const to = this.#to
    let at = this.#plainEnd(start)
    while (at < to && bytes[at] === BACKSLASH) {
      this.#isAsWritten = false
      at = this.#escape(at + 1)
      if (at === UNSURE) return UNSURE
      at = this.#plainEnd(at)
    }
    return at < to && bytes[at] === QUOTE ? at + 1 : UNSURE
  }

  #plainEnd(start: number): number {
    const bytes = this.#bytes
    const to = this.#to
    let seen = 0
    let at = start
    while (at < to) {
      const byte = bytes[at]!
      if (plain[byte] === 0) break
      seen |= byte
      at += 1
    }
    this.#seen |= seen
    return at
  }

  #escape(at: number): number {
    const bytes = this.#bytes
    if (at >= this.#to) return UNSURE
    const byte = bytes[at]!
    if (escapable[byte] === 1) return at + 1
    if (byte !== LOWER_U || at + 4 >= this.#to) return UNSURE
    for (let digit = at + 1; digit <= at + 4; digit++) if (hexadecimal[bytes[digit]!] === 0) return UNSURE
    return at + 5
  }

  #literal(at: number, literal: Uint8Array): number {
    for (let i = 1; i < literal.length; i++) if (this.#bytes[at + i] !== literal[i]) return UNSURE
    return at + literal.length
  }

  #number(start: number): number {
    const bytes = this.#bytes
    const isNegative = bytes[start] === MINUS
    const from = isNegative ? start + 1 : start
    let at = this.#digitsEnd(from)
    if (at === from) return UNSURE
    const beginsWithZero = bytes[from] === ZERO
    if (beginsWithZero && at > from + 1) return UNSURE
    if (bytes[at] === POINT) {
      const fraction = at + 1
      at = this.#digitsEnd(fraction)
      if (at === fraction) return UNSURE
      if (bytes[at - 1] === ZERO || (beginsWithZero && this.#zerosEnd(fraction) > fraction + ZEROS_AFTER_POINT_MAX)) {
        this.#isAsWritten = false
      }
    } else if (isNegative && beginsWithZero) this.#isAsWritten = false
    if (at - from > DIGITS_SURE_MAX) this.#isAsWritten = false
    if (bytes[at] !== LOWER_E && bytes[at] !== UPPER_E) return at
    this.#isAsWritten = false
    const sign = bytes[at + 1]
    const exponent = sign === PLUS || sign === MINUS ? at + 2 : at + 1
    at = this.#digitsEnd(exponent)
    return at === exponent ? UNSURE : at
  }

  #digitsEnd(start: number): number {
    const bytes = this.#bytes
    let at = start
    while (at < this.#to && bytes[at]! >= ZERO && bytes[at]! <= NINE) at += 1
    return at
  }

  #zerosEnd(start: number): number {
    let at = start
    while (this.#bytes[at] === ZERO) at += 1
    return at
  }

  /** Whitespace means nothing, and JSON.stringify writes none. */
  #space(start: number): number {
    let at = start
    while (at < this.#to && whitespace[this.#bytes[at]!] === 1) {
      this.#isAsWritten = false
      at += 1
    }
    return at
  }

  /** Objects have one field of a name, and those that are called like an index come first in them. */
  #compareNames(first: number, end: number): void {
    const bytes = this.#bytes
    const places = this.#places
    if (end - first > FIELDS_COMPARED_MAX) this.#isAsWritten = false
    if (!this.#isAsWritten) return
    for (let field = first; field < end; field++) {
      const from = places[field * PLACES]!
      const length = places[field * PLACES + 1]! - from
      const byte = bytes[from]!
      if (byte >= ZERO && byte <= NINE) this.#isAsWritten = false
      for (let before = first; before < field; before++) {
        const other = places[before * PLACES]!
        if (places[before * PLACES + 1]! - other === length && sameBytes(bytes, from, other, length)) {
          this.#isAsWritten = false
        }
      }
    }
  }
}

function sameBytes(bytes: Uint8Array, from: number, other: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[from + i] !== bytes[other + i]) return false
  return true
}

function byteTable(is: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (is(byte) ? 1 : 0))
}
