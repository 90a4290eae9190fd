// One streamed upload to a namespace: what the port promises of it, over a channel that may fail at any moment.
import type { CreateOptions, Upload } from '../file-system.js'
import { FileSystemError, type Outcome, RemoteException } from '../file-system-error.js'
import { refusal } from './check-arguments.js'
import { translate } from './translate-exception.js'
import type { NamespaceTransport, UploadChannel } from './transport.js'

/** What an upload is opened with. */
export interface UploadOptions {
  readonly operation: 'create' | 'append'
  readonly path: string
  readonly base: number
  readonly options: CreateOptions | undefined
  readonly transport: NamespaceTransport
  /** `durableWithoutClose`. */
  readonly staysOpenWhenDurable: boolean
  /** The length of the file by its present name; undefined where nothing has that name any more. */
  lengthOf(): Promise<number | undefined>
  /** Called once, when the upload holds nothing any more. */
  released(): void
}

/** Begins an upload. That it was refused shows when it is written to or ended. */
export function openUpload(options: UploadOptions): NamespaceUpload {
  return new NamespaceUpload(options)
}

/** An upload on its way. Besides what the port says of one, it can be ended by its file system. */
export class NamespaceUpload implements Upload {
  readonly path: string
  readonly #options: UploadOptions
  readonly #channel: UploadChannel
  #sentBytes = 0
  #state: 'open' | 'over' = 'open'
  #isReleased = false
  #failure: FileSystemError | undefined

  constructor(options: UploadOptions) {
    this.path = options.path
    this.#options = options
    const { operation, path } = options
    this.#channel = options.transport.upload({
      operation,
      path,
      open: (namespace, holder) => {
        if (operation === 'append') return namespace.append(path, holder)
        const { parents = 'require', ...rest } = options.options ?? {}
        return namespace.create(path, { holder, parents, ...rest })
      },
    })
  }

  get sentBytes(): number {
    return this.#sentBytes
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#requireOpen()
    this.#sentBytes += chunk.byteLength
    try {
      return this.#channel.send(chunk)?.catch((error: unknown) => this.#fail(error))
    } catch (error) {
      return this.#fail(error)
    }
  }

  async makeDurable(): Promise<number> {
    if (!this.#options.staysOpenWhenDurable) return await this.end()
    this.#requireOpen()
    const length = await this.#channel.persist().catch((error: unknown) => this.#fail(error))
    return this.#checked(length)
  }

  async end(): Promise<number> {
    this.#requireOpen()
    this.#state = 'over'
    try {
      await this.#channel.finish().catch((error: unknown) => this.#fail(error))
      return this.#checked(await this.#lengthNow())
    } finally {
      if (!this.#isReleased) this.#release()
    }
  }

  async abort(): Promise<void> {
    this.#giveUp(this.#error('CLOSED', 'unknown', 'the upload was aborted'))
  }

  /** The file system was closed under the upload: whoever waits for it waits no longer. */
  closeWithFileSystem(): void {
    const error = this.#error('CLOSED', 'unknown', 'the file system was closed')
    this.#failure ??= error
    this.#giveUp(error)
  }

  #giveUp(error: FileSystemError): void {
    this.#state = 'over'
    if (this.#isReleased) return
    this.#release()
    this.#channel.drop(error)
  }

  #release(): void {
    this.#isReleased = true
    this.#options.released()
  }

  async #lengthNow(): Promise<number | undefined> {
    try {
      return await this.#options.lengthOf()
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error
      const { code, retry, operation, path } = error
      const message = `${operation} ${path}: the upload is over, but its length could not be checked`
      throw new FileSystemError(message, { code, outcome: 'unknown', retry, operation, path, cause: error })
    }
  }

  #checked(length: number | undefined): number {
    const expected = this.#options.base + this.#sentBytes
    if (length === expected) return length
    if (length === undefined)
      throw this.#error('NOT_FOUND', 'unknown', 'the upload is over, but its file has another name now')
    throw this.#error('WRONG_LENGTH', 'applied', `the file has ${length} bytes, not ${expected}`)
  }

  #requireOpen(): void {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#state === 'over') throw refusal('CLOSED', this.#options.operation, this.path, 'the upload is over')
  }

  #fail(error: unknown): never {
    const { operation, path } = this.#options
    const failure = translate(error, { operation, path, outcome: outcomeOf(operation, error) })
    if (failure instanceof FileSystemError) this.#failure ??= failure
    throw failure
  }

  #error(code: 'CLOSED' | 'NOT_FOUND' | 'WRONG_LENGTH', outcome: Outcome, complaint: string): FileSystemError {
    const { operation } = this.#options
    return new FileSystemError(`${operation} ${this.path}: ${complaint}`, {
      code,
      outcome,
      retry: 'never',
      operation,
      path: this.path,
    })
  }
}

/** Exceptions that a CREATE meets before it makes anything. */
const REFUSED_BEFOREHAND = new Set([
  'AccessControlException',
  'AlreadyBeingCreatedException',
  'FileAlreadyExistsException',
  'ParentNotDirectoryException',
  'RecoveryInProgressException',
  'SafeModeException',
  'StandbyException',
])

/** An append that a datanode was asked for may have happened in part, whatever the answer; a creation that was refused has not. */
function outcomeOf(operation: 'create' | 'append', error: unknown): Outcome {
  if (operation === 'append' || !(error instanceof RemoteException)) return 'unknown'
  const isRefused =
    REFUSED_BEFOREHAND.has(error.exception) || error.message.startsWith("Parent directory doesn't exist")
  return isRefused ? 'not-applied' : 'unknown'
}
