// A location on real HDFS that is written to through the fault proxy, by writers in this process: so requests can be lost, held and
// delivered late while writers die and others take over.
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import {
  byFields,
  type FileSystem,
  MultiOutput,
  type MultiOutputEnvironment,
  type MultiOutputOptions,
  type OpenFileSystemOptions,
  openFileSystem,
  text,
} from '../../src/index.js'
import type { ClusterAddresses } from '../cluster/cluster-addresses.js'
import type { Match } from '../fault-proxy/fault.js'
import { type FaultProxy, startFaultProxy } from '../fault-proxy/proxy.js'
import { complaintsAbout } from './count-records.js'
import { dataFilesOf, tempsOf } from './hdfs-files.js'
import { idAt, type NumberedRecord, PARTITIONS, recordAt, TOPIC } from './numbered-source.js'

/** Records of an attempt that is enough for a file of every key. */
export const SOME_RECORDS = 40

const isDataFile = (path: string): boolean => /\/\.?part-[^/]*$/.test(path)
const destinationOf = ({ query }: { readonly query: URLSearchParams }): string => query.get('destination') ?? ''

/** The rename that puts a record. */
export const puttingRecord: Match = {
  op: 'RENAME',
  where: (request) => /\/log\/\d+\.json$/.test(destinationOf(request)),
}
/** The rename of a temp to its data file. */
export const publishing: Match = {
  op: 'RENAME',
  where: (request) => isDataFile(destinationOf(request)) && !isDataFile(request.path),
}
/** The rename of a data file to another generation. */
export const fencing: Match = {
  op: 'RENAME',
  where: (request) => isDataFile(destinationOf(request)) && isDataFile(request.path),
}
/** An append to a data file, as the namenode is asked for it. */
export const appendingAtNamenode: Match = { op: 'APPEND', hop: 'first', where: ({ path }) => isDataFile(path) }
/** The same, with its body, at the datanode. */
export const appendingAtDatanode: Match = { op: 'APPEND', hop: 'redirected', where: ({ path }) => isDataFile(path) }

type WriterOptions = Partial<MultiOutputOptions<NumberedRecord>> & { readonly environment?: MultiOutputEnvironment }

/** Which server is asked. */
export type Gateway = 'webhdfs' | 'httpfs'

/** Disposing ends all of its writers, without a word to the cluster, and the proxy. */
export class ProxiedLocation implements AsyncDisposable {
  readonly cluster: ClusterAddresses
  readonly proxy: FaultProxy = startFaultProxy()
  /** Absolute in HDFS. */
  readonly directory: string = `/writer-proxied/${randomUUID()}`
  readonly #gateway: Gateway
  readonly #fileSystems: FileSystem[] = []

  constructor(cluster: ClusterAddresses, gateway: Gateway = 'webhdfs') {
    this.cluster = cluster
    this.#gateway = gateway
  }

  /** Opens a writer through the proxy; where it takes over, it waits for a second until a file is closed. */
  async open(options: WriterOptions = {}): Promise<NumberedWriter> {
    const { connection, environment, ...others } = options
    const fileSystem = await this.#connect(connection)
    return new NumberedWriter(
      fileSystem,
      await MultiOutput.open<NumberedRecord>(
        {
          fileSystem,
          job: 'numbered',
          partitioner: byFields(['key']),
          format: text({ prefixId: true }),
          takeoverWaitMs: 1_000,
          ...others,
        },
        environment,
      ),
    )
  }

  /** Opens a writer that is dead when `moment` resolves; it is never heard of again, though what it sent may arrive. */
  async openAndDie(moment: Promise<unknown>, options: WriterOptions = {}): Promise<void> {
    const before = this.#fileSystems.length
    const opening = this.open(options)
    opening.catch(() => undefined)
    await moment
    for (const fileSystem of this.#fileSystems.slice(before)) await fileSystem.close()
    await expect(opening).rejects.toThrow()
  }

  /** One more writer takes over, writes and leaves; then every record is there once, in order, and nothing else. */
  async expectExact(options: WriterOptions = {}): Promise<void> {
    const writer = await this.open(options)
    await writer.attempt(SOME_RECORDS)
    const { until } = writer
    await writer.output.close()
    const untils = Array.from({ length: PARTITIONS }, (_, partition) => (partition === 0 ? until : 0n))
    expect(complaintsAbout(await dataFilesOf(this.cluster, this.directory), untils)).toEqual([])
    expect(await tempsOf(this.cluster, this.directory)).toEqual([])
    expect(until).toBeGreaterThanOrEqual(2n * BigInt(SOME_RECORDS))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const fileSystem of this.#fileSystems) await fileSystem.close()
    await this.proxy[Symbol.asyncDispose]()
  }

  async #connect(connection: OpenFileSystemOptions = {}): Promise<FileSystem> {
    const { webhdfsHttpUrl, description } = this.cluster
    const url = this.#gateway === 'webhdfs' ? webhdfsHttpUrl : this.cluster.httpfsHttpUrl
    const { host } = new URL(await this.proxy.routeUrl(url))
    const fileSystem = await openFileSystem(
      `${this.#gateway}://${description.user}@${host}${this.directory}`,
      connection,
    )
    this.#fileSystems.push(fileSystem)
    return fileSystem
  }
}

/** Writes partition 0 of the numbered source. */
export class NumberedWriter {
  readonly output: MultiOutput<NumberedRecord>
  readonly #fileSystem: FileSystem
  #next: bigint

  constructor(fileSystem: FileSystem, output: MultiOutput<NumberedRecord>) {
    this.#fileSystem = fileSystem
    this.output = output
    this.#next = this.until
  }

  /** The position that the log says. */
  get until(): bigint {
    return this.output.committed.offsets.get(TOPIC)?.get(0)?.until ?? 0n
  }

  /** Writes the next records. */
  async write(records: number): Promise<void> {
    for (let i = 0; i < records; i++) {
      const wait = this.output.write(recordAt(0, this.#next), { id: idAt(0, this.#next) })
      this.#next += 1n
      if (wait) await wait
    }
  }

  /** Writes and commits. */
  async attempt(records: number): Promise<void> {
    await this.write(records)
    await this.output.commit()
  }

  /** After a failure: aborts, and goes on from what is committed. */
  async abort(): Promise<void> {
    await this.output.abort()
    this.#next = this.until
  }

  /** Begins a commit that is not waited for; what it comes to is told as a value. */
  committing(): Promise<'committed' | { readonly code: string }> {
    return this.output.commit().then(
      () => 'committed',
      (error: { readonly code: string }) => error,
    )
  }

  /** As if its process were killed: its connections end, nothing more is sent. What was sent may arrive. */
  async die(): Promise<void> {
    await this.#fileSystem.close()
  }
}
