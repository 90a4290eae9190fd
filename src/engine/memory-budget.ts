// How many bytes wait in memory, against one number for all writers.

/** Counts held bytes. Tasks may share one. */
export class MemoryBudget {
  readonly bytesMax: number
  #heldBytes = 0

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }

  /** Bytes that wait. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** True when nothing more should come in. A single record larger than the budget gets in when nothing else is held. */
  get isExceeded(): boolean {
    return this.#heldBytes > this.bytesMax
  }

  /** Counts bytes in (or out, when negative). */
  add(bytes: number): void {
    this.#heldBytes += bytes
  }
}
