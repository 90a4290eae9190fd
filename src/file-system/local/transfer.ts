// Bytes between memory and an open file: whole, for an operating system that may take or give fewer than asked for.
import type { FileHandle } from 'node:fs/promises'

/** Chunks handed to the operating system in one call; Linux takes 1,024 (IOV_MAX). */
const CHUNKS_PER_WRITE_MAX = 512

/** Writes all chunks where the file stands (its end, with O_APPEND); tells of each part that the operating system took. */
export async function writeAll(
  handle: FileHandle,
  chunks: readonly Uint8Array[],
  onWritten: (bytes: number) => void,
): Promise<void> {
  let rest = chunks.filter((chunk) => chunk.byteLength > 0)
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest.slice(0, CHUNKS_PER_WRITE_MAX))
    if (bytesWritten <= 0) throw new Error('the operating system took no byte and gave no reason')
    onWritten(bytesWritten)
    rest = withoutFirst(rest, bytesWritten)
  }
}

function withoutFirst(chunks: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let index = 0
  let skipped = bytes
  for (let chunk = chunks[index]; chunk !== undefined && skipped >= chunk.byteLength; chunk = chunks[index]) {
    skipped -= chunk.byteLength
    index++
  }
  const rest = chunks.slice(index)
  const first = rest[0]
  if (first !== undefined && skipped > 0) rest[0] = first.subarray(skipped)
  return rest
}

/** Fills the buffer from `position` on; answers how many bytes there were. */
export async function readFully(handle: FileHandle, buffer: Uint8Array, position: number): Promise<number> {
  let filled = 0
  while (filled < buffer.byteLength) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.byteLength - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}
