// Reads a file in large pieces, one piece ahead.
import { type FileHandle, open } from 'node:fs/promises'
import { SourceError } from '../source-error.js'

/** Of one read: large enough that splitting and not reading is the work, small enough for a batch. */
const CHUNK_BYTES = 2 ** 20

/** The bytes of a file up to its end. `onBytes` is told of the bytes of each piece before it is handed out. Rejects with `UNREADABLE`. */
export async function* fileChunks(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  const handle = await open(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  let ahead: Promise<Buffer> | undefined
  try {
    ahead = readChunk(handle)
    for (;;) {
      const chunk = await ahead
      if (chunk.length === 0) return
      ahead = readChunk(handle)
      // Whoever stops early never awaits it.
      ahead.catch(() => undefined)
      onBytes(chunk.length)
      yield chunk
    }
  } catch (error) {
    throw unreadable(path, error)
  } finally {
    await ahead?.catch(() => undefined)
    await handle.close()
  }
}

// A fresh buffer each time: lines are views of it.
async function readChunk(handle: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafeSlow(CHUNK_BYTES), 0, CHUNK_BYTES)
  return buffer.subarray(0, bytesRead)
}

/** What kept a file from being read, in words. */
export function unreadable(path: string, cause: unknown): SourceError {
  if (cause instanceof SourceError) return cause
  const { code } = cause as { code?: unknown }
  const says = typeof code === 'string' ? meanings[code] : undefined
  return new SourceError(
    'UNREADABLE',
    `${path} ${says ?? `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`}`,
    { cause },
  )
}

const meanings: Readonly<Record<string, string>> = {
  ENOENT: 'is not there. Was it moved or misspelt?',
  EACCES: 'may not be read by the user of this process',
  EPERM: 'may not be read by the user of this process',
  EISDIR: 'is a directory: name the files in it',
  ENOTDIR: 'leads through a file as if it were a directory',
}
