// One connection of Hadoop IPC: calls go out as they come, answers come back in any order and are told apart by call id.
import { connect, type Socket } from 'node:net'
import { RemoteException } from '../../file-system-error.js'
import { failureOf, TransportFailure } from '../../webhdfs-protocol/transport-failure.js'
import { GatheredWrites } from '../gathered-writes.js'
import {
  ipcConnectionContext,
  RPC_STATUS,
  rpcRequestHeader,
  rpcResponseHeader,
  rpcSasl,
} from '../messages/rpc-messages.js'
import { delimited } from '../protobuf/message.js'
import { MalformedMessage, WireReader } from '../protobuf/wire-reader.js'
import { BadFrame, FrameSplitter } from './frames.js'

/** "hrpc", version 9, service class 0, no SASL. With SASL the last byte would be 0xdf, and its negotiation (RpcSaslProto: NEGOTIATE, INITIATE, CHALLENGE, RESPONSE, SUCCESS) would come before the context. */
const PREAMBLE = Buffer.from([0x68, 0x72, 0x70, 0x63, 9, 0, 0])
const RPC_KIND_PROTOBUF = 2
const CALL_ID = { connectionContext: -3, ping: -4, sasl: -33 } as const
/** `RpcConstants.INVALID_RETRY_COUNT` */
const NO_RETRY_COUNT = -1
const NO_CLIENT_ID = new Uint8Array(0)

/** For whom, as which client, and within which limits. */
export interface ConnectionSettings {
  /** Java's name of the protocol that is spoken on it. */
  readonly protocol: string
  readonly user: string
  readonly doas: string | undefined
  readonly clientId: Uint8Array
  readonly connectTimeoutMs: number
  readonly replyTimeoutMs: number
  readonly connectionIdleMs: number
  readonly replyBytesMax: number
}

/** What is sent for one call. */
export interface OutgoingCall {
  readonly callId: number
  /** How often it was sent before, on whatever connection. */
  readonly retryCount: number
  /** Request header and request, both behind their lengths. */
  readonly payload: Uint8Array
}

interface PendingCall {
  readonly sentMs: number
  readonly resolve: (reply: Uint8Array) => void
  readonly reject: (error: Error) => void
}

/** See the head of the file. It connects when the first call comes; once it is over, make another one. */
export class RpcConnection {
  readonly #settings: ConnectionSettings
  readonly #where: string
  readonly #socket: Socket
  readonly #writes: GatheredWrites
  readonly #splitter: FrameSplitter
  readonly #pending = new Map<number, PendingCall>()
  readonly #onOver: () => void
  #isConnected = false
  #isOver = false
  /** Ends what takes too long: the connecting, the oldest call, being idle. */
  #timer: NodeJS.Timeout | undefined
  #hasPinged = false

  constructor(
    { host, port }: { readonly host: string; readonly port: number },
    settings: ConnectionSettings,
    onOver: () => void,
  ) {
    this.#settings = settings
    this.#onOver = onOver
    this.#where = `${host}:${port}`
    this.#splitter = new FrameSplitter(settings.replyBytesMax)
    this.#socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 })
    this.#writes = new GatheredWrites(this.#socket)
    this.#timer = setTimeout(() => this.#endConnecting(), settings.connectTimeoutMs)
    this.#socket.on('connect', () => this.#begin())
    this.#socket.on('data', (chunk: Uint8Array) => this.#receive(chunk))
    this.#socket.on('error', (error) => this.#end(failureOf(error, this.#where, this.#reach)))
    this.#socket.on('close', () => this.#end(this.#failure('reset', 'the connection was closed')))
    // The socket keeps what is written until it is connected, and sends nothing of it if that fails.
    this.#introduce()
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /**
   * Resolves with the reply, still in its length. Rejects with a {@link RemoteException} where the server refused, and with a
   * {@link TransportFailure} otherwise: reach `nothing` where the call surely was not sent.
   */
  call(call: OutgoingCall): Promise<Uint8Array> {
    if (this.#isOver)
      return Promise.reject(
        new TransportFailure(`${this.#where}: the connection is over`, { reason: 'reset', reach: 'nothing' }),
      )
    return new Promise((resolve, reject) => {
      this.#pending.set(call.callId, { sentMs: performance.now(), resolve, reject })
      if (this.#isConnected && this.#pending.size === 1) this.#watch(this.#pingAfterMs)
      this.#writes.write(this.#frameOf(call))
    })
  }

  /** Ends it and rejects what is under way. */
  close(failure: TransportFailure): void {
    this.#end(failure)
  }

  get #reach(): 'nothing' | 'body' {
    return this.#isConnected ? 'body' : 'nothing'
  }

  get #pingAfterMs(): number {
    return this.#settings.replyTimeoutMs / 2
  }

  #frameOf({ callId, retryCount, payload }: OutgoingCall): Uint8Array {
    const { clientId } = this.#settings
    const header = delimited(rpcRequestHeader, { rpcKind: RPC_KIND_PROTOBUF, rpcOp: 0, callId, clientId, retryCount })
    const frame = Buffer.allocUnsafe(4 + header.byteLength + payload.byteLength)
    frame.writeUInt32BE(header.byteLength + payload.byteLength)
    frame.set(header, 4)
    frame.set(payload, 4 + header.byteLength)
    return frame
  }

