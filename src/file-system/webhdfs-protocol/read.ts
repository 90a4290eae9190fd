// OPEN: the bytes of a file, in memory or chunk by chunk; ranges cut to what is there.
import type { ByteRange } from '../file-system.js'
import { FileSystemError } from '../file-system-error.js'
import { errorOfRefusal, Refused, unintelligible } from './answer-errors.js'
import { type Attempt, checkRange, refusal } from './arguments.js'
import { verdictOn } from './exceptions.js'
import { remoteExceptionOf } from './replies.js'
import { stat } from './stat.js'
import { errorOfFailure, TransportFailure } from './transport-failure.js'
import type { Wire, WireReply } from './wire.js'

/** The bytes from the first on. They must be read to their end or returned, else a connection stays open. May reject with a {@link TransportFailure}. */
export type Bytes = AsyncGenerator<Uint8Array, void, undefined>

/** Sends the request, and resolves when its success is certain. Rejects with a `FileSystemError`. */
export type OpenForRead = (parameters: ReadParameters, attempt: Attempt) => Promise<Bytes>

/** Of OPEN; undefined for the beginning and the end of the file. */
export interface ReadParameters {
  readonly offset: number | undefined
  readonly length: number | undefined
}

const NOTHING = new Uint8Array(0)

/** Collects a whole stream; `INVALID_ARGUMENT` when it has more bytes than are good for the memory. */
export async function collectBytes(bytes: Bytes, readBytesMax: number, path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of bytes) {
    length += chunk.byteLength
    if (length > readBytesMax) {
      const complaint = `found more than ${readBytesMax} bytes (readBytesMax); use readStream`
      throw refusal('INVALID_ARGUMENT', complaint, { operation: 'read', path })
    }
    chunks.push(chunk)
  }
  return chunks.length === 0 ? NOTHING : chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

/** See `FileSystem.readStream`. */
export async function* readStream(wire: Wire, open: OpenForRead, path: string, range: ByteRange): Bytes {
  const attempt: Attempt = { operation: 'read', path }
  checkRange(range, attempt)
  const { start = 0, end } = range
  let bytes: Bytes
  try {
    const parameters = { offset: start === 0 ? undefined : start, length: end === undefined ? undefined : end - start }
    bytes = end === start ? await nothing(wire, attempt) : await open(parameters, attempt)
  } catch (error) {
    // Servers refuse to begin at the end of a file or beyond it, each in its own way.
    if (start === 0 || !(error instanceof FileSystemError) || !(await endsBefore(wire, start, attempt))) throw error
    return
  }
  let left = end === undefined ? Number.POSITIVE_INFINITY : end - start
  try {
    for await (const chunk of bytes) {
      left -= chunk.byteLength
      if (left < 0) throw tooMuch(attempt)
      yield chunk
    }
  } catch (error) {
    throw error instanceof TransportFailure ? errorOfFailure(error, attempt, 'not-applied') : error
  }
}

/** The error for an answer to OPEN that is no success. */
export function errorOfReadAnswer(reply: WireReply, attempt: Attempt): FileSystemError {
  const exception = remoteExceptionOf(reply)
  if (exception === undefined) return unintelligible(reply, attempt, 'not-applied')
  return errorOfRefusal(new Refused(exception, verdictOn(exception)), attempt, 'not-applied')
}

/** An empty range of a file that has to be there all the same. */
async function nothing(wire: Wire, attempt: Attempt): Promise<Bytes> {
  const found = await stat(wire, attempt.path, attempt)
  if (found === undefined) throw refusal('NOT_FOUND', 'found nothing there', attempt)
  if (found.type === 'directory') throw refusal('IS_DIRECTORY', 'found a directory', attempt)
  return noBytes()
}

async function* noBytes(): Bytes {}

async function endsBefore(wire: Wire, start: number, attempt: Attempt): Promise<boolean> {
  const found = await stat(wire, attempt.path, attempt)
  return found?.type === 'file' && found.length <= start
}

function tooMuch({ operation, path }: Attempt): FileSystemError {
  const message = `${operation} of ${JSON.stringify(path)}: the server sent more than was asked for`
  return new FileSystemError(message, { code: 'PROTOCOL', outcome: 'not-applied', retry: 'never', operation, path })
}
