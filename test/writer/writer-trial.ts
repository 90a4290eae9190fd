// Writers of one location, one after the other or at once, and what must be in it in the end. Knows no test runner: the tests and the long
// runs (test/chaos/) share it.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { eventually } from '../assumptions/eventually.js'
import type { ClusterAddresses } from '../cluster/cluster-addresses.js'
import { complaintsAbout, type ReadFile } from './count-records.js'
import { dataFilesOf, logOf, openForWriteOf, tempsOf } from './hdfs-files.js'
import { lastPositions, spawnWriter, type WritingProcess } from './spawned-writer.js'
import type { WritingOrder } from './told.js'

/** Where and how. */
export interface TrialOptions {
  readonly cluster: ClusterAddresses
  /** Of the compiled writing program. */
  readonly script: string
  /** `webhdfs://…` or `httpfs://…`: the head of the location. */
  readonly url: string
  /** Absolute in HDFS; nobody else's. */
  readonly directory: string
  /** All choices follow from it. */
  readonly seed: string
  /** In place of what an order has by itself. */
  readonly order?: Partial<WritingOrder>
}

/** Uploads stay open from the first few kilobytes on. */
export const streaming: Partial<WritingOrder> = { streamThresholdBytes: 3_000, bufferedBytesMax: 200_000 }

/** Disposing kills its writers. */
export class WriterTrial implements AsyncDisposable {
  readonly options: TrialOptions
  readonly #writers: WritingProcess[] = []

  constructor(options: TrialOptions) {
    this.options = options
  }

  /** Starts a writer; its choices follow from its name. */
  start(name: string | number, order: Partial<WritingOrder> = {}): WritingProcess {
    const { url, cluster, directory, seed, script } = this.options
    const writer = spawnWriter(script, {
      location: `${url.replace('://', `://${cluster.description.user}@`)}${directory}`,
      seed: `${seed}/${name}`,
      mode: 'append',
      visibility: 'live',
      recordsPerAttemptMax: 300,
      bufferedBytesMax: 40_000,
      ...this.options.order,
      ...order,
    })
    this.#writers.push(writer)
    return writer
  }

  /** Starts a writer that makes so many commits and closes; resolves with where it came to. */
  async write(
    name: string | number,
    commitsMax: number,
    order: Partial<WritingOrder> = {},
  ): Promise<readonly bigint[]> {
    const { exitCode, told } = await this.start(name, { holdMs: 0, ...order, commitsMax }).ended()
    assert.deepEqual({ exitCode, last: told.at(-1) }, { exitCode: 0, last: { what: 'closed' } }, this.#where)
    return lastPositions(told)!
  }

  /** One more writer finds everything as it must be, and leaves it so: every record once, in order, nothing else, and no temps. */
  async expectExact(order: Partial<WritingOrder> = {}): Promise<void> {
    await this.write('last', 3, order)
    // And one that only looks: what its predecessor has aborted lies among the temps of that epoch until somebody opens.
    const until = await this.write('broom', 0, order)
    const { cluster, directory } = this.options
    assert.deepEqual(complaintsAbout(await dataFilesOf(cluster, directory), until), [], this.#where)
    assert.deepEqual(await tempsOf(cluster, directory), [], this.#where)
    // Else nothing was tried.
    assert.ok(until[0]! + until[1]! > 100n, this.#where)
  }

  /** Resolves when a file of the location is being written to, as the namenode has it. */
  async untilUploadsOpen(): Promise<readonly string[]> {
    let open: readonly string[] = []
    const { cluster, directory } = this.options
    await eventually('an open upload', async () => {
      // What is renamed or deleted between listing and asking is looked for again.
      open = await openForWriteOf(cluster, directory).catch(() => [])
      return open.length > 0
    })
    return open
  }

  /** Data files and the log, as whoever is fenced must leave them. */
  async snapshot(): Promise<Snapshot> {
    const { cluster, directory } = this.options
    return new Snapshot([...(await dataFilesOf(cluster, directory)), ...(await logOf(cluster, directory))])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const writer of this.#writers) await writer[Symbol.asyncDispose]()
  }

  get #where(): string {
    return `seed ${this.options.seed}, ${this.options.directory}`
  }
}

/** What is below a location at a moment. */
export class Snapshot {
  readonly #files: ReadonlyMap<string, string>

  constructor(files: readonly ReadFile[]) {
    const described = files.map(({ path, bytes }): [string, string] => {
      return [path, `${bytes.length} bytes, ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`]
    })
    this.#files = new Map(described.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** Says what has changed since, of which there should be nothing; but a record may have landed on a number that garbage collection has freed: readers pass it over. */
  changesSince(before: Snapshot): string[] {
    const firstRecord = [...before.#files.keys()].find(isRecord) ?? ''
    const changes: string[] = []
    for (const path of new Set([...before.#files.keys(), ...this.#files.keys()])) {
      const [was, is] = [before.#files.get(path), this.#files.get(path)]
      const isFreed = was === undefined && isRecord(path) && path < firstRecord
      if (was !== is && !isFreed) changes.push(`${path}: ${was ?? 'not there'} before, ${is ?? 'not there'} now`)
    }
    return changes
  }
}

const isRecord = (path: string): boolean => path.includes('/log/')
