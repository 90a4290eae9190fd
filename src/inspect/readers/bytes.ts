// Reads length-delimited files: `bytes`, with the id as a frame at the beginning of each frame.
import { type FrameShape, frameShapeIn, readLength } from '../../format/bytes/framing.js'
import { type FoundId, parseFoundId } from '../found-id.js'
import { type Divider, divide } from './divider.js'
import { unknownReader } from './lines.js'
import { DamagedFile, type RecordReader, type RecordVisitor } from './record-reader.js'

/** An id is no longer: topics are at most 249 characters. */
const ID_BYTES_MAX = 1_024

/** Frames of `bytes`. */
export const bytesReader: RecordReader = {
  unit: 'frame',
  read: (file, visitor) => {
    const shape = frameShapeIn(file.formatState)
    if (shape === undefined) return unknownReader.read(file, visitor)
    return divide(file, visitor, { hasIds: shape.hasIds, divider: new Frames(shape, visitor) })
  },
}

/** Goes from frame to frame; of their contents only the ids are kept. */
class Frames implements Divider {
  readonly #shape: FrameShape
  readonly #visitor: RecordVisitor
  /** The beginning of a frame whose rest is to come. */
  #carry: Buffer = Buffer.alloc(0)
  #skipBytes = 0
  /** Of the next byte that is neither skipped nor carried. */
  #byte = 0

  constructor(shape: FrameShape, visitor: RecordVisitor) {
    this.#shape = shape
    this.#visitor = visitor
  }

  take(chunk: Buffer): void {
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk])
    let at = 0
    while (at < bytes.length) {
      if (this.#skipBytes > 0) {
        const skipped = Math.min(this.#skipBytes, bytes.length - at)
        this.#skipBytes -= skipped
        at += skipped
        continue
      }
      const frame = this.#frameAt(bytes, at)
      if (frame === undefined) break
      this.#visitor.record(frame.id, this.#byte + at)
      this.#skipBytes = frame.byteLength
    }
    this.#carry = bytes.subarray(at)
    this.#byte += at
  }

  #frameAt(bytes: Buffer, at: number): { byteLength: number; id: FoundId | undefined } | undefined {
    try {
      const head = readLength(this.#shape.framing, bytes, at)
      if (head === undefined) return undefined
      const byteLength = head.sizeBytes + head.length
      if (!this.#shape.hasIds) return { byteLength, id: undefined }
      const content = bytes.subarray(at + head.sizeBytes, at + byteLength)
      const idHead = readLength(this.#shape.framing, content, 0)
      const isWhole = content.length === head.length
      if (idHead === undefined) return isWhole ? { byteLength, id: undefined } : undefined
      const end = idHead.sizeBytes + idHead.length
      if (end > head.length || idHead.length > ID_BYTES_MAX) return { byteLength, id: undefined }
      if (content.length < end) return undefined
      return { byteLength, id: parseFoundId(content.toString('utf8', idHead.sizeBytes, end)) }
    } catch (error) {
      if (error instanceof RangeError) throw new DamagedFile(error.message, this.#byte + at, error)
      throw error
    }
  }

  end(): void {
    if (this.#skipBytes > 0)
      throw new DamagedFile(`its last frame lacks ${this.#skipBytes} bytes, or a length is wrong`, this.#byte)
    if (this.#carry.length > 0) throw new DamagedFile('its last frame lacks its end, or a length is wrong', this.#byte)
  }
}
