// What the writing program tells on its standard output, a line of JSON each.

/** One thing told. Positions are `until` by partition, in decimal. */
export type Told =
  | { readonly what: 'opening' }
  | { readonly what: 'opened'; readonly epoch: number; readonly until: readonly string[] }
  | { readonly what: 'reclaimed'; readonly how: 'kept' | 'truncated' | 'copied' }
  | { readonly what: 'uploaded'; readonly bytes: number }
  | { readonly what: 'committing' }
  | { readonly what: 'committed'; readonly until: readonly string[] }
  | { readonly what: 'aborted'; readonly why: string; readonly until: readonly string[] }
  | { readonly what: 'closed' }
  | { readonly what: 'failed'; readonly code: string; readonly message: string }

/** What the program is asked to do. */
export interface WritingOrder {
  readonly location: string
  readonly seed: string
  readonly mode: 'append' | 'new-file'
  readonly visibility: 'live' | 'sealed'
  /** Records of one attempt, at most. */
  readonly recordsPerAttemptMax: number
  /** Bytes that wait in memory before they are uploaded ahead of the commit. */
  readonly bufferedBytesMax: number
  /** Then it closes and ends; left out, it goes on until it is ended. */
  readonly commitsMax?: number
}
