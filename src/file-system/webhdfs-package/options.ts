// The options of the adapter over the package webhdfs. The package itself has no limits at all.

/** Limits, all with defaults. The reasons for the numbers stand at those of the WebHDFS adapter. */
export interface WebHdfsPackageLimits {
  /** From a request without content until the end of its answer. Default 60 s. */
  readonly requestTimeoutMs: number
  /** Until a datanode has taken a connection. Default 10 s. */
  readonly connectTimeoutMs: number
  /** Of a datanode: no byte taken or given, and after the last byte of an upload no answer. Default 90 s. */
  readonly progressTimeoutMs: number
  /** Of a reply other than file content. Default 64 MiB. */
  readonly replyBytesMax: number
  /** Of a `read` into memory. Default 256 MiB. */
  readonly readBytesMax: number
  /** Bytes of an upload that may wait for the network before `write` asks to wait. Default 256 KiB. */
  readonly uploadBufferBytes: number
  /** Datanodes tried for an upload until one takes the connection. Default 5. */
  readonly datanodeAttemptsMax: number
  /** How often a read that lost its connection is sent in all. Default 3. */
  readonly readAttemptsMax: number
  /** First pause before a truncate that runs is asked about; doubles up to ten times as much. Default 50 ms. */
  readonly truncatePollMs: number
}

/** Options of `createWebHdfsPackageFileSystem`. */
export interface WebHdfsPackageOptions extends Partial<WebHdfsPackageLimits> {
  /** Absolute path that all paths of the file system are relative to. */
  readonly root: string
  /** What the client talks to. Default `webhdfs`; HttpFS ignores some options and is asked in other ways. */
  readonly server?: 'webhdfs' | 'httpfs'
}

const MEBIBYTE = 2 ** 20

/** The defaults. */
export const WEBHDFS_PACKAGE_LIMITS: WebHdfsPackageLimits = {
  requestTimeoutMs: 60_000,
  connectTimeoutMs: 10_000,
  progressTimeoutMs: 90_000,
  replyBytesMax: 64 * MEBIBYTE,
  readBytesMax: 256 * MEBIBYTE,
  uploadBufferBytes: 262_144,
  datanodeAttemptsMax: 5,
  readAttemptsMax: 3,
  truncatePollMs: 50,
}

/** Options, checked, with the defaults filled in. */
export interface ResolvedPackageOptions extends WebHdfsPackageLimits {
  /** Without a slash at its end; `''` for the root of HDFS. */
  readonly root: string
  readonly httpFs: boolean
}

/** Throws a `TypeError` that names the option that is wrong. */
export function resolvePackageOptions(options: WebHdfsPackageOptions): ResolvedPackageOptions {
  const limits: Record<string, number> = {}
  for (const [name, standard] of Object.entries(WEBHDFS_PACKAGE_LIMITS)) {
    const value = options[name as keyof WebHdfsPackageLimits] ?? (standard as number)
    if (!Number.isSafeInteger(value) || value < 1) throw new TypeError(`${name} is ${value}; it must be 1 or more`)
    limits[name] = value
  }
  const { root, server = 'webhdfs' } = options
  if (typeof root !== 'string' || !root.startsWith('/')) throw new TypeError('root must be an absolute path')
  if (/(^|\/)\.\.?(\/|$)|\/\/|\0|:/.test(root))
    throw new TypeError("root has an empty segment, '.', '..', ':' or a NUL")
  if (server !== 'webhdfs' && server !== 'httpfs') throw new TypeError(`server is ${String(server)}`)
  return {
    ...(limits as unknown as WebHdfsPackageLimits),
    root: root.replace(/\/$/, ''),
    httpFs: server === 'httpfs',
  }
}
