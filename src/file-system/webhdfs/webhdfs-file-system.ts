// WebHDFS and HttpFS as a file system of the port, over connections of our own.
import type { Content } from '../content.js'
import type { ByteRange, Capabilities, CreateOptions, FileSystem, RenameMode, Upload } from '../file-system.js'
import type { Operation } from '../file-system-error.js'
import { absolutePath, encodePath } from '../webhdfs-protocol/hdfs-path.js'
import { collectBytes, type OpenForRead, readStream } from '../webhdfs-protocol/read.js'
import { errorOfFailure, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import { WireFileSystem, wireCapabilities } from '../webhdfs-protocol/wire-file-system.js'
import { append, appendUpload } from './append.js'
import { Connections } from './connections.js'
import { create, createUpload } from './create.js'
import { KnownPlacesOfFiles } from './known-places.js'
import { Namenodes } from './namenodes.js'
import { openForRead } from './open-for-read.js'
import { resolveOptions, shownLocation, type WebHdfsOptions } from './options.js'
import type { Session } from './session.js'

/**
 * Opens a directory of HDFS by WebHDFS (at namenodes and datanodes) or HttpFS. Sends nothing yet. Throws a `TypeError` for
 * options that are none.
 *
 * @example
 * ```ts
 * const fileSystem = createWebHdfsFileSystem({
 *   scheme: 'webhdfs',
 *   namenodes: [{ host: 'namenode', port: 9870 }],
 *   root: '/data/events',
 *   user: 'etl',
 * })
 * ```
 */
export function createWebHdfsFileSystem(options: WebHdfsOptions): FileSystem {
  const resolved = resolveOptions(options)
  const connections = new Connections(resolved)
  const namenodes = new Namenodes(connections, resolved)
  const known = new KnownPlacesOfFiles({
    pathname: (path) => `/webhdfs/v1${encodePath(absolutePath(resolved.root, path))}`,
    namenode: () => namenodes.baseUrl,
    delegationToken: resolved.location.delegationToken,
    nowMs: () => performance.now(),
  })
  return new WebHdfsFileSystem({ options: resolved, connections, namenodes, known })
}

/** What {@link createWebHdfsFileSystem} can do: HttpFS ignores the option by which WebHDFS replaces a file. */
export function webHdfsCapabilities(scheme: WebHdfsOptions['scheme']): Capabilities {
  return wireCapabilities({ httpFs: scheme === 'httpfs' || scheme === 'httpfss' })
}

class WebHdfsFileSystem extends WireFileSystem {
  readonly #session: Session

  constructor(session: Session) {
    super(session.namenodes, shownLocation(session.options))
    this.#session = session
  }

  async create(path: string, content: Content, options: CreateOptions = {}): Promise<number> {
    this.begin('create', path)
    return create(this.#session, path, content, options)
  }

  async createUpload(path: string, options: CreateOptions = {}): Promise<Upload> {
    this.begin('create', path)
    return createUpload(this.#session, path, options)
  }

  async append(path: string, content: Content, options: { readonly base: number }): Promise<number> {
    this.begin('append', path)
    return append(this.#session, path, content, options)
  }

  async appendUpload(path: string, options: { readonly base: number }): Promise<Upload> {
    this.begin('append', path)
    return appendUpload(this.#session, path, options)
  }

  override async rename(source: string, destination: string, options: { readonly mode: RenameMode }): Promise<void> {
    await super.rename(source, destination, options)
    this.#session.known.move({ source, destination })
  }

  async read(path: string, range: ByteRange = {}): Promise<Uint8Array> {
    return collectBytes(this.readStream(path, range), this.#session.options.readBytesMax, path)
  }

  async *readStream(path: string, range: ByteRange = {}): AsyncGenerator<Uint8Array, void, undefined> {
    this.begin('read', path)
    const session = this.#session
    const open: OpenForRead = (parameters, attempt) => openForRead(session, parameters, attempt)
    yield* readStream(session.namenodes, open, path, range)
  }

  async close(): Promise<void> {
    this.#session.connections.close()
  }

  protected checkOpen(operation: Operation, path: string): void {
    try {
      this.#session.connections.checkOpen()
    } catch (error) {
      throw error instanceof TransportFailure ? errorOfFailure(error, { operation, path }, 'not-applied') : error
    }
  }
}
