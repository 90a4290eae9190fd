// Every loop, queue and wait of the engine has its limit here, with the reason for its number.

/** Limits of the engine. Times in milliseconds. */
export interface EngineLimits {
  /** File-system operations of one task at once. 16: past that WebHDFS closes gain little and every datanode thread is held (docs/operations.md). */
  readonly operationsMax: number
  /** Folds of a log that moves under the reader before giving up. */
  readonly foldsMax: number
  /** Listings after one fold, each with records that came meanwhile, before it is folded anew. */
  readonly catchUpsMax: number
  /** Sequences lost to other claims while claiming. More than a few means that something starts writers in a loop. */
  readonly claimsMax: number
  /** Looks and renames to settle one record before saying that it cannot be settled now. */
  readonly settleStepsMax: number
  /** Fresh temp names tried for one temp. */
  readonly tempsMax: number
  /** Rounds of list, rename, look for one reclaim. */
  readonly reclaimRoundsMax: number
  /** Files that are reclaimed side by side: most of that time is waiting, for a file to close (5 s) or to be cut (2–3 s), which costs nobody anything. */
  readonly reclaimsMax: number
  /** Repeats of one publish action of unknown outcome. */
  readonly publishRepeatsMax: number
  /**
   * Failovers that lose what a namenode had shown, while one record is being published. Only where the result of an action does not show any more:
   * each such loss needs a failover within the milliseconds between two answers, and a second copy of the request that comes late.
   */
  readonly lossesMax: number
  /** Copies tried of one file whose CONCAT has become impossible; each is in vain only if somebody else's request arrives under it. */
  readonly replacementRoundsMax: number
  /** Records that replace a file each, while one commit is published: of each the copy may be refused in turn. */
  readonly replacementsMax: number
  /** Appends of one buffer, each after a reclaim. */
  readonly uploadsMax: number
  /** How long a reclaim waits for a fenced file to close before it copies. A cut connection closes within 100 ms (measured); a held one not for a minute. */
  readonly takeoverWaitMs: number
  /** Pause between two looks at whether a file is closed. */
  readonly takeoverPollMs: number
  /** How long a truncate may run. HDFS needs 1.8–3.0 s inside a block (measured). */
  readonly truncateWaitMs: number
}

/** The limits in force unless options or tests say otherwise. */
export const engineLimits: EngineLimits = {
  operationsMax: 16,
  foldsMax: 20,
  catchUpsMax: 100,
  claimsMax: 10,
  settleStepsMax: 60,
  tempsMax: 5,
  reclaimRoundsMax: 30,
  reclaimsMax: 256,
  publishRepeatsMax: 10,
  lossesMax: 2,
  replacementRoundsMax: 5,
  replacementsMax: 10,
  uploadsMax: 3,
  takeoverWaitMs: 5_000,
  takeoverPollMs: 50,
  truncateWaitMs: 15_000,
}
