// What is asked of a way to bring records from Kafka to HDFS, and what it tells: the same for ours and for every peer.

/** The work. As JSON it is the argument of a child process. */
export interface PipeTask {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly partitions: number
  /** Records from the beginning of the topic's partitions, all of them. */
  readonly records: number
  readonly keys: number
  readonly valueBytes: number
  /** A commit whenever so many records were taken in. */
  readonly recordsPerCommit?: number
  /** A commit whenever so much time has passed. */
  readonly commitIntervalMs?: number
  /** `hdfs://…` or `webhdfs://user@…` with a directory that is not there yet. */
  readonly location: string
  /** `http://host:port/webhdfs/v1`, for those who speak HTTP by themselves. */
  readonly webhdfsHttpUrl: string
  readonly user: string
  /** Its own part of a job shared among several processes. */
  readonly taskCount?: number
  readonly groupId?: string
  /** Leaves a CPU profile here. */
  readonly profileFile?: string
}

/** What it took. */
export interface PipeReading {
  readonly records: number
  /** From the first fetch to the last record or commit. */
  readonly ms: number
  /** When that was, in milliseconds since 1970. */
  readonly startedMs?: number
  readonly endedMs?: number
  readonly cpuMs: number
  readonly peakBytes?: number
  readonly commitMs?: readonly number[]
  /** Resident memory, and when it was so: milliseconds from the first fetch on. */
  readonly memoryBytes?: readonly number[]
  readonly memoryAtMs?: readonly number[]
  /** Of V8's heap, at the same times; where it was profiled. */
  readonly heapBytes?: readonly number[]
  /** HTTP requests that this process made up to each commit. */
  readonly requestsAtCommits?: readonly number[]
  /** Those of them that went to the namenode. */
  readonly namenodeRequestsAtCommits?: readonly number[]
  /** Where reading, writing and committing are not told apart: how often all three were done. */
  readonly batches?: number
  /** For streams that were kept open: with closing them. */
  readonly closedMs?: number
}

/** A line of the output, as all of them write it: where the record stood, then the record. */
export function lineHead(partition: number, offset: number | string): string {
  return `${partition}-${offset}\t`
}
