// What the writing program is asked to do, and what it tells on its standard output, a line of JSON each.
import type { OpenFileSystemOptions } from '../../src/file-system/open.js'
import type { CompressionName } from '../../src/format/compression.js'

/** One thing told. Positions are `until` by partition, in decimal. */
export type Told =
  | { readonly what: 'opening' }
  | { readonly what: 'opened'; readonly epoch: number; readonly until: readonly string[] }
  | { readonly what: 'reclaimed'; readonly how: 'kept' | 'truncated' | 'copied' | 'replaced' }
  | { readonly what: 'uploaded'; readonly bytes: number }
  /** The records of an attempt are written, the commit is not begun: uploads are open, or open soon. */
  | { readonly what: 'filled' }
  | { readonly what: 'committing' }
  | { readonly what: 'committed'; readonly until: readonly string[] }
  | { readonly what: 'aborted'; readonly why: string; readonly until: readonly string[] }
  /** abort() may be repeated then, and is. */
  | { readonly what: 'abort rejected'; readonly why: string }
  | { readonly what: 'closed' }
  | { readonly what: 'failed'; readonly code: string; readonly message: string }

/** What the program is asked to do. */
export interface WritingOrder {
  readonly location: string
  readonly seed: string
  readonly mode: 'append' | 'new-file' | 'concat'
  readonly visibility: 'live' | 'sealed'
  /** Left out: the default names. */
  readonly fileName?: string
  /** Records of one attempt, at most. */
  readonly recordsPerAttemptMax: number
  /** Bytes that wait in memory before they are uploaded ahead of the commit. */
  readonly bufferedBytesMax: number
  /** Left out: the library's, which no attempt of these reaches, so nothing stays open. */
  readonly streamThresholdBytes?: number
  /** Left out: `none`. */
  readonly compression?: CompressionName
  /** Records of a file; left out: 400, so that files are sealed often. */
  readonly recordsPerFileMax?: number
  /** Left out: 5, fewer than there are keys. */
  readonly openFilesMax?: number
  /** Between what an attempt is given and its commit; left out: none. */
  readonly holdMs?: number
  /** Left out: 1,000. */
  readonly takeoverWaitMs?: number
  /** Left out: the library's. */
  readonly retryForMs?: number
  /** Limits of the file system's adapter. */
  readonly connection?: OpenFileSystemOptions
  /** So far is its clock ahead of the machine's. */
  readonly clockAheadMs?: number
  /** Then it closes and ends; left out, it goes on until it is ended. */
  readonly commitsMax?: number
}
