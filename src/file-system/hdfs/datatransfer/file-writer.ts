// Writes the packets of one file, block after block, and survives the loss of datanodes as long as one of a pipeline is left.
import { FileSystemError } from '../../file-system-error.js'
import { errorOfRefusal, Refused } from '../../webhdfs-protocol/answer-errors.js'
import { errorOfFailure, TransportFailure } from '../../webhdfs-protocol/transport-failure.js'
import type { ExtendedBlock } from '../messages/block-messages.js'
import { STAGE } from '../messages/data-transfer-messages.js'
import { MalformedMessage } from '../protobuf/wire-reader.js'
import type { Session } from '../session.js'
import {
  type BlockPipeline,
  type BlockToReopen,
  type OpenFile,
  openNewBlock,
  reopenBlock,
  without,
} from './block-setup.js'
import type { Packet, PipelineFailure, PipelineOwner } from './write-pipeline.js'

/** Makes the packet that ends a block. */
export type EndOfBlock = (at: { readonly seqno: number; readonly offsetInBlock: number }) => Packet

/** What an upload may have on its way however many there are: four packets, so that the next ones are there when the first is acknowledged. */
const UNACKED_BYTES_MIN = 256 * 2 ** 10

interface Waiter {
  /** Wakes it when no more than so many bytes are on their way. */
  readonly bytes: number
  readonly resolve: () => void
  readonly reject: (error: FileSystemError) => void
}

/** See the head of the file. After a failure everything rejects with it. */
export class FileWriter implements PipelineOwner {
  readonly #session: Session
  readonly #file: OpenFile
  readonly #endOfBlock: EndOfBlock
  /** What waits for a pipeline. */
  #queue: Packet[] = []
  #current: BlockPipeline | undefined
  /** The block before the current one, with its length. */
  #previous: ExtendedBlock | undefined
  /** Behind the last packet that a pipeline was given. */
  #reached = { seqno: 0, offsetInBlock: 0 }
  #lastPacket: 'not-sent' | 'sent' | 'acknowledged' = 'not-sent'
  #broken: PipelineFailure | undefined
  #waitingBytes = 0
  #waitingPackets = 0
  #waiters: Waiter[] = []
  /** Wakes whoever waits for the end of a block. */
  #blockEvent: () => void = () => {}
  #isEnding = false
  #running: Promise<void> | undefined
  #failure: FileSystemError | undefined

  constructor(session: Session, file: OpenFile, endOfBlock: EndOfBlock) {
    this.#session = session
    this.#file = file
    this.#endOfBlock = endOfBlock
  }

  get failure(): FileSystemError | undefined {
    return this.#failure
  }

  /** The last block with its length, once the writing has ended; undefined for an empty file. */
  get lastBlock(): ExtendedBlock | undefined {
    return this.#previous
  }

  /** Length of the block that is being written, as far as a pipeline was given it; undefined between two blocks. */
  get currentBlockBytes(): number | undefined {
    return this.#current === undefined ? undefined : this.#reached.offsetInBlock
  }

  /** Goes on where the file ends: in its last block. */
  async reopen(block: Omit<BlockToReopen, 'stages' | 'acknowledgedBytes' | 'sentBytes'>): Promise<void> {
    const bytes = block.block.numBytes ?? 0
    const stages = { first: STAGE.setupAppend, again: STAGE.setupAppendRecovery }
    this.#reached = { seqno: 0, offsetInBlock: bytes }
    const request = { ...block, stages, acknowledgedBytes: bytes, sentBytes: bytes }
    this.#current = await reopenBlock(this.#session, this.#file, request, this)
  }

