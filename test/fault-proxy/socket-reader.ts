// Reads a socket piece by piece, on demand: nothing is read ahead of what the proxy forwards, so that a slow or frozen
// side presses back on the other one as it would without the proxy.
import type { Socket } from 'node:net'

export class SocketReader {
  readonly #socket: Socket
  #buffer: Buffer = Buffer.alloc(0)
  #ended = false
  #waiting: (() => void)[] = []

  constructor(socket: Socket) {
    this.#socket = socket
    const end = (): void => {
      this.#ended = true
      this.#wake()
    }
    socket.on('readable', () => this.#wake())
    socket.on('end', end)
    socket.on('close', end)
    // A reset is an end like any other here; 'close' follows it.
    socket.on('error', end)
  }

  /** Resolves when there are bytes to read (`true`) or there will never be any more (`false`). Consumes nothing. */
  async peek(): Promise<boolean> {
    return this.#buffer.length > 0 || (await this.#more())
  }

  /** The next bytes, at most `bytesMax`; null at the end of the stream. */
  async some(bytesMax: number): Promise<Buffer | null> {
    if (!(await this.peek())) return null
    const piece = this.#buffer.subarray(0, bytesMax)
    this.#buffer = this.#buffer.subarray(piece.length)
    return piece
  }

  /** Everything up to and including `delimiter`; null if the stream ends before it. Throws beyond `bytesMax`. */
  async through(delimiter: string, bytesMax: number): Promise<Buffer | null> {
    for (;;) {
      const at = this.#buffer.indexOf(delimiter)
      if (at >= 0) {
        const piece = this.#buffer.subarray(0, at + delimiter.length)
        this.#buffer = this.#buffer.subarray(piece.length)
        return piece
      }
      if (this.#buffer.length > bytesMax) throw new Error(`no ${JSON.stringify(delimiter)} within ${bytesMax} bytes`)
      if (!(await this.#more())) return null
    }
  }

  /** Waits for the buffer to grow; another reader of the same socket may be the one that fills it. */
  async #more(): Promise<boolean> {
    const bufferedBytes = this.#buffer.length
    for (;;) {
      if (this.#buffer.length > bufferedBytes) return true
      const chunk: Buffer | null = this.#socket.read()
      if (chunk !== null) {
        this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk])
        return true
      }
      if (this.#ended || this.#socket.destroyed) return false
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
      })
    }
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

/** Writes and waits until the bytes have left this process. `false` when the socket is gone. */
export async function writeTo(socket: Socket, bytes: Buffer): Promise<boolean> {
  if (!socket.writable) return false
  return new Promise((resolve) => {
    socket.write(bytes, (error) => resolve(error === undefined || error === null))
  })
}
