// Reads from a datanode what a protocol expects next: so many bytes, or a message behind its length. While nobody reads, the socket waits.
import type { Socket } from 'node:net'
import { failureOf, TransportFailure } from '../../webhdfs-protocol/transport-failure.js'
import { ByteQueue } from '../byte-queue.js'

/** Answers to a request are some hundred bytes long. */
const MESSAGE_BYTES_MAX = 64 * 1024
/** What is kept of what nobody has asked for yet: a few packets. */
const AHEAD_BYTES_MAX = 256 * 1024

/** See the head of the file. Its promises reject with a {@link TransportFailure}. */
export class SocketReader {
  readonly #socket: Socket
  readonly #where: string
  readonly #silenceMsMax: number
  readonly #queue = new ByteQueue()
  #failure: TransportFailure | undefined
  /** Whoever waits for more. */
  #wake: () => void = () => {}

  /** `silenceMsMax`: the longest wait for a byte that somebody waits for. */
  constructor(socket: Socket, { where, silenceMsMax }: { readonly where: string; readonly silenceMsMax: number }) {
    this.#socket = socket
    this.#where = where
    this.#silenceMsMax = silenceMsMax
    socket.on('data', this.#onData)
    socket.on('error', this.#onError)
    socket.on('close', this.#onClose)
  }

  /** The next bytes, exactly so many. */
  async bytes(bytes: number): Promise<Uint8Array> {
    while (this.#queue.bytes < bytes) await this.#more()
    return this.#queue.take(bytes)
  }

  /** The next message. */
  async message(): Promise<Uint8Array> {
    for (;;) {
      const message = this.#takeMessage()
      if (message !== undefined) return message
      await this.#more()
    }
  }

  /** Lets go of the socket; returns what has arrived and was not read. Somebody else must listen for errors at once. */
  release(): Uint8Array {
    this.#socket.off('data', this.#onData)
    this.#socket.off('error', this.#onError)
    this.#socket.off('close', this.#onClose)
    return this.#queue.take(this.#queue.bytes)
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#queue.push(chunk)
    if (this.#queue.bytes > AHEAD_BYTES_MAX) this.#socket.pause()
    this.#wake()
  }

  readonly #onError = (error: Error): void => {
    this.#failure ??= failureOf(error, this.#where, 'body')
    this.#wake()
  }

  readonly #onClose = (): void => {
    this.#failure ??= this.#failed('reset', 'it closed the connection')
    this.#wake()
  }

  #takeMessage(): Uint8Array | undefined {
    try {
      return this.#queue.takeDelimited(MESSAGE_BYTES_MAX)
    } catch (error) {
      throw this.#failed('garbage', `not an answer of the data port: ${(error as Error).message}`)
    }
  }

  #more(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    this.#socket.resume()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#failure ??= this.#failed('timeout', `not a byte in ${this.#silenceMsMax} ms (progressTimeoutMs)`)
        this.#wake()
      }, this.#silenceMsMax)
      this.#wake = () => {
        this.#wake = () => {}
        clearTimeout(timer)
        if (this.#failure === undefined) resolve()
        else reject(this.#failure)
      }
    })
  }

  #failed(reason: TransportFailure['reason'], says: string): TransportFailure {
    return new TransportFailure(`${this.#where}: ${says}`, { reason, reach: 'body' })
  }
}
