// OPEN: the bytes of a file, in memory or chunk by chunk.
import type { ByteRange } from '../file-system.js'
import { FileSystemError } from '../file-system-error.js'
import { errorOfRefusal, Refused, unintelligible } from '../webhdfs-protocol/answer-errors.js'
import { type Attempt, checkRange, refusal } from '../webhdfs-protocol/arguments.js'
import { verdictOn } from '../webhdfs-protocol/exceptions.js'
import { remoteExceptionOf } from '../webhdfs-protocol/replies.js'
import { stat } from '../webhdfs-protocol/stat.js'
import type { WireReply } from '../webhdfs-protocol/wire.js'
import type { Place } from './connections.js'
import { addressesOf } from './datanode-socket.js'
import { download } from './download-request.js'
import { askForPlace, placeOf, type RedirectRequest } from './redirect.js'
import type { Session } from './session.js'
import { errorOfFailure, TransportFailure } from './transport-failure.js'

const NOTHING = new Uint8Array(0)

/** See `FileSystem.read`. */
export async function read(session: Session, path: string, range: ByteRange): Promise<Uint8Array> {
  const { readBytesMax } = session.options
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of readStream(session, path, range)) {
    bytes += chunk.byteLength
    if (bytes > readBytesMax) {
      const complaint = `found more than ${readBytesMax} bytes (readBytesMax); use readStream`
      throw refusal('INVALID_ARGUMENT', complaint, { operation: 'read', path })
    }
    chunks.push(chunk)
  }
  return chunks.length === 0 ? NOTHING : chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

/** See `FileSystem.readStream`. */
export async function* readStream(
  session: Session,
  path: string,
  range: ByteRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  const attempt: Attempt = { operation: 'read', path }
  checkRange(range, attempt)
  const { start = 0, end } = range
  let chunks: AsyncGenerator<Uint8Array, void, undefined> | undefined
  try {
    chunks = end === start ? await nothing(session, attempt) : await open(session, range, attempt)
  } catch (error) {
    // Servers refuse to begin at the end of a file or beyond it, each in its own way.
    if (start === 0 || !(error instanceof FileSystemError) || !(await endsBefore(session, start, attempt))) throw error
    return
  }
  let left = end === undefined ? Number.POSITIVE_INFINITY : end - start
  try {
    for await (const chunk of chunks) {
      left -= chunk.byteLength
      if (left < 0) throw tooMuch(attempt)
      yield chunk
    }
  } catch (error) {
    throw error instanceof TransportFailure ? errorOfFailure(error, attempt, 'not-applied') : error
  }
}

/** An empty range of a file that has to be there all the same. */
async function nothing(session: Session, attempt: Attempt): Promise<AsyncGenerator<Uint8Array, void, undefined>> {
  const found = await stat(session.namenodes, attempt.path, attempt)
  if (found === undefined) throw refusal('NOT_FOUND', 'found nothing there', attempt)
  if (found.type === 'directory') throw refusal('IS_DIRECTORY', 'found a directory', attempt)
  return noChunks()
}

async function* noChunks(): AsyncGenerator<Uint8Array, void, undefined> {}

async function endsBefore(session: Session, start: number, attempt: Attempt): Promise<boolean> {
  const found = await stat(session.namenodes, attempt.path, attempt)
  return found?.type === 'file' && found.length <= start
}

/** Asks for the place and fetches from it, and elsewhere while no byte has come. */
async function open(
  session: Session,
  { start = 0, end }: ByteRange,
  attempt: Attempt,
): Promise<AsyncGenerator<Uint8Array, void, undefined>> {
  const { connections, options, namenodes } = session
  const parameters = { offset: start === 0 ? undefined : start, length: end === undefined ? undefined : end - start }
  const request = { method: 'GET', op: 'OPEN', path: attempt.path, parameters } as const
  const excluded = new Set<string>()
  // HttpFS answers with the bytes themselves.
  const firstPlace = async () =>
    options.httpFs ? namenodes.placeFor(request) : placeToRead(session, request, excluded, attempt)
  let redirected: Place | undefined
  for (let tried = 1; ; tried += 1) {
    const place: Place = redirected ?? (await firstPlace())
    try {
      const answer = await download(connections, options, place)
      if (answer.kind === 'content') return answer.chunks
      const { reply } = answer
      if (redirected !== undefined || reply.location === undefined) throw errorOfAnswer(reply, attempt)
      redirected = placeOf(namenodes, reply, attempt)
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error
      const elsewhere = error.reason === 'connect' || error.reason === 'reset'
      if (!elsewhere || tried >= options.datanodeAttemptsMax) throw errorOfFailure(error, attempt, 'not-applied')
      redirected = undefined
      if (options.httpFs) namenodes.leave(place.server)
      else for (const address of await addressesOf(place.server.host)) excluded.add(address)
    }
  }
}

async function placeToRead(
  session: Session,
  request: Pick<RedirectRequest, 'method' | 'op' | 'path' | 'parameters'>,
  excluded: ReadonlySet<string>,
  attempt: Attempt,
): Promise<Place> {
  try {
    return await askForPlace(session.namenodes, { ...request, excluded }, attempt)
  } catch (error) {
    if (error instanceof Refused) throw errorOfRefusal(error, attempt, 'not-applied')
    throw error
  }
}

function errorOfAnswer(reply: WireReply, attempt: Attempt): FileSystemError {
  const exception = remoteExceptionOf(reply)
  if (exception === undefined) return unintelligible(reply, attempt, 'not-applied')
  return errorOfRefusal(new Refused(exception, verdictOn(exception)), attempt, 'not-applied')
}

function tooMuch({ operation, path }: Attempt): FileSystemError {
  const message = `${operation} of ${JSON.stringify(path)}: the server sent more than was asked for`
  return new FileSystemError(message, { code: 'PROTOCOL', outcome: 'not-applied', retry: 'never', operation, path })
}
