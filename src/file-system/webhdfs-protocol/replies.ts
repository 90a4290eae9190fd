// Reads what WebHDFS and HttpFS reply: bytes in, checked values out. What is not of the protocol is a MalformedReply.
import type { FileStatus } from '../file-system.js'
import { RemoteException } from '../file-system-error.js'

/** Characters of a reply that an error message quotes. */
const QUOTED_CHARS_MAX = 200

/** The reply is not what the protocol says: HTML, half a JSON, nothing, fields missing. */
export class MalformedReply extends Error {
  override readonly name: string = 'MalformedReply'
}

/** A status and a body. */
export interface Reply {
  readonly status: number
  readonly body: Uint8Array
}

/** A status as the server gave it: the name within a listing, `''` for the path asked about. */
export interface NamedStatus {
  readonly name: string
  readonly status: Omit<FileStatus, 'path'>
}

/** One page of a listing. */
export interface ListingPage {
  readonly entries: readonly NamedStatus[]
  readonly remainingEntries: number
}

/** What GET_BLOCK_LOCATIONS says of a file. */
export interface BlockSummary {
  readonly length: number
  readonly underConstruction: boolean
}

type Json = Readonly<Record<string, unknown>>

/** The JSON object of a body. */
export function jsonOf(reply: Reply): Json {
  let value: unknown
  try {
    value = JSON.parse(textOf(reply.body))
  } catch {
    throw new MalformedReply(`status ${reply.status} with ${quote(reply.body)}, which is no JSON`)
  }
  return objectOf(value, 'the reply')
}

/** The exception of an error reply; undefined where the body holds none, as when a proxy answers. */
export function remoteExceptionOf(reply: Reply): RemoteException | undefined {
  if (reply.body.byteLength === 0) return undefined
  let value: unknown
  try {
    value = JSON.parse(textOf(reply.body))
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('RemoteException' in value)) return undefined
  const inner = value.RemoteException
  if (typeof inner !== 'object' || inner === null) return undefined
  const { exception, javaClassName, message } = inner as Json
  const name = typeof exception === 'string' ? exception : javaClassName
  if (typeof name !== 'string') return undefined
  return new RemoteException(name, firstLine(typeof message === 'string' ? message : ''), reply.status)
}

/** `{"boolean": b}` */
export function booleanOf(reply: Reply): boolean {
  const value = jsonOf(reply).boolean
  if (typeof value !== 'boolean') throw new MalformedReply(`no boolean in ${quote(reply.body)}`)
  return value
}

/** `{"Location": url}` */
export function locationOf(reply: Reply): string {
  const value = jsonOf(reply).Location
  if (typeof value !== 'string') throw new MalformedReply(`no Location in ${quote(reply.body)}`)
  return value
}

/** `{"FileStatus": {…}}` */
export function fileStatusOf(reply: Reply): Omit<FileStatus, 'path'> {
  return statusOf(objectOf(jsonOf(reply).FileStatus, 'FileStatus'))
}

/** `{"FileStatuses": {"FileStatus": […]}}` */
export function fileStatusesOf(reply: Reply): NamedStatus[] {
  return entriesOf(jsonOf(reply).FileStatuses)
}

/** `{"DirectoryListing": {"partialListing": {"FileStatuses": …}, "remainingEntries": n}}` */
export function directoryListingOf(reply: Reply): ListingPage {
  const listing = objectOf(jsonOf(reply).DirectoryListing, 'DirectoryListing')
  const partial = objectOf(listing.partialListing, 'partialListing')
  return {
    entries: entriesOf(partial.FileStatuses),
    remainingEntries: bytesOf(listing.remainingEntries, 'remainingEntries'),
  }
}

/** `{"LocatedBlocks": {…}}` */
export function blockSummaryOf(reply: Reply): BlockSummary {
  const blocks = objectOf(jsonOf(reply).LocatedBlocks, 'LocatedBlocks')
  if (typeof blocks.isUnderConstruction !== 'boolean') throw new MalformedReply('no isUnderConstruction')
  return { length: bytesOf(blocks.fileLength, 'fileLength'), underConstruction: blocks.isUnderConstruction }
}

/** The body as an error message quotes it. */
export function quote(body: Uint8Array): string {
  if (body.byteLength === 0) return 'an empty body'
  const text = textOf(body.subarray(0, QUOTED_CHARS_MAX * 4)).replaceAll(/\s+/g, ' ')
  return JSON.stringify(text.length > QUOTED_CHARS_MAX ? `${text.slice(0, QUOTED_CHARS_MAX)}…` : text)
}

function entriesOf(statuses: unknown): NamedStatus[] {
  const list = objectOf(statuses, 'FileStatuses').FileStatus
  if (!Array.isArray(list)) throw new MalformedReply('FileStatus is no array')
  return list.map((entry: unknown): NamedStatus => {
    const fields = objectOf(entry, 'an entry')
    const name = fields.pathSuffix
    if (typeof name !== 'string' || name.includes('/')) throw new MalformedReply('an entry without a name')
    return { name, status: statusOf(fields) }
  })
}

function statusOf({ type, length, modificationTime, fileId }: Json): Omit<FileStatus, 'path'> {
  const modifiedMs = bytesOf(modificationTime, 'modificationTime')
  const status: Omit<FileStatus, 'path'> =
    type === 'DIRECTORY'
      ? { type: 'directory', length: 0, modifiedMs }
      : { type: 'file', length: bytesOf(length, 'length'), modifiedMs }
  if (type !== 'DIRECTORY' && type !== 'FILE' && type !== 'SYMLINK') {
    throw new MalformedReply(`a file status of type ${JSON.stringify(type)}`)
  }
  // 0 is what file systems without inode ids give (INodeId.GRANDFATHER_INODE_ID).
  return typeof fileId === 'number' && fileId > 0 ? { ...status, fileId: String(fileId) } : status
}

function objectOf(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new MalformedReply(`${what} is no object`)
  return value as Json
}

function bytesOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new MalformedReply(`${what} is ${JSON.stringify(value)}`)
  }
  return value
}

function textOf(body: Uint8Array): string {
  if (Buffer.isBuffer(body)) return body.toString('utf8')
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
}

/** Java puts its stack trace behind the message. */
function firstLine(message: string): string {
  const end = message.indexOf('\n')
  return end === -1 ? message : message.slice(0, end)
}
