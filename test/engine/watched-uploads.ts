// A file system whose streamed uploads are counted, and fail as a test wants it.
import type { FileSystem, Upload } from '../../src/file-system/file-system.js'
import { FileSystemError } from '../../src/file-system/file-system-error.js'
import type { Call } from '../../src/file-system/layers/forwarding.js'
import { FaultyFileSystem } from './faulty-file-system.js'

/** Counts what is streamed; what comes in one request is not counted. */
export class WatchedUploads extends FaultyFileSystem {
  /** `create` and `append`, in the order in which they were opened, with the file's directory. */
  readonly opened: string[] = []
  openNow = 0
  openAtMost = 0
  sentBytes = 0
  /** Pieces whose upload fails when it is asked to take one that contains this. */
  failsAt: string | undefined
  /** While it is set no upload takes anything until it resolves: a network that is stuck. */
  stuck: Promise<void> | undefined

  constructor(inner: FileSystem) {
    super(inner)
  }

  protected override async openUpload(call: Call, run: () => Promise<Upload>): Promise<Upload> {
    const upload = await this.around(call, run)
    this.opened.push(call.operation)
    this.openNow++
    this.openAtMost = Math.max(this.openAtMost, this.openNow)
    return new WatchedUpload(this, upload)
  }
}

class WatchedUpload implements Upload {
  readonly #of: WatchedUploads
  readonly #upload: Upload
  #isOpen = true

  constructor(of: WatchedUploads, upload: Upload) {
    this.#of = of
    this.#upload = upload
  }

  get path(): string {
    return this.#upload.path
  }

  get sentBytes(): number {
    return this.#upload.sentBytes
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    const { failsAt } = this.#of
    if (failsAt === undefined || !Buffer.from(chunk).includes(failsAt)) {
      this.#of.sentBytes += chunk.byteLength
      const { stuck } = this.#of
      return stuck === undefined ? this.#upload.write(chunk) : stuck.then(() => this.#upload.write(chunk))
    }
    throw new FileSystemError(`append ${this.path}: the connection is gone`, {
      code: 'UNAVAILABLE',
      outcome: 'unknown',
      retry: 'now',
      operation: 'append',
      path: this.path,
    })
  }

  makeDurable(): Promise<number> {
    this.#over()
    return this.#upload.makeDurable()
  }

  end(): Promise<number> {
    this.#over()
    return this.#upload.end()
  }

  abort(): Promise<void> {
    this.#over()
    return this.#upload.abort()
  }

  #over(): void {
    if (this.#isOpen) this.#of.openNow--
    this.#isOpen = false
  }
}
