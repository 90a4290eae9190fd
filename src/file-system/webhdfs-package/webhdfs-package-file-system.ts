// HDFS as a file system of the port, through a client that the user has made with the npm package webhdfs. What the package does
// wrongly is done by the parts of it that are right: requests are its own, answers are read here.
import { type Content, chunksOf, lengthOf } from '../content.js'
import type { ByteRange, CreateOptions, FileSystem, Upload } from '../file-system.js'
import type { Operation } from '../file-system-error.js'
import { type Attempt, checkBytes, checkCreateOptions, refusal } from '../webhdfs-protocol/arguments.js'
import { checkParent, createParameters } from '../webhdfs-protocol/create-parameters.js'
import { openUpload } from '../webhdfs-protocol/open-upload.js'
import { collectBytes, readStream } from '../webhdfs-protocol/read.js'
import { CONTENT_METHODS } from '../webhdfs-protocol/redirect.js'
import { errorOfFailure, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import { type UploadPlan, uploadAll, type WireUpload } from '../webhdfs-protocol/upload.js'
import { WireFileSystem } from '../webhdfs-protocol/wire-file-system.js'
import { checkClient, type WebHdfsPackageClient } from './client.js'
import { type ResolvedPackageOptions, resolvePackageOptions, type WebHdfsPackageOptions } from './options.js'
import { packageRead } from './package-download.js'
import { PackageUpload } from './package-upload.js'
import { PackageWire } from './package-wire.js'
import { UnderWay } from './under-way.js'

/**
 * A directory of HDFS through a client of the npm package `webhdfs` (1.2.0). The client keeps its settings (host, user, header
 * fields, TLS); it may be used elsewhere meanwhile, and after `close()`. Sends nothing yet. Throws a `TypeError` for what is no
 * such client, and for options that are none.
 *
 * @example
 * ```ts
 * import webhdfs from 'webhdfs'
 *
 * const client = webhdfs.createClient({ host: 'namenode', port: 9870, user: 'etl', path: '/webhdfs/v1' })
 * const fileSystem = createWebHdfsPackageFileSystem(client, { root: '/data/events' })
 * ```
 */
export function createWebHdfsPackageFileSystem(
  client: WebHdfsPackageClient,
  options: WebHdfsPackageOptions,
): FileSystem {
  checkClient(client)
  return new WebHdfsPackageFileSystem(client, resolvePackageOptions(options), new UnderWay())
}

class WebHdfsPackageFileSystem extends WireFileSystem {
  readonly #client: WebHdfsPackageClient
  readonly #options: ResolvedPackageOptions
  readonly #underWay: UnderWay
  readonly #wire: PackageWire

  constructor(client: WebHdfsPackageClient, options: ResolvedPackageOptions, underWay: UnderWay) {
    const wire = new PackageWire(client, options, underWay)
    const { host } = new URL(wire.baseUrl)
    super(wire, `${options.httpFs ? 'httpfs' : 'webhdfs'}://${host}${options.root === '' ? '/' : options.root}`)
    this.#client = client
    this.#options = options
    this.#underWay = underWay
    this.#wire = wire
  }

  async create(path: string, content: Content, options: CreateOptions = {}): Promise<number> {
    this.begin('create', path)
    return uploadAll(await this.#create(path, options, lengthOf(content)), chunksOf(content))
  }

  async createUpload(path: string, options: CreateOptions = {}): Promise<Upload> {
    this.begin('create', path)
    return this.#create(path, options, undefined)
  }

  async append(path: string, content: Content, { base }: { readonly base: number }): Promise<number> {
    this.begin('append', path)
    const attempt: Attempt = { operation: 'append', path }
    checkBytes(base, 'base', attempt)
    const contentBytes = lengthOf(content)
    if (contentBytes === 0) throw refusal('INVALID_ARGUMENT', 'was given empty content', attempt)
    const plan = { op: 'APPEND', parameters: {}, baseBytes: base, contentBytes } as const
    return uploadAll(await this.#upload(plan, attempt), chunksOf(content))
  }

  async appendUpload(path: string, { base }: { readonly base: number }): Promise<Upload> {
    this.begin('append', path)
    const attempt: Attempt = { operation: 'append', path }
    checkBytes(base, 'base', attempt)
    return this.#upload({ op: 'APPEND', parameters: {}, baseBytes: base }, attempt)
  }

  async read(path: string, range: ByteRange = {}): Promise<Uint8Array> {
    return collectBytes(this.readStream(path, range), this.#options.readBytesMax, path)
  }

  async *readStream(path: string, range: ByteRange = {}): AsyncGenerator<Uint8Array, void, undefined> {
    this.begin('read', path)
    const parts = { wire: this.#wire, underWay: this.#underWay }
    yield* readStream(
      this.#wire,
      (parameters, attempt) => packageRead(this.#client, this.#options, parts, parameters, attempt),
      path,
      range,
    )
  }

  /** The client is the user's, and stays open. */
  async close(): Promise<void> {
    this.#underWay.close()
  }

  protected checkOpen(operation: Operation, path: string): void {
    try {
      this.#underWay.checkOpen()
    } catch (error) {
      throw error instanceof TransportFailure ? errorOfFailure(error, { operation, path }, 'not-applied') : error
    }
  }

  async #create(path: string, options: CreateOptions, contentBytes: number | undefined): Promise<Upload> {
    const attempt: Attempt = { operation: 'create', path }
    checkCreateOptions(options, attempt)
    await checkParent(this.#wire, options, attempt)
    const parameters = createParameters(options, { synced: false })
    const plan = { op: 'CREATE', parameters, baseBytes: 0 } as const
    return this.#upload(contentBytes === undefined ? plan : { ...plan, contentBytes }, attempt)
  }

  #upload(plan: UploadPlan, attempt: Attempt): Promise<WireUpload> {
    const { datanodeAttemptsMax } = this.#options
    const { op, contentBytes } = plan
    const connect = (url: URL): Promise<PackageUpload> => {
      // They may hold secrets, which are no datanode's business.
      const headers = url.origin === this.#wire.baseUrl ? (this.#client._requestParams?.headers ?? {}) : {}
      const length = contentBytes === undefined ? {} : { contentBytes }
      const target = { method: CONTENT_METHODS[op], url, headers, ...length }
      return PackageUpload.open(this.#client, this.#options, this.#underWay, target)
    }
    return openUpload(this.#wire, plan, { connect, datanodeAttemptsMax }, attempt)
  }
}
