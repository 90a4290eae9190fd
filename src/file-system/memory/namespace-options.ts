// The settings of a simulated HDFS, with the defaults of a real one.
import type { LeaseTimes } from './leases.js'

/** How the namespace behaves where HDFS is configured, or differs from release to release. */
export interface NamespaceOptions {
  /** The clock of the namenode, in milliseconds since 1970. */
  readonly nowMs: () => number
  /** `dfs.blocksize`. Small ones make truncations inside a block, and several blocks, cheap to test. */
  readonly blockSizeBytes: number
  /** What a writer sends at once: of an open file readers see multiples of it (`dfs.client-write-packet-size`). */
  readonly packetBytes: number
  readonly leases: LeaseTimes
  /** `breaks` is 3.4.2 (HDFS-17289): an append fails where a block before the last one is short. `works` is 3.5.0. */
  readonly appendAfterConcat: 'works' | 'breaks'
}

/** The same without the clock. */
export type NamespaceSettings = Omit<NamespaceOptions, 'nowMs'>

/** HDFS as shipped. */
export const namespaceDefaults: NamespaceSettings = {
  blockSizeBytes: 128 * 2 ** 20,
  packetBytes: 64 * 2 ** 10,
  leases: { softLimitMs: 60_000, hardLimitMs: 20 * 60_000, recoveryMs: 2_000 },
  appendAfterConcat: 'works',
}
