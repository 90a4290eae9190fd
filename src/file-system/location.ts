// Where a file system is, as people write it: taken apart, or refused with what to write instead.
import { isIPv6 } from 'node:net'
import { resolve } from 'node:path'
import { FileSystemError, type FileSystemErrorCode } from './file-system-error.js'
import { checkPath } from './path.js'

/** What users write: a URL, a local path, or several URLs that differ in their host alone (the namenodes of one cluster). */
export type LocationInput = string | URL | readonly (string | URL)[]

/** A directory of this machine. */
export interface FileLocation {
  readonly scheme: 'file'
  /** Absolute. */
  readonly root: string
}

/** A directory of HDFS, reached by HTTP. */
export interface HttpLocation {
  readonly scheme: 'webhdfs' | 'swebhdfs' | 'httpfs' | 'httpfss'
  /** Namenodes or HttpFS servers, at least one, none twice. */
  readonly namenodes: readonly { readonly host: string; readonly port: number }[]
  /** Absolute, decoded, without a slash at its end; `/` is the root of HDFS. */
  readonly root: string
  /** From `user@`. */
  readonly user?: string
}

/** A directory of HDFS, reached by its own protocol. */
export interface HdfsLocation {
  readonly scheme: 'hdfs'
  /**
   * None twice. None at all (`hdfs:///path`) for the one of Hadoop's configuration; one without a port may be a nameservice there, and
   * is a namenode at port 8020 otherwise.
   */
  readonly namenodes: readonly { readonly host: string; readonly port?: number }[]
  /** Absolute, decoded, without a slash at its end; `/` is the root of HDFS. */
  readonly root: string
  /** From `user@`. */
  readonly user?: string
}

/** A location taken apart. */
export type Location = FileLocation | HttpLocation | HdfsLocation

/** By Hadoop's defaults: `dfs.namenode.http-address`, `dfs.namenode.https-address`, `httpfs.http.port`. */
const defaultPorts: Readonly<Record<HttpLocation['scheme'], number>> = {
  webhdfs: 9870,
  swebhdfs: 9871,
  httpfs: 14000,
  httpfss: 14000,
}

const example = "'webhdfs://namenode:9870/data/events' or 'file:///data/events'"

/**
 * Takes a location apart. A text without a scheme is a local path, relative ones from the working directory. Throws a {@link FileSystemError} of operation
 * `open`: `INVALID_ARGUMENT`, `INVALID_PATH`, or `UNSUPPORTED` for a scheme that is not ours. Its message never holds a password.
 */
export function parseLocation(input: LocationInput): Location {
  if (!Array.isArray(input)) return parseOne(input as string | URL)
  const [first, ...others] = input as readonly (string | URL)[]
  if (first === undefined) throw refusal('', `the list of locations is empty; write ${example}`)
  return others.reduce<Location>((all, other) => merge(all, parseOne(other), other), parseOne(first))
}

function parseOne(given: string | URL): Location {
  const text = given instanceof URL ? given.href : given
  if (typeof text !== 'string') throw refusal('', `a location is a text or a URL, not ${typeof text}; write ${example}`)
  if (text === '') throw refusal('', `the location is empty; write ${example}`)
  if (text !== text.trim())
    throw refusal(text, 'begins or ends with white space; if the name really does, write it as %20')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[\0-\x1f\x7f]/.test(text)) throw refusal(text, 'contains a control character')
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text) ?? []
  if (scheme.length === 1 && /^[/\\]/.test(rest))
    throw refusal(text, 'looks like a Windows path; Linux and macOS are supported')
  switch (scheme.toLowerCase()) {
    case 'file':
      return parseFileUrl(text, rest)
    case 'webhdfs':
    case 'swebhdfs':
    case 'httpfs':
    case 'httpfss':
      return parseHttpUrl(text, scheme.toLowerCase() as HttpLocation['scheme'], rest)
    case 'hdfs':
      return parseHdfsUrl(text, rest)
    default:
      if (scheme === '' || !rest.startsWith('/')) return parsePath(text)
      throw refusal(text, adviceFor(scheme.toLowerCase()), 'UNSUPPORTED')
  }
}

