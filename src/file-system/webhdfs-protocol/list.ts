// LISTSTATUS_BATCH, page by page and put into the port's order; LISTSTATUS where a server does not know it.
import type { FileStatus } from '../file-system.js'
import { FileSystemError } from '../file-system-error.js'
import { compareCodePoints } from '../name-order.js'
import { joinPath } from '../path.js'
import { errorOfRefusal, parse, Refused } from './answer-errors.js'
import { type Attempt, refusal } from './arguments.js'
import { compareSignedBytes, nextStart, Reordering } from './listing-order.js'
import { directoryListingOf, fileStatusesOf, type ListingPage, type NamedStatus } from './replies.js'
import type { Wire } from './wire.js'

/** See `FileSystem.list`. */
export async function* list(
  wire: Wire,
  path: string,
  { startAfter }: { readonly startAfter?: string },
): AsyncGenerator<FileStatus, void, undefined> {
  const attempt: Attempt = { operation: 'list', path }
  const wanted = ({ name }: NamedStatus) => startAfter === undefined || compareCodePoints(name, startAfter) > 0
  const statusOf = ({ name, status }: NamedStatus): FileStatus => ({ path: joinPath(path, name), ...status })
  const reordering = new Reordering<NamedStatus>()
  let reached: string | undefined
  for (let pages = 1; ; pages += 1) {
    const from = startAfter === undefined ? reached : nextStart(startAfter, reached)
    const page = await pageAfter(wire, from, attempt)
    const entries = page.entries.filter(wanted)
    if (pages === 1 && page.remainingEntries === 0) {
      // All in one, in whatever order: HttpFS knows neither pages nor `startafter`.
      for (const entry of entries.sort((a, b) => compareCodePoints(a.name, b.name))) yield statusOf(entry)
      return
    }
    for (const entry of entries) for (const ready of reordering.take(entry)) yield statusOf(ready)
    if (page.remainingEntries === 0) break
    const last = page.entries.at(-1)?.name
    if (last === undefined || !liesBehind(last, from)) throw stuck(page, attempt)
    reached = last
  }
  for (const ready of reordering.rest()) yield statusOf(ready)
}

async function pageAfter(wire: Wire, startAfter: string | undefined, attempt: Attempt): Promise<ListingPage> {
  const { path } = attempt
  try {
    const parameters = { startafter: startAfter }
    const request = { method: 'GET', op: 'LISTSTATUS_BATCH', path, parameters, effect: 'reads' } as const
    const reply = await wire.ask(request, attempt)
    return withoutName(parse(reply, directoryListingOf, attempt, 'not-applied'), attempt)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    if (error.verdict.code !== 'UNSUPPORTED') throw refused(error, attempt)
  }
  try {
    const reply = await wire.ask({ method: 'GET', op: 'LISTSTATUS', path, effect: 'reads' }, attempt)
    const entries = parse(reply, fileStatusesOf, attempt, 'not-applied')
    return withoutName({ entries, remainingEntries: 0 }, attempt)
  } catch (error) {
    throw error instanceof Refused ? refused(error, attempt) : error
  }
}

function refused(error: Refused, attempt: Attempt): Error {
  // Below a file nothing stands.
  const verdict =
    error.verdict.code === 'NOT_A_DIRECTORY' ? { ...error.verdict, code: 'NOT_FOUND' as const } : error.verdict
  return errorOfRefusal(new Refused(error.exception, verdict), attempt, 'not-applied')
}

/** A file is listed as one entry without a name. */
function withoutName(page: ListingPage, attempt: Attempt): ListingPage {
  if (page.entries.some(({ name }) => name === '')) throw refusal('NOT_A_DIRECTORY', 'found a file', attempt)
  return page
}

/** In either order, for a server need not be HDFS. */
function liesBehind(last: string, from: string | undefined): boolean {
  return from === undefined || compareSignedBytes(last, from) > 0 || compareCodePoints(last, from) > 0
}

/** Asking on would go on for ever. */
function stuck({ remainingEntries }: ListingPage, { operation, path }: Attempt): FileSystemError {
  const message = `list of ${JSON.stringify(path)}: ${remainingEntries} entries remain, and a page brought none of them`
  return new FileSystemError(message, { code: 'PROTOCOL', outcome: 'not-applied', retry: 'never', operation, path })
}
