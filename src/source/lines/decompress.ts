// Plain, gzip or zstd: told by the first bytes, whatever the file is called.
import { DecompressionFailed, decompressedBy } from '../../format/decompression.js'
import { SourceError } from '../source-error.js'

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/** The bytes themselves, decompressed if they are compressed. Rejects with `UNSUPPORTED` for zstd where this version of Node has none, `UNREADABLE` for damaged input. `what` names the input in messages. */
export async function* decompressed(chunks: AsyncIterable<Buffer>, what: string): AsyncGenerator<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]()
  try {
    const { head, isOver } = await headOf(iterator)
    const rest = isOver ? only(head) : following(head, iterator)
    if (head.length >= GZIP_MAGIC.length && beginsAlike(head, GZIP_MAGIC)) {
      yield* undone('gzip', rest, what)
    } else if (head.length >= ZSTD_MAGIC.length && beginsAlike(head, ZSTD_MAGIC)) yield* undone('zstd', rest, what)
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

async function* undone(
  compression: 'gzip' | 'zstd',
  chunks: AsyncIterable<Buffer>,
  what: string,
): AsyncGenerator<Buffer> {
  try {
    yield* decompressedBy(compression, chunks)
  } catch (error) {
    if (!(error instanceof DecompressionFailed)) throw error
    const isDamaged = error.code === 'DAMAGED'
    const hint = isDamaged ? '. Is it cut short or damaged?' : ''
    throw new SourceError(
      isDamaged ? 'UNREADABLE' : 'UNSUPPORTED',
      `${what} cannot be decompressed: ${error.message}${hint}`,
      { cause: error },
    )
  }
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
