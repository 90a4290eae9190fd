// An upload of the port: bytes into one file that is open, made durable as often as one likes, closed at the end.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Upload } from '../file-system.js'
import { FileSystemError, type Outcome } from '../file-system-error.js'
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import type { OpenFile } from './datatransfer/block-setup.js'
import { FileWriter } from './datatransfer/file-writer.js'
import { PacketAssembler } from './datatransfer/packet-assembler.js'
import { closeFile, letGo } from './lease/close-file.js'
import type { LocatedBlock } from './messages/block-messages.js'
import { fsync } from './messages/writing-methods.js'
import type { Session } from './session.js'

/** Where the bytes go. */
export interface UploadPlan {
  readonly file: OpenFile
  /** Length of the file before. */
  readonly baseBytes: number
  /** Length of its last block, where that is written on; 0 where a block is to be begun. */
  readonly offsetInBlock: number
  readonly durability: 'flushed' | 'synced'
}

/** See {@link Upload}. It holds the lease of its file. */
export class HdfsUpload implements Upload {
  readonly #session: Session
  readonly #plan: UploadPlan
  readonly #assembler: PacketAssembler
  readonly #writer: FileWriter
  #failure: FileSystemError | undefined
  #state: 'open' | 'ending' | 'over' = 'open'
  #ending: Promise<void> | undefined
  #isReleased = false
  #sentBytes = 0

  constructor(session: Session, plan: UploadPlan) {
    this.#session = session
    this.#plan = plan
    const { file, offsetInBlock, durability } = plan
    const start = { blockSizeBytes: file.blockSizeBytes, offsetInBlock }
    this.#assembler = new PacketAssembler(start, (packet) => this.#writer.add(packet))
    this.#writer = new FileWriter(session, file, (at) => this.#assembler.lastOf(at, durability))
    session.leases.enter()
    session.uploads.add(this)
  }

  get path(): string {
    return this.#plan.file.attempt.path
  }

  get sentBytes(): number {
    return this.#sentBytes
  }

  /** Sets up the pipeline of the last block, for an append. Rejects with what `write` would reject with. */
  async reopen(located: LocatedBlock): Promise<void> {
    const { locs: datanodes, storageTypes, storageIDs, b: block } = located
    await this.#orFail(() => this.#writer.reopen({ block, nodes: { datanodes, storageTypes, storageIDs } }))
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    const refused = this.#whyNot()
    if (refused !== undefined) return Promise.reject(refused)
    this.#sentBytes += chunk.byteLength
    this.#assembler.write(chunk)
    const wait = this.#writer.room()
    return wait === undefined ? undefined : this.#orFail(() => wait)
  }

  async makeDurable(): Promise<number> {
    this.#throwIfNot()
    await this.#orFail(async () => {
      this.#assembler.flush(this.#plan.durability)
      await this.#writer.flushed()
      await this.#tellNamenode()
    })
    return this.#plan.baseBytes + this.#sentBytes
  }

  async end(): Promise<number> {
    this.#throwIfNot()
    this.#state = 'ending'
    await this.#orFail(async () => {
      await this.#endBlocks()
      await closeFile(this.#session, this.#plan.file, this.#writer.lastBlock)
    })
    this.#state = 'over'
    this.#release()
    return this.#plan.baseBytes + this.#sentBytes
  }

  abort(): Promise<void> {
    this.#ending ??= this.#abort()
    return this.#ending
  }

  /** Bytes that the datanodes have may as well stay, so a pipeline that works is closed properly: the file is free at once. */
  async #abort(): Promise<void> {
    if (this.#state === 'over') return
    const isWorking = this.#failure === undefined && this.#state === 'open'
    this.#failure ??= this.#closedError('unknown')
    this.#state = 'over'
    if (isWorking && (await this.#endsInTime())) this.#release()
    else await this.#giveUp()
  }

  async #endsInTime(): Promise<boolean> {
    const tooLate = new AbortController()
    const ended = this.#endBlocks()
      .then(() => closeFile(this.#session, this.#plan.file, this.#writer.lastBlock))
      .then(
        () => true,
        () => false,
      )
    const late = sleep(this.#session.options.abortWaitMs, false, { signal: tooLate.signal }).catch(() => false)
    const result = await Promise.race([ended, late])
    tooLate.abort()
    return result
  }

  async #endBlocks(): Promise<void> {
    this.#assembler.flush('flushed')
    await this.#writer.end()
  }

  /** The namenode learns the length, and says whether the file is ours still. */
  async #tellNamenode(): Promise<void> {
    const { src, fileId, attempt } = this.#plan.file
    const lastBlockLength = this.#writer.currentBlockBytes
    const request = { src, client: this.#session.clientName, fileId }
    const known = lastBlockLength === undefined ? {} : { lastBlockLength }
    await this.#session.calls.call(fsync, { ...request, ...known }, attempt)
  }

  async #orFail<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step()
    } catch (error) {
      this.#failure ??= this.#writer.failure ?? this.#writer.errorOf(error)
      this.#state = 'over'
      this.#ending ??= this.#giveUp()
      throw this.#failure
    }
  }

  async #giveUp(): Promise<void> {
    this.#writer.destroy(this.#failure ?? this.#closedError('unknown'))
    // Where the file system is closed there is nobody left to ask.
    if (!this.#isReleased && !this.#session.pauses.isClosed) await letGo(this.#session, this.#plan.file)
    this.#release()
  }

  #release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#session.leases.leave()
    this.#session.uploads.delete(this)
  }

  #whyNot(): FileSystemError | undefined {
    this.#failure ??= this.#writer.failure
    if (this.#failure !== undefined) this.#ending ??= this.#giveUp()
    if (this.#failure !== undefined || this.#state === 'open') return this.#failure
    return this.#closedError('not-applied')
  }

  #throwIfNot(): void {
    const refused = this.#whyNot()
    if (refused !== undefined) throw refused
  }

  #closedError(outcome: Outcome): FileSystemError {
    const { operation, path }: Attempt = this.#plan.file.attempt
    const message = `${operation} of ${JSON.stringify(path)}: this upload is over`
    return new FileSystemError(message, { code: 'CLOSED', outcome, retry: 'never', operation, path })
  }
}
