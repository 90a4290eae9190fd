// Calls to the namenode that serves. A call keeps its id however often it is sent, so that the namenode's retry cache can tell
// a repetition: a lost reply is settled by asking again, where the method permits that.
import { randomBytes } from 'node:crypto'
import { RemoteException } from '../../file-system-error.js'
import { Refused } from '../../webhdfs-protocol/answer-errors.js'
import type { Attempt } from '../../webhdfs-protocol/arguments.js'
import { type Verdict, verdictOn } from '../../webhdfs-protocol/exceptions.js'
import { errorOfFailure, TransportFailure } from '../../webhdfs-protocol/transport-failure.js'
import type { ResolvedOptions, RpcAddress } from '../options.js'
import type { Pauses } from '../pauses.js'
import { MalformedMessage } from '../protobuf/wire-reader.js'
import { believedFromActive } from './active-only.js'
import { type ConnectionSettings, RpcConnection } from './connection.js'
import type { AfterLostReply, RpcMethod } from './method.js'
import { payloadOf, replyOf } from './payload.js'

const CLIENT_PROTOCOL = 'org.apache.hadoop.hdfs.protocol.ClientProtocol'
const CALL_ID_MAX = 2 ** 31 - 1

/** One call, on its way through namenodes and connections. */
interface Course {
  /** It may have reached a server: how often. */
  sent: number
  giveUpMs: number | undefined
  pauseMs: number
  /** Namenodes asked since the last pause. */
  asked: number
}

/** One sending of a call that failed. */
interface Sending {
  readonly tried: number
  readonly course: Course
  readonly afterLostReply: AfterLostReply
  readonly attempt: Attempt
}

/** See the head of the file. */
export class NamenodeCalls {
  readonly #options: ResolvedOptions
  readonly #pauses: Pauses
  readonly #settings: ConnectionSettings
  readonly #connections = new Map<RpcAddress, RpcConnection>()
  #active = 0
  #nextCallId = 0
  #closed: TransportFailure | undefined

  constructor(options: ResolvedOptions, pauses: Pauses) {
    this.#options = options
    this.#pauses = pauses
    this.#settings = { ...options, protocol: CLIENT_PROTOCOL, clientId: randomBytes(16) }
  }

  /**
   * Resolves with the reply. Rejects with {@link Refused} for what the namenode refuses in words (where the call may have been
   * done by an earlier sending, its verdict settles nothing), and with a `FileSystemError` for everything else.
   */
  async call<Request, Reply>(method: RpcMethod<Request, Reply>, request: Request, attempt: Attempt): Promise<Reply> {
    const payload = payloadOf(CLIENT_PROTOCOL, method, request)
    const callId = this.#takeCallId()
    const mustBeActive = method.afterLostReply === 'reads' && this.#options.namenodes.length > 1
    const course: Course = { sent: 0, giveUpMs: undefined, pauseMs: this.#options.failoverPauseMs, asked: 0 }
    for (;;) {
      const tried = this.#active
      try {
        if (this.#closed !== undefined) throw this.#closed
        const connection = this.#connection(tried)
        const answer = connection.call({ callId, retryCount: course.sent, payload })
        return replyOf(method, await (mustBeActive ? this.#fromActive(connection, answer) : answer))
      } catch (error) {
        await this.#goOnOrThrow(error, { tried, course, afterLostReply: method.afterLostReply, attempt })
      }
    }
  }

  /** Ends all connections; what is under way fails. */
  close(failure: TransportFailure): void {
    this.#closed = failure
    for (const connection of this.#connections.values()) connection.close(failure)
  }

  #takeCallId(): number {
    const callId = this.#nextCallId
    this.#nextCallId = callId === CALL_ID_MAX ? 0 : callId + 1
    return callId
  }

  #fromActive(connection: RpcConnection, answer: Promise<Uint8Array>): Promise<Uint8Array> {
    return believedFromActive(connection, { protocol: CLIENT_PROTOCOL, callId: this.#takeCallId() }, answer)
  }

  #connection(index: number): RpcConnection {
    const address = this.#options.namenodes[index]!
    const known = this.#connections.get(address)
    if (known !== undefined && !known.isOver) return known
    const made: RpcConnection = new RpcConnection(address, this.#settings, () => {
      if (this.#connections.get(address) === made) this.#connections.delete(address)
    })
    this.#connections.set(address, made)
    return made
  }

  /** Returns when the call is to be sent again; throws what it ends with otherwise. */
  async #goOnOrThrow(error: unknown, { tried, course, afterLostReply, attempt }: Sending): Promise<void> {
    if (error instanceof RemoteException) {
      const verdict = judge(error)
      // RetriableException: the namenode is starting, or becomes active just now, and has done nothing.
      const servesLater = verdict.code === 'STANDBY' || /RetriableException$/.test(error.exception)
      if (servesLater && (await this.#mayLookOn(tried, course, attempt))) return
      throw new Refused(
        error,
        course.sent === 0 || afterLostReply === 'reads' ? verdict : { ...verdict, settles: 'nothing' },
      )
    }
    const failure = error instanceof MalformedMessage ? malformed(error) : error
    if (!(failure instanceof TransportFailure)) throw failure
    const { reason, reach } = failure
    const mayBeAsked = reason === 'connect' || reason === 'reset' || reason === 'timeout'
    if (reach !== 'nothing' && reason !== 'closed') course.sent += 1
    const isSafe = course.sent === 0 || afterLostReply !== 'never'
    if (mayBeAsked && isSafe && (await this.#mayLookOn(tried, course, attempt))) return
    const outcome = course.sent === 0 || afterLostReply === 'reads' ? 'not-applied' : 'unknown'
    throw errorOfFailure(
      new TransportFailure(failure.message, { reason, reach: 'body', cause: failure }),
      attempt,
      outcome,
    )
  }

  /** Goes on to the next namenode, and pauses when all were asked; false when `failoverWaitMs` are over, or nobody else could be asked. */
  async #mayLookOn(tried: number, course: Course, attempt: Attempt): Promise<boolean> {
    const { namenodes, failoverWaitMs, failoverPauseMs } = this.#options
    if (this.#active === tried) this.#active = (tried + 1) % namenodes.length
    // A single namenode that was never reached is not waited for: layers do that.
    if (namenodes.length === 1 && course.sent === 0) return false
    course.giveUpMs ??= performance.now() + failoverWaitMs
    course.asked += 1
    // The first time at once: a connection may have been closed just when the call was sent.
    if (course.asked % namenodes.length !== 0 || (course.asked === 1 && course.sent === 1)) return true
    if (performance.now() + course.pauseMs > course.giveUpMs) return false
    await this.#pauses.pause(course.pauseMs, attempt, course.sent === 0 ? 'not-applied' : 'unknown')
    course.pauseMs = Math.min(course.pauseMs * 2, failoverPauseMs * 10)
    return true
  }
}

/** What the table says, but for what servers say about authentication before they look at any call. */
function judge(exception: RemoteException): Verdict {
  if (/authentication is not enabled/i.test(exception.message)) {
    return { code: 'AUTHENTICATION', retry: 'never', settles: 'create' }
  }
  if (/VersionMismatch|RpcNoSuch(Method|Protocol)Exception$/.test(exception.exception)) {
    return { code: 'PROTOCOL', retry: 'never', settles: 'create' }
  }
  return verdictOn(exception)
}

function malformed(error: MalformedMessage): TransportFailure {
  const message = `not an answer of the namenode: ${error.message}`
  return new TransportFailure(message, { reason: 'garbage', reach: 'body', cause: error })
}
