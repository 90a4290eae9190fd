// The connection by which one block is written: packets go out, acknowledgements come back in the same order. What is not
// acknowledged is kept, so that it can be sent again by another pipeline.
import type { Socket } from 'node:net'
import { failureOf, TransportFailure } from '../../webhdfs-protocol/transport-failure.js'
import { ByteQueue } from '../byte-queue.js'
import { GatheredWrites } from '../gathered-writes.js'
import type { DatanodeInfo, ExtendedBlock, LocatedBlock, Token } from '../messages/block-messages.js'
import {
  blockOpResponse,
  CHECKSUM_TYPE,
  nameOfStatus,
  opWriteBlock,
  STATUS,
} from '../messages/data-transfer-messages.js'
import { delimited } from '../protobuf/message.js'
import { MalformedMessage } from '../protobuf/wire-reader.js'
import type { Session } from '../session.js'
import { CHUNK_BYTES } from './crc32c-of-chunks.js'
import { shownDatanode } from './datanode-connections.js'
import { HEARTBEAT_SEQNO, headOfPacket, packetAckOf } from './packet.js'
import { SocketReader } from './socket-reader.js'

const DATA_TRANSFER_VERSION = 28
const OP_WRITE_BLOCK = 80
const ACK_BYTES_MAX = 64 * 1024
const NOTHING = new Uint8Array(0)

/** A packet, ready to be sent as often as it takes. */
export interface Packet {
  readonly seqno: number
  readonly offsetInBlock: number
  readonly isLast: boolean
  /** Lengths, header and checksums. */
  readonly head: Uint8Array
  readonly data: Uint8Array
}

/** The datanodes of a pipeline, and where they put the block. */
export interface PipelineNodes {
  readonly datanodes: readonly DatanodeInfo[]
  readonly storageTypes: readonly number[]
  readonly storageIDs: readonly string[]
}

/** What a block is to be written by. */
export interface PipelineSetup {
  readonly nodes: PipelineNodes
  readonly token: Token
  /** As the datanodes know it: in its old generation, where it gets a new one. */
  readonly block: ExtendedBlock
  readonly stage: number
  readonly generationStamp: bigint
  readonly acknowledgedBytes: number
  readonly sentBytes: number
  // What the datanodes set aside for it.
  readonly blockSizeBytes: number
  readonly clientName: string
}

/** Who is told how it goes. */
export interface PipelineOwner {
  acknowledged(packet: Packet): void
  /** At most once; nothing comes after it. */
  failed(failure: PipelineFailure): void
}

/** A pipeline that could not be set up, or broke. */
export class PipelineFailure extends TransportFailure {
  /** The index of the datanode that is to blame, as far as can be known. */
  readonly badIndex: number

  constructor(failure: TransportFailure, badIndex: number) {
    super(failure.message, { reason: failure.reason, reach: failure.reach, cause: failure.cause })
    this.badIndex = badIndex
  }
}

/** The datanodes of a located block. */
export function nodesOf({ locs, storageTypes, storageIDs }: LocatedBlock): PipelineNodes {
  return { datanodes: locs, storageTypes, storageIDs }
}

/** Connects to the first datanode, which connects to the second, and so on. Rejects with a {@link PipelineFailure}. */
export async function openPipeline(
  session: Session,
  setup: PipelineSetup,
  owner: PipelineOwner,
): Promise<WritePipeline> {
  const { datanodes } = setup.nodes
  const first = datanodes[0]
  if (first === undefined)
    throw new PipelineFailure(failureAt('the pipeline', 'connect', 'there is no datanode for the block'), 0)
  const where = shownDatanode(first.id)
  let socket: Socket
  try {
    socket = await session.datanodes.connect(first.id)
  } catch (error) {
    throw new PipelineFailure(failureOf(error as Error, where, 'nothing'), 0)
  }
  try {
    socket.write(requestOf(setup))
    const reader = new SocketReader(socket, { where, silenceMsMax: session.options.progressTimeoutMs })
    const response = blockOpResponse.decode(await reader.message())
    if (response.status !== STATUS.success) {
      const says = `it refused the block with ${nameOfStatus(response.status)}${response.message === undefined ? '' : `: ${response.message}`}`
      const badIndex = datanodes.findIndex(({ id }) => isNamed(id, response.firstBadLink ?? ''))
      throw new PipelineFailure(failureAt(where, 'reset', says), Math.max(badIndex, 0))
    }
    return new WritePipeline(session, { socket, where, rest: reader.release(), setup, owner })
  } catch (error) {
    socket.destroy()
    if (error instanceof PipelineFailure) throw error
    if (!(error instanceof MalformedMessage)) {
      // A datanode without room for the whole block says nothing more.
      const failure = failureOf(error as Error, where, 'body')
      const says = `${failure.message} before it took the block; perhaps it is full`
      const { reason, cause } = failure
      throw new PipelineFailure(
        reason === 'reset' ? new TransportFailure(says, { reason, reach: 'body', cause }) : failure,
        0,
      )
    }
    throw new PipelineFailure(failureAt(where, 'garbage', `not an answer of the data port: ${error.message}`), 0)
  }
}

