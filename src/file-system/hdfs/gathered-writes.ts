// What is written to a socket within one turn of the event loop goes out in one system call, for each costs more than what is in it.
import type { Socket } from 'node:net'

/** So much does not wait for the end of the turn: while the server has it, the next bytes are prepared. */
const GATHERED_BYTES_MAX = 256 * 1024

/** See the head of the file. Whoever destroys the socket takes back what was written in the same turn. */
export class GatheredWrites {
  readonly #socket: Socket
  #bytes = 0
  #isGathering = false

  constructor(socket: Socket) {
    this.#socket = socket
  }

  write(bytes: Uint8Array): void {
    if (!this.#isGathering) {
      this.#isGathering = true
      this.#socket.cork()
      process.nextTick(() => this.#send())
    }
    this.#socket.write(bytes)
    this.#bytes += bytes.byteLength
    if (this.#bytes >= GATHERED_BYTES_MAX) this.#send()
  }

  #send(): void {
    if (!this.#isGathering) return
    this.#isGathering = false
    this.#bytes = 0
    this.#socket.uncork()
  }
}
