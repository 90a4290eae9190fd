// getListing, page by page, and put into the port's order.
import type { FileStatus } from '../../file-system.js'
import { FileSystemError } from '../../file-system-error.js'
import { compareCodePoints } from '../../name-order.js'
import { joinPath } from '../../path.js'
import { errorOfRefusal, Refused } from '../../webhdfs-protocol/answer-errors.js'
import { type Attempt, refusal } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { compareSignedBytes, nextStart, Reordering } from '../../webhdfs-protocol/listing-order.js'
import { type DirectoryListing, FILE_TYPE, type HdfsFileStatus } from '../messages/file-messages.js'
import { getListing } from '../messages/namespace-methods.js'
import type { Session } from '../session.js'
import { statusOf } from './stat.js'

const NAMES = new TextDecoder()

interface Entry {
  readonly name: string
  readonly status: HdfsFileStatus
}

/** See `FileSystem.list`. */
export async function* list(
  session: Session,
  path: string,
  { startAfter }: { readonly startAfter?: string },
): AsyncGenerator<FileStatus, void, undefined> {
  const attempt: Attempt = { operation: 'list', path }
  const reordering = new Reordering<Entry>()
  let reached: string | undefined
  for (;;) {
    const from = startAfter === undefined ? reached : nextStart(startAfter, reached)
    const page = await pageAfter(session, from ?? '', attempt)
    const entries = page.partialListing.map((status): Entry => ({ name: NAMES.decode(status.path), status }))
    for (const entry of entries) {
      if (startAfter !== undefined && compareCodePoints(entry.name, startAfter) <= 0) continue
      for (const { name, status } of reordering.take(entry)) yield statusOf(status, joinPath(path, name))
    }
    if (page.remainingEntries === 0) break
    const last = entries.at(-1)?.name
    if (last === undefined || (from !== undefined && compareSignedBytes(last, from) <= 0)) throw stuck(page, attempt)
    reached = last
  }
  for (const { name, status } of reordering.rest()) yield statusOf(status, joinPath(path, name))
}

async function pageAfter(session: Session, startAfter: string, attempt: Attempt): Promise<DirectoryListing> {
  const src = absolutePath(session.options.root, attempt.path)
  let page: DirectoryListing | undefined
  try {
    const request = { src, startAfter: Buffer.from(startAfter), needLocation: false }
    page = (await session.calls.call(getListing, request, attempt)).dirList
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    // Below a file nothing stands.
    const code = error.verdict.code === 'NOT_A_DIRECTORY' ? ('NOT_FOUND' as const) : error.verdict.code
    throw errorOfRefusal(new Refused(error.exception, { ...error.verdict, code }), attempt, 'not-applied')
  }
  if (page === undefined) throw refusal('NOT_FOUND', 'found nothing there', attempt)
  // A file is listed as one entry without a name.
  const [first] = page.partialListing
  if (first?.path.byteLength === 0 && first.fileType !== FILE_TYPE.directory) {
    throw refusal('NOT_A_DIRECTORY', 'found a file', attempt)
  }
  return page
}

/** Asking on would go on for ever. */
function stuck({ remainingEntries }: DirectoryListing, attempt: Attempt): FileSystemError {
  const message = `list of ${JSON.stringify(attempt.path)}: ${remainingEntries} entries remain, and a page brought none of them`
  return new FileSystemError(message, { code: 'PROTOCOL', outcome: 'not-applied', retry: 'never', ...attempt })
}
