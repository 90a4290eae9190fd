// How far the bench is and how much time is left: a line that rewrites itself on a terminal, a line a step elsewhere.

const BAR_CHARACTERS = 24

/** Steps weigh the same; the time left is what the steps so far took on average. */
export class Progress {
  #done = 0
  #planned = 0
  readonly #startedMs = performance.now()

  plan(steps: number): void {
    this.#planned += steps
  }

  /** Says what is done now. */
  step(what: string): void {
    const share = this.#planned === 0 ? 0 : Math.min(1, this.#done / this.#planned)
    const spentMs = performance.now() - this.#startedMs
    const left = this.#done === 0 ? '' : `, ${duration((spentMs / this.#done) * (this.#planned - this.#done))} left`
    const count = `${this.#done + 1}/${Math.max(this.#planned, this.#done + 1)}`
    if (process.stderr.isTTY) {
      const bar = '#'.repeat(Math.round(share * BAR_CHARACTERS)).padEnd(BAR_CHARACTERS, '.')
      process.stderr.write(`\r\x1b[K[${bar}] ${count}${left}  ${what}`)
    } else {
      process.stderr.write(`  ${count}${left}: ${what}\n`)
    }
    this.#done += 1
  }

  /** Clears the line, so that something can be printed. */
  clear(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
