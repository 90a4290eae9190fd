// An upload: a file is opened, bytes arrive, the file is closed, and the reply says so. Others may act between any two of
// these, the client may go at any of them, and what it had sent may still arrive.

import { type FileSystemError, RemoteException } from '../../file-system/file-system-error.js'
import type { Writer } from '../../file-system/memory/inode.js'
import type { UploadChannel, UploadRequest } from '../../file-system/memory/transport.js'
import type { Aftermath, Stage } from './fault.js'
import { type Client, Flight, type Lateness, type Surroundings } from './flight.js'
import type { Answer } from './request-flight.js'

/** What an upload is to do when all bytes that were sent have arrived. */
type Want = 'persist' | 'complete' | 'drop' | 'die'

/** One upload, which is also the channel that its client holds. */
export class UploadFlight extends Flight implements UploadChannel {
  readonly #upload: UploadRequest
  readonly #holder: string
  readonly #bufferBytes: number
  #writer: Writer | undefined
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #want: Want | undefined
  #reply: { readonly length: number } | { readonly error: unknown } | undefined
  #isOver = false
  #failure: { readonly error: unknown } | undefined
  /** Waits for the bytes that were sent to be taken. */
  #drained: Answer<void> | undefined
  /** Waits for the reply. */
  #answer: Answer<number> | undefined

  constructor(
    client: Client,
    surroundings: Surroundings,
    upload: UploadRequest,
    settings: { holder: string; bufferBytes: number },
  ) {
    super(client, surroundings)
    this.#upload = upload
    this.#holder = settings.holder
    this.#bufferBytes = settings.bufferBytes
  }

  get operation(): 'create' | 'append' {
    return this.#upload.operation
  }

  get request(): string {
    return this.#upload.operation === 'create' ? 'CREATE' : 'APPEND'
  }

  get path(): string {
    return this.#upload.path
  }

  readonly detail = undefined
  readonly kind = 'mutation'