function parsePath(text: string): FileLocation {
  if (text === '~' || text.startsWith('~/')) {
    throw refusal(text, "begins with '~', which only shells understand; write the directory in full")
  }
  return { scheme: 'file', root: resolve(text) }
}

function adviceFor(scheme: string): string {
  switch (scheme) {
    case 'viewfs':
      return 'has the scheme viewfs, which is not supported; write hdfs://<namenode>:8020/<path> for the cluster that holds the path'
    case 'http':
      return 'has the scheme http; write webhdfs://<namenode>:9870/<path> or httpfs://<host>:14000/<path>, without /webhdfs/v1'
    case 'https':
      return 'has the scheme https; write swebhdfs://<namenode>:9871/<path> or httpfss://<host>:14000/<path>, without /webhdfs/v1'
    default:
      return `has the scheme ${scheme}; those known are file, hdfs, webhdfs, swebhdfs, httpfs and httpfss (a local path with a colon begins with ./)`
  }
}

function parseFileUrl(text: string, rest: string): FileLocation {
  const [, authority, path] = /^\/\/([^/]*)(\/.*)?$/s.exec(rest) ?? ['', '', /^\/(?!\/)/.test(rest) ? rest : undefined]
  if ((authority !== '' && authority?.toLowerCase() !== 'localhost') || path === undefined) {
    throw refusal(text, 'does not name an absolute path; write file:///<path> with three slashes, or a plain path')
  }
  return { scheme: 'file', root: decodePath(text, path) }
}

function parseHttpUrl(text: string, scheme: HttpLocation['scheme'], rest: string): HttpLocation {
  const write = `write ${scheme}://<host>:${defaultPorts[scheme]}/<path>`
  const { hosts, root, user } = parseHdfsPlace(text, rest, write)
  if (hosts.length === 0) throw refusal(text, `names no host; ${write}`)
  const namenodes = hosts.map(({ host, port = defaultPorts[scheme] }) => ({ host, port }))
  refuseTwice(text, namenodes)
  if (/^\/webhdfs\/v1(\/|$)/.test(root))
    throw refusal(text, `has the path of the REST interface in it; ${write}, without /webhdfs/v1`)
  return { scheme, namenodes, root, ...user }
}

function parseHdfsUrl(text: string, rest: string): HdfsLocation {
  const { hosts, root, user } = parseHdfsPlace(text, rest, 'write hdfs://<namenode>:8020/<path>')
  refuseTwice(text, hosts)
  return { scheme: 'hdfs', namenodes: hosts, root, ...user }
}

interface HdfsPlace {
  readonly hosts: readonly { readonly host: string; readonly port?: number }[]
  readonly root: string
  readonly user: { readonly user?: string }
}

