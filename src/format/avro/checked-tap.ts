// What the library writes a record through: its own tap, which is quicker with strings here, and refuses those that have no UTF-8.
import { avsc } from './library.js'

/** A place in a buffer where the library writes. Beyond the buffer's end it only counts. */
export interface Tap {
  buf: Buffer
  pos: number
  writeString(text: string): void
}

type TapClass = new (buf: Buffer, pos: number) => Tap

/** A string with half a surrogate pair: what stands behind the tap's first place is to be forgotten. */
export class HalfSurrogatePair extends Error {
  override readonly name: string = 'HalfSurrogatePair'
}

/** In bytes of UTF-8: up to the first a string's length takes one byte, up to the second two. */
const ONE_BYTE_LENGTH_MAX = 63
const TWO_BYTE_LENGTH_MAX = 8_191

const ASCII_END = 0x80

/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT_MAX = 3

let known: TapClass | undefined

/** A tap whose `writeString` throws a {@link HalfSurrogatePair}, and so does whatever writes strings through it. Make one and use it again: to make it costs more than to write a field. */
export function checkedTap(): Tap {
  known ??= checkedTapClass()
  return new known(Buffer.alloc(0), 0)
}

function checkedTapClass(): TapClass {
  return class CheckedTap extends libraryTap() {
    override writeString(text: string): void {
      if (text.length <= ONE_BYTE_LENGTH_MAX && writeAscii(this, text)) return
      if (!text.isWellFormed()) throw new HalfSurrogatePair()
      if (text.length <= ONE_BYTE_LENGTH_MAX || !writeAtOnce(this, text)) super.writeString(text)
    }
  }
}

/** In one go where it is ASCII and there is room; else nothing counts. Measured with bench/formats.ts: most of what a record costs is its strings. */
function writeAscii(tap: Tap, text: string): boolean {
  const { buf, pos } = tap
  const { length } = text
  const begin = pos + 1
  if (begin + length > buf.length) return false
  buf[pos] = length * 2
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= ASCII_END) return false
    buf[begin + index] = unit
  }
  tap.pos = begin + length
  return true
}

/** Behind two bytes that its length is known to take before it is counted, where there is room for the most that it can be. */
function writeAtOnce(tap: Tap, text: string): boolean {
  const { buf, pos } = tap
  const bytesMax = text.length * BYTES_PER_UNIT_MAX
  const begin = pos + 2
  if (bytesMax > TWO_BYTE_LENGTH_MAX || begin + bytesMax > buf.length) return false
  const written = buf.write(text, begin)
  buf[pos] = ((written * 2) & 0x7f) | 0x80
  buf[pos + 1] = (written * 2) >>> 7
  tap.pos = begin + written
  return true
}

/** The library keeps its class to itself, but shows one to each type that writes. */
function libraryTap(): TapClass {
  let shown: TapClass | undefined
  const type = avsc().Type.forSchema('null')
  const spy = Object.create(type) as typeof type & { _write(tap: Tap): void }
  spy._write = (tap) => {
    shown = tap.constructor as TapClass
  }
  spy.encode(null, Buffer.alloc(0))
  return shown!
}