function requestOf(setup: PipelineSetup): Buffer {
  const { nodes, token, block, stage, generationStamp, acknowledgedBytes, sentBytes, blockSizeBytes, clientName } =
    setup
  const [storageType, ...targetStorageTypes] = nodes.storageTypes
  const [storageId, ...targetStorageIds] = nodes.storageIDs
  const { poolId, blockId, generationStamp: known } = block
  const header = {
    baseHeader: { block: { poolId, blockId, generationStamp: known, numBytes: blockSizeBytes }, token },
    clientName,
  }
  const request = delimited(opWriteBlock, {
    header,
    targets: nodes.datanodes.slice(1),
    stage,
    pipelineSize: nodes.datanodes.length,
    minBytesRcvd: acknowledgedBytes,
    maxBytesRcvd: sentBytes,
    latestGenerationStamp: generationStamp,
    requestedChecksum: { type: CHECKSUM_TYPE.crc32c, bytesPerChecksum: CHUNK_BYTES },
    ...(storageType === undefined ? {} : { storageType }),
    targetStorageTypes,
    ...(storageId === undefined ? {} : { storageId }),
    targetStorageIds,
  })
  return Buffer.concat([Buffer.from([0, DATA_TRANSFER_VERSION, OP_WRITE_BLOCK]), request])
}

function isNamed({ ipAddr, hostName, xferPort }: DatanodeInfo['id'], link: string): boolean {
  return link === `${ipAddr}:${xferPort}` || link === `${hostName}:${xferPort}`
}

function failureAt(where: string, reason: TransportFailure['reason'], says: string): TransportFailure {
  return new TransportFailure(`${where}: ${says}`, { reason, reach: 'body' })
}

/** See the head of the file. It must be finished by its last packet, or destroyed. */
export class WritePipeline {
  readonly setup: PipelineSetup
  readonly #session: Session
  readonly #socket: Socket
  readonly #writes: GatheredWrites
  readonly #where: string
  readonly #owner: PipelineOwner
  readonly #acks = new ByteQueue()
  readonly #unacknowledged: Packet[] = []
  #isOver = false
  #lastSentMs: number = performance.now()
  #lastProgressMs: number = performance.now()

  constructor(
    session: Session,
    parts: { socket: Socket; where: string; rest: Uint8Array; setup: PipelineSetup; owner: PipelineOwner },
  ) {
    this.#session = session
    this.#socket = parts.socket
    this.#writes = new GatheredWrites(parts.socket)
    this.#where = parts.where
    this.#owner = parts.owner
    this.setup = parts.setup
    this.#socket.on('data', (chunk: Uint8Array) => this.#receive(chunk))
    this.#socket.on('error', (error) => this.#fail(failureOf(error, this.#where, 'body'), 0))
    // Whatever it minds, a datanode rarely says so: no space, a length that does not fit, a newer generation of the block.
    this.#socket.on('close', () => this.#fail(failureAt(this.#where, 'reset', 'it closed the connection'), 0))
    session.pipelines.add(this)
    this.#receive(parts.rest)
  }

  /** Sent and not acknowledged, in order. */
  get unacknowledged(): readonly Packet[] {
    return this.#unacknowledged
  }

  /** Also where it is broken already: then the packet is among those that another pipeline has to send. */
  send(packet: Packet): void {
    const nowMs = performance.now()
    if (this.#unacknowledged.length === 0) this.#lastProgressMs = nowMs
    this.#lastSentMs = nowMs
    this.#unacknowledged.push(packet)
    if (this.#isOver) return
    this.#writes.write(packet.head)
    if (packet.data.byteLength > 0) this.#writes.write(packet.data)
  }

  /** For the one timer of all pipelines. */
  look(nowMs: number): void {
    const { heartbeatMs, progressTimeoutMs } = this.#session.options
    if (this.#unacknowledged.length > 0 && nowMs - this.#lastProgressMs > progressTimeoutMs) {
      const says = `no acknowledgement in ${progressTimeoutMs} ms (progressTimeoutMs)`
      this.#fail(failureAt(this.#where, 'timeout', says), 0)
      return
    }
    if (nowMs - this.#lastSentMs < heartbeatMs) return
    this.#lastSentMs = nowMs
    const heartbeat = { offsetInBlock: 0, seqno: HEARTBEAT_SEQNO, isLast: false, isSynced: false }
    this.#writes.write(headOfPacket(heartbeat, NOTHING))
  }

  /** Breaks the connection off; the owner hears nothing more. */
  destroy(): void {
    this.#end()
  }

  #receive(chunk: Uint8Array): void {
    if (this.#isOver) return
    this.#acks.push(chunk)
    try {
      for (;;) {
        const message = this.#acks.takeDelimited(ACK_BYTES_MAX)
        if (message === undefined || this.#isOver) return
        this.#acknowledge(message)
      }
    } catch (error) {
      if (!(error instanceof MalformedMessage || error instanceof RangeError)) throw error
      const failure = new TransportFailure(`${this.#where}: not an acknowledgement: ${error.message}`, {
        reason: 'garbage',
        reach: 'body',
        cause: error,
      })
      this.#fail(failure, 0)
    }
  }

  #acknowledge(message: Uint8Array): void {
    const { seqno, replies } = packetAckOf(message)
    const badIndex = replies.findIndex((status) => status !== STATUS.success)
    if (badIndex !== -1) {
      const says = `datanode ${badIndex + 1} of the pipeline answered ${nameOfStatus(replies[badIndex]!)}`
      this.#fail(failureAt(this.#where, 'reset', says), badIndex)
      return
    }
    if (seqno === HEARTBEAT_SEQNO) return
    const packet = this.#unacknowledged[0]
    if (packet === undefined || packet.seqno !== seqno) {
      throw new MalformedMessage(`it is for packet ${seqno} where ${packet?.seqno ?? 'none'} was expected`)
    }
    this.#lastProgressMs = performance.now()
    this.#unacknowledged.shift()
    if (packet.isLast) this.#end()
    this.#owner.acknowledged(packet)
  }

  #fail(failure: TransportFailure, badIndex: number): void {
    if (this.#isOver) return
    this.#end()
    this.#owner.failed(new PipelineFailure(failure, badIndex))
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#session.pipelines.remove(this)
    this.#socket.destroy()
  }
}
