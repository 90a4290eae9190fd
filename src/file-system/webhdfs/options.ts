// The options of the WebHDFS adapter, each limit with its default and where that comes from.
import type { SecureContextOptions } from 'node:tls'
import { checkAbsolute, resolveLimits, resolveRoot, WIRE_LIMITS, type WireLimits } from '../webhdfs-protocol/limits.js'

/** How the servers are reached. `http…` schemes mean WebHDFS at namenodes, `httpfs…` an HttpFS gateway; `s…`/`…s` mean TLS. */
export type WebHdfsScheme = 'webhdfs' | 'swebhdfs' | 'httpfs' | 'httpfss'

/** A namenode, or an HttpFS server. */
export interface ServerAddress {
  readonly host: string
  /** Of its HTTP(S) interface. */
  readonly port: number
}

/** TLS settings, as for node:tls. */
export type TlsOptions = Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'minVersion' | 'ciphers'> & {
  /** Name to verify the servers' certificates against, where it is not the host asked for. */
  readonly servername?: string
}

/** Where the file system is, and for whom. */
export interface WebHdfsLocation {
  readonly scheme: WebHdfsScheme
  /** All namenodes of the cluster, or all HttpFS servers; at least one. The first that serves is remembered. */
  readonly namenodes: readonly ServerAddress[]
  /** Absolute path that all paths of the file system are relative to. */
  readonly root: string
  /** Path before `/webhdfs/v1`, where a gateway has one (Knox: `/gateway/default`). Default: none. */
  readonly prefix?: string
  /** Simple authentication: `user.name`. Not sent along with a delegation token. */
  readonly user?: string
  /** The user to act for; the server must allow `user` to impersonate. */
  readonly doas?: string
  /** A delegation token's `urlString`, in place of `user`. */
  readonly delegationToken?: string
  /**
   * Sent to the namenodes (and to whatever is reached under the same host and port), never to other hosts, because they
   * may hold secrets: a cookie, `Authorization`.
   */
  readonly headers?: Readonly<Record<string, string>>
  readonly tls?: TlsOptions
}

/** Limits, all with defaults. */
export interface WebHdfsLimits extends WireLimits {
  /** Kept-alive connections to one namenode. Default 32: twice the engine's `operationsMax`. */
  readonly connectionsMax: number
  /** Requests that wait for one of these; more are refused as `TIMEOUT`. Default 10,000: one per open data file. */
  readonly queuedRequestsMax: number
  /** Longest wait for one of these. Default 30 s. */
  readonly queueWaitMs: number
  /**
   * A connection idle for longer is closed by us, before the server does it just when a request is on its way.
   * Default 20 s: `hadoop.http.idle_timeout.ms` is 60 s, and proxies rarely have less than 30 s.
   */
  readonly connectionIdleMs: number
  /**
   * Connections to one datanode, uploads and reads together. Default 128: more than the engine's `openUploadsMax` (64)
   * and its `operationsMax` (16) and reads, for an open upload waits for nobody but its owner.
   */
  readonly datanodeSocketsMax: number
  /** Longest wait for one of these; then `TIMEOUT`, not applied. Default 30 s. */
  readonly datanodeSocketWaitMs: number
  /** From a request sent until the first byte of a namenode's answer. Default 60 s, as `dfs.webhdfs.socket.read-timeout`. */
  readonly firstByteTimeoutMs: number
  /** From the first byte of such an answer until its last. Default 60 s. */
  readonly replyTimeoutMs: number
  /** With several namenodes: how long to look for the active one. Default 15 s; a failover takes 2 s and more. */
  readonly failoverWaitMs: number
  /** Between two rounds of looking; doubles up to ten times as much. Default 200 ms. */
  readonly failoverPauseMs: number
  /** Creates of known length up to this many bytes are synced to disk when their block closes (`createflag=SYNC_BLOCK`). Default 256 KiB; 0 for none. docs/decisions/webhdfs-adapter.md */
  readonly syncedCreateBytesMax: number
}

/** Options of `createWebHdfsFileSystem`. */
export type WebHdfsOptions = WebHdfsLocation & Partial<WebHdfsLimits>

const KIBIBYTE = 2 ** 10

/** The defaults. */
export const WEBHDFS_LIMITS: WebHdfsLimits = {
  ...WIRE_LIMITS,
  connectionsMax: 32,
  queuedRequestsMax: 10_000,
  queueWaitMs: 30_000,
  connectionIdleMs: 20_000,
  datanodeSocketsMax: 128,
  datanodeSocketWaitMs: 30_000,
  firstByteTimeoutMs: 60_000,
  replyTimeoutMs: 60_000,
  failoverWaitMs: 15_000,
  failoverPauseMs: 200,
  syncedCreateBytesMax: 256 * KIBIBYTE,
}

/** Options, checked, with the defaults filled in. */
export interface ResolvedOptions extends WebHdfsLimits {
  readonly location: WebHdfsLocation
  /** Absolute, without a slash at its end; `''` for the root of HDFS. */
  readonly root: string
  readonly prefix: string
  readonly secure: boolean
  readonly httpFs: boolean
}

const ZERO_ALLOWED: ReadonlySet<string> = new Set(['failoverWaitMs', 'syncedCreateBytesMax', 'queuedRequestsMax'])

/** Checks the options; throws a `TypeError` that names the one that is wrong. */
export function resolveOptions(options: WebHdfsOptions): ResolvedOptions {
  const limits = resolveLimits(options, WEBHDFS_LIMITS, ZERO_ALLOWED)
  const { scheme, namenodes, root, prefix = '' } = options
  if (!['webhdfs', 'swebhdfs', 'httpfs', 'httpfss'].includes(scheme)) throw new TypeError(`scheme is ${scheme}`)
  if (!Array.isArray(namenodes) || namenodes.length === 0) throw new TypeError('namenodes must name at least one')
  for (const { host, port } of namenodes) {
    if (typeof host !== 'string' || host === '') throw new TypeError('a namenode has no host')
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new TypeError(`namenode ${host} has the port ${port}`)
  }
  if (prefix !== '') checkAbsolute('prefix', prefix)
  return {
    ...limits,
    location: options,
    root: resolveRoot(root),
    prefix: prefix.replace(/\/$/, ''),
    secure: scheme === 'swebhdfs' || scheme === 'httpfss',
    httpFs: scheme === 'httpfs' || scheme === 'httpfss',
  }
}

/** Where the file system is, for people: a URL without secrets. */
export function shownLocation({ location, root, prefix }: ResolvedOptions): string {
  const servers = location.namenodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
  return `${location.scheme}://${servers.join(',')}${prefix}${root === '' ? '/' : root}`
}
