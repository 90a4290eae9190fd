// The options of the adapter over the package webhdfs. The package itself has no limits at all.
import { resolveLimits, resolveRoot, WIRE_LIMITS, type WireLimits } from '../webhdfs-protocol/limits.js'

/** Limits, all with defaults. */
export interface WebHdfsPackageLimits extends WireLimits {
  /** From a request without content until the end of its answer. Default 60 s, as `dfs.webhdfs.socket.read-timeout`. */
  readonly requestTimeoutMs: number
}

/** Options of `createWebHdfsPackageFileSystem`. */
export interface WebHdfsPackageOptions extends Partial<WebHdfsPackageLimits> {
  /** Absolute path that all paths of the file system are relative to. */
  readonly root: string
  /** What the client talks to. Default `webhdfs`; HttpFS ignores some options and is asked in other ways. */
  readonly server?: 'webhdfs' | 'httpfs'
}

/** The defaults. */
export const WEBHDFS_PACKAGE_LIMITS: WebHdfsPackageLimits = { ...WIRE_LIMITS, requestTimeoutMs: 60_000 }

/** Options, checked, with the defaults filled in. */
export interface ResolvedPackageOptions extends WebHdfsPackageLimits {
  /** Without a slash at its end; `''` for the root of HDFS. */
  readonly root: string
  readonly httpFs: boolean
}

/** Throws a `TypeError` that names the option that is wrong. */
export function resolvePackageOptions(options: WebHdfsPackageOptions): ResolvedPackageOptions {
  const { root, server = 'webhdfs' } = options
  if (server !== 'webhdfs' && server !== 'httpfs') throw new TypeError(`server is ${String(server)}`)
  return {
    ...resolveLimits(options, WEBHDFS_PACKAGE_LIMITS),
    root: resolveRoot(root),
    httpFs: server === 'httpfs',
  }
}
