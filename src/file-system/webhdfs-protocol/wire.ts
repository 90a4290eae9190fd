// How the verbs reach the server: whoever speaks WebHDFS implements this, over sockets of its own or a package's client.
import type { Attempt } from './arguments.js'

/** An operation of WebHDFS without content. */
export interface WireRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly op: string
  /** Relative to the location. */
  readonly path: string
  readonly parameters?: Readonly<Record<string, string | number | undefined>>
  /**
   * `reads`: changes nothing and may be repeated, so its failures are `not-applied`. `mutates`: sent once. `redirects`: asks where
   * to, so it changes nothing either, but it may find the answer in the header `Location`.
   */
  readonly effect: 'reads' | 'mutates' | 'redirects'
}

/** The whole answer. */
export interface WireReply {
  readonly status: number
  /** Of the header `Location`, where the status is a redirect's. */
  readonly location: string | undefined
  readonly body: Uint8Array
}

/** A location on a server. */
export interface Wire {
  /** Absolute path of the location, without a slash at its end; `''` for the root of HDFS. */
  readonly root: string
  /** Whether the server is HttpFS, which ignores the options of RENAME, CREATE and LISTSTATUS_BATCH. */
  readonly httpFs: boolean
  /** URL of the server that was asked last, for redirects without a host. */
  readonly baseUrl: string
  /** First pause before a truncate that runs is asked about; doubles up to ten times as much. */
  readonly truncatePollMs: number
  /**
   * Resolves with the answer, a 2xx or, for `redirects`, a 3xx. Rejects with `Refused` for what the server refuses in words,
   * and with a `FileSystemError` for everything else.
   */
  ask(request: WireRequest, attempt: Attempt): Promise<WireReply>
  /** A pause that the end of the file system ends with `CLOSED`. */
  pause(durationMs: number, attempt: Attempt): Promise<void>
}
