// Plain, gzip or zstd: told by the first bytes, whatever the file is called.
import { Readable, type Transform } from 'node:stream'
import zlib from 'node:zlib'
import { hasZstd, zstdDecompressed } from '../../format/zstd-frames.js'
import { SourceError } from '../source-error.js'

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/** Larger than zlib's 16 KiB, so that fewer lines lie across two buffers. */
const CHUNK_BYTES = 262_144

/** The bytes themselves, decompressed if they are compressed. Rejects with `UNSUPPORTED` for zstd where this version of Node has none, `UNREADABLE` for damaged input. `what` names the input in messages. */
export async function* decompressed(chunks: AsyncIterable<Buffer>, what: string): AsyncGenerator<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]()
  try {
    const { head, isOver } = await headOf(iterator)
    const rest = isOver ? only(head) : following(head, iterator)
    if (head.length >= GZIP_MAGIC.length && beginsAlike(head, GZIP_MAGIC)) {
      yield* through(rest, zlib.createGunzip({ chunkSize: CHUNK_BYTES }), what)
    } else if (head.length >= ZSTD_MAGIC.length && beginsAlike(head, ZSTD_MAGIC)) yield* unzstd(rest, what)
    else yield* rest
  } finally {
    await iterator.return?.()
  }
}

/** As many bytes as the longest magic number has, if there are so many. */
async function headOf(iterator: AsyncIterator<Buffer>): Promise<{ readonly head: Buffer; readonly isOver: boolean }> {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < ZSTD_MAGIC.length) {
    // A plain line that is shorter must not wait for the next one.
    if (head.length > 0 && !beginsAlike(head, GZIP_MAGIC) && !beginsAlike(head, ZSTD_MAGIC)) break
    const { value, done } = await iterator.next()
    if (done === true) return { head, isOver: true }
    head = head.length === 0 ? value : Buffer.concat([head, value])
  }
  return { head, isOver: false }
}

function beginsAlike(head: Buffer, magic: Buffer): boolean {
  const bytes = Math.min(head.length, magic.length)
  return head.subarray(0, bytes).equals(magic.subarray(0, bytes))
}

async function* unzstd(chunks: AsyncIterable<Buffer>, what: string): AsyncGenerator<Buffer> {
  if (!hasZstd()) {
    throw new SourceError(
      'UNSUPPORTED',
      `${what} is compressed with zstd, which Node ${process.versions.node} cannot read: use Node 22.15 or later, or decompress it first (zstd -d)`,
    )
  }
  let inputError: unknown
  async function* input(): AsyncGenerator<Buffer> {
    try {
      yield* chunks
    } catch (error) {
      inputError = error
      throw error
    }
  }
  try {
    for await (const { buffer, byteOffset, byteLength } of zstdDecompressed(input())) {
      yield Buffer.from(buffer, byteOffset, byteLength)
    }
  } catch (error) {
    throw inputError ?? damaged(what, error)
  }
}

function damaged(what: string, error: unknown): SourceError {
  const says = error instanceof Error ? error.message : String(error)
  return new SourceError('UNREADABLE', `${what} cannot be decompressed: ${says}. Is it cut short or damaged?`, {
    cause: error,
  })
}

async function* only(head: Buffer): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head
}

async function* following(head: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  for (;;) {
    const { value, done } = await iterator.next()
    if (done === true) return
    yield value
  }
}

async function* through(chunks: AsyncIterable<Buffer>, transform: Transform, what: string): AsyncGenerator<Buffer> {
  const input = Readable.from(chunks, { objectMode: true })
  let inputError: unknown
  input.on('error', (error) => {
    inputError = error
    transform.destroy(error)
  })
  input.pipe(transform)
  try {
    for await (const chunk of transform) yield chunk as Buffer
  } catch (error) {
    if (inputError !== undefined) throw inputError
    throw damaged(what, error)
  } finally {
    input.destroy()
    transform.destroy()
  }
}