function parseHdfsPlace(text: string, rest: string, write: string): HdfsPlace {
  if (!rest.startsWith('//')) throw refusal(text, `lacks the two slashes before the host; ${write}`)
  const slash = rest.indexOf('/', 2)
  const authority = slash === -1 ? rest.slice(2) : rest.slice(2, slash)
  if (/[?#]/.test(authority)) throw queryRefusal(text)
  const at = authority.lastIndexOf('@')
  const user = at === -1 ? {} : { user: parseUser(text, authority.slice(0, at)) }
  const names = authority.slice(at + 1)
  const hosts = names === '' ? [] : names.split(',').map((host) => parseHost(text, host))
  if (slash === -1 && hosts.length > 0) {
    throw refusal(text, `names no path; ${write}, or end it with / for the root of HDFS`)
  }
  const root = decodePath(text, slash === -1 ? '/' : rest.slice(slash))
  if (root.includes(':')) throw refusal(text, 'has a colon in its path, which HDFS allows in no name', 'INVALID_PATH')
  return { hosts, root, user }
}

function parseUser(text: string, encoded: string): string {
  if (encoded === '') throw refusal(text, "has nothing before the '@'; write <user>@<host>, or leave it out")
  if (encoded.includes(':')) {
    throw refusal(text, 'has a password in it, which is neither needed nor kept secret in a URL; write <user>@<host>')
  }
  const user = decode(text, encoded)
  if (user.includes('\0')) throw refusal(text, 'has a NUL in the user')
  return user
}

function parseHost(text: string, hostAndPort: string): { host: string; port?: number } {
  const [, bracketed, name, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(hostAndPort) ?? []
  const host = bracketed ?? name ?? ''
  const isHost = bracketed === undefined ? /^[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?$/i.test(host) : isIPv6(host)
  if (!isHost) {
    const advice =
      'write a host name, an IPv4 address, or an IPv6 address in brackets; several with commas between them'
    throw refusal(text, `has ${JSON.stringify(host)} where a host should be; ${advice}`)
  }
  if (portText === undefined) return { host }
  const port = Number(portText)
  if (!/^\d{1,5}$/.test(portText) || port < 1 || port > 65_535) {
    // With an @ further on it may be the beginning of a password with a slash in it.
    const shown = text.includes('@') ? 'a port that is none' : `the port ${JSON.stringify(portText)}`
    throw refusal(text, `has ${shown}; write a number from 1 to 65535`)
  }
  return { host, port }
}

/** The decoded path, without a slash at its end. */
function decodePath(text: string, encoded: string): string {
  if (/[?#]/.test(encoded)) throw queryRefusal(text)
  const segments = encoded.slice(1).replace(/\/$/, '').split('/')
  const names = segments.map((segment) => {
    const name = decode(text, segment)
    if (name.includes('/'))
      throw refusal(text, 'has an encoded slash in a name, which no file system allows', 'INVALID_PATH')
    return name
  })
  const path = names.join('/')
  try {
    checkPath(path, 'open', { root: 'allowed' })
  } catch (error) {
    throw refusal(text, `leads nowhere: ${(error as Error).message}`, 'INVALID_PATH')
  }
  return `/${path}`
}

function decode(text: string, encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    throw refusal(
      text,
      `has ${JSON.stringify(encoded)}, which is no percent-encoded UTF-8; write a percent sign as %25`,
    )
  }
}

function merge(all: Location, other: Location, given: string | URL): HttpLocation | HdfsLocation {
  const text = String(given)
  if (all.scheme === 'file' || other.scheme === 'file')
    throw refusal(text, 'is in a list; only namenodes of one cluster make a list')
  for (const part of ['scheme', 'root', 'user'] as const) {
    if (all[part] === other[part]) continue
    const differ = `${String(other[part] ?? 'none')} and ${String(all[part] ?? 'none')}`
    throw refusal(
      text,
      `differs in its ${part === 'root' ? 'path' : part} from the one before (${differ}); only hosts may differ in a list`,
    )
  }
  const namenodes = [...all.namenodes, ...other.namenodes]
  refuseTwice(text, namenodes)
  // Both are of one scheme, so their hosts are of one kind.
  return { ...all, namenodes } as HttpLocation | HdfsLocation
}

function refuseTwice(text: string, namenodes: HdfsLocation['namenodes']): void {
  const seen = new Set<string>()
  for (const { host, port } of namenodes) {
    const key = `${host.toLowerCase()} ${port}`
    if (seen.has(key)) throw refusal(text, `names ${host}${port === undefined ? '' : `:${port}`} twice`)
    seen.add(key)
  }
}

function queryRefusal(text: string): FileSystemError {
  return refusal(
    text,
    "has a '?' or '#'; options are given apart from the location, and in a name they are written %3F and %23",
  )
}

function refusal(text: string, says: string, code: FileSystemErrorCode = 'INVALID_ARGUMENT'): FileSystemError {
  const path = withoutPassword(text)
  const subject = path === '' ? '' : `${JSON.stringify(path)} `
  return new FileSystemError(`location: ${subject}${says}`, {
    code,
    outcome: 'not-applied',
    retry: 'never',
    operation: 'open',
    path,
  })
}

// Whatever stands between a colon and the last @ may be one, also where the rest makes no sense; a port is none.
function withoutPassword(text: string): string {
  return text.replace(/^(\s*[a-z][a-z0-9+.-]*:\/*[^/:@]*):(?!\d+([/,]|$)).*@/is, '$1:***@')
}
