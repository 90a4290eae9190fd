// The text of an attempt's files that is not encoded yet. Strings have to die young: those of 100,000 files, each waiting for
// more of its own file, would grow old together, and then take memory beside the bytes that they became.

/** Of all files of an attempt together: little beside V8's young generation (16 MiB), and a thousand busy files have full pieces within it. */
export const WAITING_CHARACTERS_MAX: number = 1024 * 1024

/** What text waits in. */
export interface WaitingBuffer {
  /** Encodes what waits. Called once for each time that the buffer was listed. */
  encodeWaiting(): void
}

/** Counts the characters that wait, and has all of them encoded when they are many. */
export class WaitingText {
  #buffers: WaitingBuffer[] = []
  #characters = 0

  /** Characters that wait. */
  get characters(): number {
    return this.#characters
  }

  /** Lists a buffer in which text begins to wait and that is not listed. */
  list(buffer: WaitingBuffer): void {
    this.#buffers.push(buffer)
  }

  /** So many more characters wait, or fewer, when negative. */
  add(characters: number): void {
    this.#characters += characters
    if (this.#characters > WAITING_CHARACTERS_MAX) this.#encodeAll()
  }

  #encodeAll(): void {
    const buffers = this.#buffers
    this.#buffers = []
    for (const buffer of buffers) buffer.encodeWaiting()
  }
}
