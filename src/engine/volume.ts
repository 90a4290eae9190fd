// How much of what came in was stored: without compression all of it.

/** Counts bytes before and behind the compression. */
export class Volume {
  #takenBytes = 0
  #storedBytes = 0

  /** Counts an upload. */
  add(takenBytes: number, storedBytes: number): void {
    this.#takenBytes += takenBytes
    this.#storedBytes += storedBytes
  }

  /** 1 before anything was counted, so that the first files are rather too small than too large. */
  get storedPerByte(): number {
    return this.#takenBytes === 0 ? 1 : this.#storedBytes / this.#takenBytes
  }
}