  /** Takes a packet: the next one of the block, or the first of the next. */
  add(packet: Packet): void {
    if (this.#failure !== undefined) return
    this.#waitingBytes += packet.data.byteLength
    this.#waitingPackets += 1
    if (
      this.#running === undefined &&
      this.#current !== undefined &&
      !startsBlock(packet) &&
      this.#broken === undefined
    ) {
      this.#send(this.#current, packet)
      return
    }
    this.#queue.push(packet)
    this.#run()
  }

  /** A promise only where more bytes are on their way than are good; it resolves when half of them are through. */
  room(): Promise<void> | undefined {
    const { options, uploads } = this.#session
    const share = Math.max(options.unackedBytesInAllMax / uploads.size, UNACKED_BYTES_MIN)
    const bytesMax = Math.min(share, options.unackedBytesMax)
    return this.#waitingBytes <= bytesMax ? undefined : this.#until(bytesMax / 2)
  }

  /** Resolves when everything is acknowledged. */
  async flushed(): Promise<void> {
    while (this.#waitingPackets > 0 || this.#failure !== undefined) await this.#until(0)
  }

  /** Ends the last block. Resolves when the datanodes have it whole. */
  async end(): Promise<void> {
    this.#isEnding = true
    this.#run()
    while (this.#running !== undefined) await this.#running
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Breaks it off. What was sent may be in the file. */
  destroy(failure: FileSystemError): void {
    this.#fail(failure)
  }

  /** The error of the port, for whatever went wrong since the file was opened. */
  errorOf(error: unknown): FileSystemError {
    const { attempt } = this.#file
    if (error instanceof Refused) return errorOfRefusal(error, attempt, 'unknown')
    if (error instanceof TransportFailure) {
      const { message, reason } = error
      return errorOfFailure(new TransportFailure(message, { reason, reach: 'body', cause: error }), attempt, 'unknown')
    }
    if (error instanceof MalformedMessage) {
      const message = `not an answer of HDFS: ${error.message}`
      return errorOfFailure(
        new TransportFailure(message, { reason: 'garbage', reach: 'body', cause: error }),
        attempt,
        'unknown',
      )
    }
    if (!(error instanceof FileSystemError)) throw error
    if (error.outcome === 'unknown') return error
    const { message, code, retry, operation, path } = error
    return new FileSystemError(message, { code, retry, outcome: 'unknown', operation, path, cause: error })
  }

  acknowledged(packet: Packet): void {
    if (packet.isLast) {
      this.#lastPacket = 'acknowledged'
      this.#blockEvent()
      return
    }
    this.#waitingBytes -= packet.data.byteLength
    this.#waitingPackets -= 1
    if (this.#waiters.length > 0) this.#wake()
  }

  failed(failure: PipelineFailure): void {
    this.#broken = failure
    this.#blockEvent()
    this.#run()
  }

  #run(): void {
    if (this.#failure !== undefined) return
    this.#running ??= this.#work()
      .catch((error: unknown) => this.#fail(this.errorOf(error)))
      .finally(() => {
        this.#running = undefined
        // Something may have come between the last look and here.
        if (this.#broken !== undefined || this.#queue.length > 0) this.#run()
      })
  }

  async #work(): Promise<void> {
    while (this.#failure === undefined) {
      if (this.#broken !== undefined) {
        await this.#recover(this.#broken)
        continue
      }
      const packet = this.#queue[0]
      if (packet === undefined && !(this.#isEnding && this.#current !== undefined)) return
      if (packet === undefined || startsBlock(packet)) {
        if (this.#current !== undefined) {
          await this.#endBlock(this.#current)
          continue
        }
        await this.#beginBlock()
      }
      if (packet === undefined || this.#current === undefined || this.#failure !== undefined) continue
      this.#queue.shift()
      this.#send(this.#current, packet)
    }
  }

  async #beginBlock(): Promise<void> {
    this.#reached = { seqno: 0, offsetInBlock: 0 }
    this.#lastPacket = 'not-sent'
    const opened = await openNewBlock(this.#session, this.#file, this.#previous, this)
    if (this.#failure !== undefined) opened.pipeline.destroy()
    this.#current = opened
  }

  #send(current: BlockPipeline, packet: Packet): void {
    this.#reached = { seqno: packet.seqno + 1, offsetInBlock: packet.offsetInBlock + packet.data.byteLength }
    current.pipeline.send(packet)
  }

  /** Returns when the block is whole, or its pipeline broken. */
  async #endBlock(current: BlockPipeline): Promise<void> {
    if (this.#lastPacket === 'not-sent') {
      this.#lastPacket = 'sent'
      current.pipeline.send(this.#endOfBlock(this.#reached))
    }
    if (this.#lastPacket !== 'acknowledged' && this.#broken === undefined && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#blockEvent = resolve
      })
    }
    if (this.#lastPacket !== 'acknowledged') return
    this.#previous = { ...current.block, numBytes: this.#reached.offsetInBlock }
    this.#current = undefined
    this.#lastPacket = 'not-sent'
  }

  /** Another pipeline of the datanodes that are left, by which everything that is not acknowledged is sent again. */
  async #recover(failure: PipelineFailure): Promise<void> {
    const current = this.#current
    if (current === undefined) throw failure
    const { pipeline, block } = current
    const left = pipeline.unacknowledged
    const nodes = without(pipeline.setup.nodes, failure.badIndex)
    // Closing, with bytes unacknowledged: some datanodes may have finished the block at another length than others.
    const isTooLate = this.#lastPacket === 'sent' && left.length > 1
    if (nodes.datanodes.length === 0 || isTooLate) throw failure
    const stage = this.#lastPacket === 'sent' ? STAGE.closeRecovery : STAGE.streamingRecovery
    const request = {
      block: { ...block, numBytes: this.#reached.offsetInBlock },
      nodes,
      stages: { first: stage, again: stage },
      acknowledgedBytes: left[0]?.offsetInBlock ?? this.#reached.offsetInBlock,
      sentBytes: this.#reached.offsetInBlock,
    }
    const renewed = await reopenBlock(this.#session, this.#file, request, this)
    this.#current = renewed
    if (this.#broken === failure) this.#broken = undefined
    if (this.#failure !== undefined) renewed.pipeline.destroy()
    if (stage === STAGE.closeRecovery) {
      renewed.pipeline.destroy()
      this.#lastPacket = 'acknowledged'
    } else for (const packet of left) renewed.pipeline.send(packet)
  }

  #until(bytes: number): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#waiters.push({ bytes, resolve, reject })
    })
  }

  #wake(): void {
    const woken = this.#waiters.filter(({ bytes }) => this.#waitingBytes <= bytes)
    this.#waiters = this.#waiters.filter(({ bytes }) => this.#waitingBytes > bytes)
    for (const { resolve } of woken) resolve()
  }

  #fail(failure: FileSystemError): void {
    if (this.#failure !== undefined) return
    this.#failure = failure
    this.#queue = []
    this.#current?.pipeline.destroy()
    this.#blockEvent()
    const waiters = this.#waiters
    this.#waiters = []
    for (const { reject } of waiters) reject(failure)
  }
}

function startsBlock({ seqno, offsetInBlock }: Packet): boolean {
  return seqno === 0 && offsetInBlock === 0
}