  get stage(): Stage {
    if (this.#reply !== undefined) return 'reply'
    if (this.#writer === undefined) return 'open'
    if (this.#queuedBytes > 0 || this.#want === undefined) return 'bytes'
    return this.#want === 'die' ? 'drop' : this.#want
  }

  get pendingBytes(): number {
    return this.#queuedBytes
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get isIdle(): boolean {
    return (
      this.#reply === undefined && this.#writer !== undefined && this.#queuedBytes === 0 && this.#want === undefined
    )
  }

  deliver(): unknown {
    switch (this.stage) {
      case 'open':
        return this.#attempt('opened', (namespace) => {
          this.#writer = this.#upload.open(namespace, this.#holder)
        })
      case 'bytes':
        return this.#deliverBytes()
      case 'persist':
        return this.#attempt('persisted', (namespace) => {
          this.#reply = { length: namespace.persist(this.#writer!) }
          this.#want = undefined
        })
      case 'complete':
        return this.#attempt('closed', (namespace) => {
          namespace.complete(this.#writer!)
          this.#reply = { length: Number.NaN }
        })
      case 'drop':
        return this.#endWithoutClient()
      default:
        this.#deliverReply()
        return undefined
    }
  }

  #attempt(done: string, step: (namespace: Surroundings['namespace']) => void): unknown {
    try {
      step(this.surroundings.namespace)
      return done
    } catch (error) {
      if (!(error instanceof RemoteException)) throw error
      this.#refused(error)
      return error
    }
  }

  #deliverBytes(): unknown {
    const queue = this.#queue
    const bytes = this.#queuedBytes
    this.#queue = []
    this.#queuedBytes = 0
    const outcome = this.#attempt(`${bytes} bytes arrived`, (namespace) => {
      for (const chunk of queue) namespace.receive(this.#writer!, chunk)
    })
    const drained = this.#drained
    this.#drained = undefined
    if (drained !== undefined) this.client.resume(() => drained.resolve())
    return outcome
  }

  /** The server gives up too, and closes what it may still close. */
  #refused(error: unknown): void {
    if (this.#writer !== undefined) this.surroundings.namespace.connectionLost(this.#writer)
    this.#queue = []
    this.#queuedBytes = 0
    this.#want = undefined
    if (this.isOrphan) this.#isOver = true
    else this.#reply = { error }
  }

  #endWithoutClient(): string {
    this.#isOver = true
    const { namespace } = this.surroundings
    const writer = this.#writer!
    if (this.#want === 'die') {
      namespace.holderDied(writer, writer.inode.bytes.lengthBytes)
      return 'the datanode died'
    }
    namespace.connectionLost(writer)
    return `closed at ${writer.inode.bytes.lengthBytes}`
  }

  #deliverReply(): void {
    const reply = this.#reply!
    this.#reply = undefined
    if ('error' in reply) {
      this.#isOver = true
      this.client.resume(() => this.#fail(reply.error))
      return
    }
    this.#isOver = Number.isNaN(reply.length)
    const answer = this.#answer
    this.#answer = undefined
    this.client.resume(() => answer?.resolve(reply.length))
  }

  refuseWith(error: unknown): void {
    this.#isOver = true
    if (this.#writer !== undefined) this.surroundings.namespace.connectionLost(this.#writer)
    this.client.resume(() => this.#fail(error))
  }

  tellUnanswered(error: FileSystemError): void {
    this.client.resume(() => this.#fail(error))
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    const waiting = [this.#drained, this.#answer]
    this.#drained = undefined
    this.#answer = undefined
    for (const each of waiting) each?.reject(error)
  }

  orphan(aftermath: Aftermath, lateness: Lateness): void {
    if (this.#isOver || this.isOrphan) return
    this.isOrphan = true
    const isClosed = this.#reply !== undefined && ('error' in this.#reply || Number.isNaN(this.#reply.length))
    this.#reply = undefined
    if (isClosed || (aftermath.request === 'never' && this.#writer === undefined)) {
      this.#isOver = true
      return
    }
    if (aftermath.request === 'never') {
      this.#keep(0)
      this.#want = 'drop'
    } else {
      if (aftermath.keptBytes !== undefined) this.#keep(aftermath.keptBytes)
      const { upload = 'closes' } = aftermath
      this.#want = upload === 'closes' ? 'drop' : upload === 'datanode-dies' ? 'die' : undefined
      Object.assign(this, lateness)
    }
    if (!this.isIdle) this.surroundings.ready(this)
  }

  #keep(bytes: number): void {
    let rest = Math.min(bytes, this.#queuedBytes)
    this.#queuedBytes = rest
    const kept: Uint8Array[] = []
    for (const chunk of this.#queue) {
      if (rest === 0) break
      kept.push(chunk.subarray(0, rest))
      rest -= Math.min(rest, chunk.byteLength)
    }
    this.#queue = kept
  }

  // What its client does with it.

  send(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure.error
    if (chunk.byteLength === 0) return undefined
    this.#queue.push(chunk)
    this.#queuedBytes += chunk.byteLength
    this.surroundings.ready(this)
    if (this.#queuedBytes < this.#bufferBytes) return undefined
    return new Promise((resolve, reject) => {
      this.#drained = { resolve, reject }
    })
  }

  persist(): Promise<number> {
    return this.#ask('persist')
  }

  async finish(): Promise<void> {
    await this.#ask('complete')
  }

  async #ask(want: Want): Promise<number> {
    if (this.#failure !== undefined) throw this.#failure.error
    this.#want = want
    this.surroundings.ready(this)
    return await new Promise<number>((resolve, reject) => {
      this.#answer = { resolve, reject }
    })
  }

  drop(error: Error): void {
    if (this.#failure !== undefined) return
    this.surroundings.abandoned(this)
    this.#fail(error)
  }

  /** A half-open connection is noticed at last: the server closes the file. */
  hangUp(): void {
    if (!this.isOrphan || this.#isOver || !this.isIdle) return
    this.#want = 'drop'
    this.surroundings.ready(this)
  }
}
