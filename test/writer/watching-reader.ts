// A reader that knows nothing of us: it lists the directory and reads what Hadoop's readers see, all the time. What it has seen is compared with
// what the log says right afterwards: nothing that is not committed by then may have been there.
import { setTimeout } from 'node:timers/promises'
import type { ClusterAddresses } from '../cluster/cluster-addresses.js'
import { parseRawRecord } from '../crash/checker/raw-record.js'
import { logOf, type VisibleFile, visibleFilesOf } from './hdfs-files.js'
import { lineAt, PARTITIONS } from './numbered-source.js'

/** Complaints are all alike after these. */
const COMPLAINTS_MAX = 20
/** Between two looks: the writers share the machine. */
const PAUSE_MS = 20
/** The log is collected under whoever reads it; so often in a row it is not. */
const LOG_READS_MAX = 20

/** Watches a location until it is told to stop. */
export class WatchingReader {
  readonly complaints: string[] = []
  /** How often it listed, how many files it read, and how often it saw one that had grown. */
  readonly seen = { looks: 0, reads: 0, grown: 0 }
  readonly #cluster: ClusterAddresses
  readonly #directory: string
  readonly #sees: 'committed bytes' | 'sealed files'
  /** Lengths by path, as of the last look. */
  #lengths = new Map<string, number>()
  #isOver = false
  readonly #work: Promise<void>

  /** `sealed files`: what it sees once never changes, but for its going. */
  constructor(cluster: ClusterAddresses, directory: string, sees: 'committed bytes' | 'sealed files') {
    this.#cluster = cluster
    this.#directory = directory
    this.#sees = sees
    this.#work = this.#watch()
  }

  /** Looks once more, and ends. */
  async stop(): Promise<void> {
    this.#isOver = true
    await this.#work
    await this.#look()
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      await this.#look()
      await setTimeout(PAUSE_MS)
    }
  }

  async #look(): Promise<void> {
    // What it read before, and has not changed, is not read again.
    const known = this.#lengths
    const files = await visibleFilesOf(this.#cluster, this.#directory, (path, length) => known.get(path) !== length)
    const until = await this.#committedNow()
    this.seen.looks += 1
    const lengths = new Map<string, number>()
    for (const file of files) {
      const { path, bytes, length } = file
      lengths.set(path, bytes?.length ?? length)
      if (bytes === undefined) continue
      this.seen.reads += 1
      const before = known.get(path)
      if (before !== undefined && bytes.length > before) this.seen.grown += 1
      if (before !== undefined && bytes.length < before)
        this.#complain(`${path}: was ${before} bytes, is ${bytes.length}`)
      if (before !== undefined && before !== bytes.length && this.#sees === 'sealed files')
        this.#complain(`${path}: was ${before} bytes, is ${bytes.length}, and had been sealed`)
      this.#check(path, bytes, until)
    }
    this.#lengths = lengths
  }

  #check(path: string, bytes: NonNullable<VisibleFile['bytes']>, until: readonly bigint[]): void {
    if (bytes.length === 0) this.#complain(`${path}: is empty`)
    else if (bytes.at(-1) !== 0x0a) this.#complain(`${path}: its last record is there in part`)
    for (const line of bytes.toString('utf8').split('\n').slice(0, -1)) {
      const [, partition = '-1', offset = '-1'] = /^(\d+)-(\d+)\t/.exec(line) ?? []
      const end = until[Number(partition)]
      if (end === undefined || line !== lineAt(Number(partition), BigInt(offset)))
        this.#complain(`${path}: foreign bytes ${JSON.stringify(line.slice(0, 60))}`)
      else if (BigInt(offset) >= end) this.#complain(`${path}: ${partition}-${offset} is to be seen and not committed`)
    }
  }

  #complain(complaint: string): void {
    if (this.complaints.length < COMPLAINTS_MAX) this.complaints.push(complaint)
  }

  /** What the log says: from its newest checkpoint on, read without the library. */
  async #committedNow(): Promise<bigint[]> {
    for (let read = 1; ; read++) {
      try {
        const records = (await logOf(this.#cluster, this.#directory))
          .sort((a, b) => (a.path < b.path ? -1 : 1))
          .map(({ bytes }) => parseRawRecord(bytes))
        const from = Math.max(
          0,
          records.findLastIndex(({ type }) => type === 'checkpoint'),
        )
        const until = new Array<bigint>(PARTITIONS).fill(0n)
        for (const { state, ranges } of records.slice(from))
          for (const range of [...(state?.ranges ?? []), ...ranges]) until[range.partition] = range.until
        return until
      } catch (error) {
        // A record that was listed and is gone.
        if (read === LOG_READS_MAX) throw error
      }
    }
  }
}