  #begin(): void {
    this.#isConnected = true
    this.#watch(this.#pending.size > 0 ? this.#pingAfterMs : this.#settings.connectionIdleMs)
  }

  /** What every connection begins with. No answer comes to it. */
  #introduce(): void {
    const { protocol, user, doas } = this.#settings
    const userInfo = doas === undefined ? { effectiveUser: user } : { effectiveUser: doas, realUser: user }
    const payload = delimited(ipcConnectionContext, { userInfo, protocol })
    this.#writes.write(PREAMBLE)
    this.#writes.write(this.#frameOf({ callId: CALL_ID.connectionContext, retryCount: NO_RETRY_COUNT, payload }))
  }

  #receive(chunk: Uint8Array): void {
    try {
      for (const frame of this.#splitter.take(chunk)) {
        if (this.#isOver) return
        this.#answer(frame)
      }
    } catch (error) {
      if (!(error instanceof BadFrame || error instanceof MalformedMessage)) throw error
      this.#end(this.#failure('garbage', `not an answer of Hadoop's RPC: ${error.message}`, error))
    }
  }

  #answer(frame: Uint8Array): void {
    const reader = new WireReader(frame)
    const header = rpcResponseHeader.decode(reader.bytes())
    const callId = header.callId | 0
    if (callId === CALL_ID.sasl) {
      this.#refuseSasl(reader)
      return
    }
    if (header.status === RPC_STATUS.success) {
      const call = this.#settle(callId)
      if (call === undefined) throw new MalformedMessage(`an answer to call ${callId}, which was not asked`)
      call.resolve(frame.subarray(reader.position))
      return
    }
    const [message = ''] = (header.errorMsg ?? '').split('\n', 1)
    const exception = new RemoteException(header.exceptionClassName ?? 'RemoteException', message)
    this.#settle(callId)?.reject(exception)
    if (header.status === RPC_STATUS.fatal)
      this.#end(callId < 0 ? exception : this.#failure('reset', `the server ended the connection: ${message}`))
    else if (header.status !== RPC_STATUS.error) throw new MalformedMessage(`status ${header.status}`)
  }

  #settle(callId: number): PendingCall | undefined {
    const call = this.#pending.get(callId)
    if (call === undefined || !this.#pending.delete(callId)) return undefined
    this.#hasPinged = false
    if (this.#pending.size === 0) this.#watch(this.#settings.connectionIdleMs)
    return call
  }

  /** A secured server asks for a negotiation that we do not have. */
  #refuseSasl(reader: WireReader): void {
    const { auths } = rpcSasl.decode(reader.bytes())
    const methods = auths.map(({ method, mechanism }) => (mechanism === '' ? method : `${method} (${mechanism})`))
    const asked = methods.length === 0 ? 'SASL' : methods.join(', ')
    const exception = new RemoteException(
      'AuthenticationException',
      `the server asks for ${asked}; simple authentication is all there is here`,
    )
    this.#end(exception)
  }

  #endConnecting(): void {
    const { connectTimeoutMs } = this.#settings
    this.#end(this.#failure('connect', `no connection after ${connectTimeoutMs} ms (connectTimeoutMs)`))
  }

  #watch(durationMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look(), durationMs)
  }

  #look(): void {
    const [oldest] = this.#pending.values()
    if (oldest === undefined) {
      this.#end(this.#failure('reset', 'it was idle'))
      return
    }
    const { replyTimeoutMs } = this.#settings
    const leftMs = oldest.sentMs + replyTimeoutMs - performance.now()
    if (leftMs <= 0) {
      this.#end(this.#failure('timeout', `no answer after ${replyTimeoutMs} ms (replyTimeoutMs)`))
      return
    }
    // Nobody answers a ping; it makes the network find out whether the server is still there.
    if (!this.#hasPinged && leftMs <= this.#pingAfterMs) this.#ping()
    this.#watch(this.#hasPinged ? leftMs : Math.max(leftMs - this.#pingAfterMs, 1))
  }

  #ping(): void {
    this.#hasPinged = true
    const header = {
      rpcKind: RPC_KIND_PROTOBUF,
      rpcOp: 0,
      callId: CALL_ID.ping,
      clientId: NO_CLIENT_ID,
      retryCount: NO_RETRY_COUNT,
    }
    const body = delimited(rpcRequestHeader, header)
    const length = Buffer.allocUnsafe(4)
    length.writeUInt32BE(body.byteLength)
    this.#writes.write(Buffer.concat([length, body]))
  }

  #failure(reason: TransportFailure['reason'], says: string, cause?: unknown): TransportFailure {
    return new TransportFailure(`${this.#where}: ${says}`, { reason, reach: this.#reach, cause })
  }

  #end(error: TransportFailure | RemoteException): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#socket.destroy()
    const calls = [...this.#pending.values()]
    this.#pending.clear()
    for (const call of calls) call.reject(error)
    this.#onOver()
  }
}
