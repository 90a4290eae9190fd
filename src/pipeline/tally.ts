// Counts what a run did.
import type { PipelineCommit, PipelineStatus } from './pipeline-options.js'

/** Counters of one run. */
export class Tally {
  records = 0
  bytes = 0
  badRecords = 0
  #committedRecords = 0
  #committedBytes = 0
  #commits = 0
  #lastCommit: PipelineCommit | undefined

  /** Counts a commit that was reported. */
  add(commit: PipelineCommit): void {
    this.#committedRecords += commit.records
    this.#committedBytes += commit.bytes
    this.#commits += 1
    this.#lastCommit = commit
  }

  /** As a status tells it. */
  snapshot(): Omit<PipelineStatus, 'state' | 'source' | 'sink' | 'away'> {
    return {
      records: this.records,
      bytes: this.bytes,
      badRecords: this.badRecords,
      committedRecords: this.#committedRecords,
      committedBytes: this.#committedBytes,
      commits: this.#commits,
      ...(this.#lastCommit === undefined ? {} : { lastCommit: this.#lastCommit }),
    }
  }
}
