// The limits that every adapter has that speaks WebHDFS, each with its default and where that comes from.

/** See the head of the file. */
export interface WireLimits {
  /** Until a connection stands, TLS included. Default 10 s: a lost SYN is repeated after 1, 3 and 7 s. */
  readonly connectTimeoutMs: number
  /**
   * Of a datanode: no byte taken or given, and after the last byte of an upload no answer. Default 90 s: when a pipeline
   * breaks, the datanode's own client notices after `dfs.client.socket-timeout` (60 s) + 5 s for each replica.
   */
  readonly progressTimeoutMs: number
  /** Of a reply other than file content. Default 64 MiB: a listing of 200,000 entries through HttpFS, which knows no pages. */
  readonly replyBytesMax: number
  /** Of a `read` into memory. Default 256 MiB; `readStream` has no limit. */
  readonly readBytesMax: number
  /** Bytes of an upload that may wait for the network before `write` asks to wait. Default 256 KiB. */
  readonly uploadBufferBytes: number
  /** Datanodes tried for an upload or read until one takes the connection. Default 5. */
  readonly datanodeAttemptsMax: number
  /** How often a read that lost its connection is sent in all. Default 3. Mutations are never repeated. */
  readonly readAttemptsMax: number
  /** After an upload's connection refuses more bytes: how long to read on for the reason. Default 1 s. */
  readonly lateReplyWaitMs: number
  /** First pause before a truncate that runs is asked about; doubles up to ten times as much. Default 50 ms. */
  readonly truncatePollMs: number
}

const KIBIBYTE = 2 ** 10
const MEBIBYTE = 2 ** 20

/** The defaults. */
export const WIRE_LIMITS: WireLimits = {
  connectTimeoutMs: 10_000,
  progressTimeoutMs: 90_000,
  replyBytesMax: 64 * MEBIBYTE,
  readBytesMax: 256 * MEBIBYTE,
  uploadBufferBytes: 256 * KIBIBYTE,
  datanodeAttemptsMax: 5,
  readAttemptsMax: 3,
  lateReplyWaitMs: 1_000,
  truncatePollMs: 50,
}

/**
 * What is given, and the defaults for the rest. Throws a `TypeError` that names the limit that is no whole number, or is below 1
 * (below 0 for those in `zeroAllowed`).
 */
export function resolveLimits<L extends WireLimits>(
  given: Partial<L>,
  defaults: L,
  zeroAllowed: ReadonlySet<string> = new Set(),
): L {
  const limits: Record<string, number> = {}
  for (const [name, standard] of Object.entries(defaults)) {
    const value = given[name as keyof L] ?? (standard as number)
    const lowest = zeroAllowed.has(name) ? 0 : 1
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < lowest) {
      throw new TypeError(`${name} is ${String(value)}; it must be a whole number, ${lowest} or more`)
    }
    limits[name] = value
  }
  return limits as unknown as L
}

/** Throws a `TypeError` unless the option is an absolute path of plain segments. */
export function checkAbsolute(name: string, path: string): void {
  if (typeof path !== 'string' || !path.startsWith('/')) throw new TypeError(`${name} must be an absolute path`)
  if (/(^|\/)\.\.?(\/|$)|\/\/|\0/.test(path)) throw new TypeError(`${name} has an empty segment, '.', '..' or a NUL`)
}

/** The root without a slash at its end; `''` for the root of HDFS. Throws a `TypeError` for what HDFS has no such path for. */
export function resolveRoot(root: string): string {
  checkAbsolute('root', root)
  if (root.includes(':')) throw new TypeError('root has a colon, which HDFS allows in no name')
  return root.replace(/\/$/, '')
}
