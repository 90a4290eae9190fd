// What a child process takes while it works: time of the processor, resident memory over time.
import { writeSync } from 'node:fs'
import type { PipeReading } from './peer.js'

const SAMPLE_MS = 50
const CURVE_POINTS_MAX = 120

/** Begin it at the first fetch; `tell` prints the reading as JSON and ends the process. */
export class Samples {
  #startedMs = 0
  #cpu = process.cpuUsage()
  #bytes: number[] = []
  readonly #timer = setInterval(() => this.#bytes.push(process.memoryUsage.rss()), SAMPLE_MS)

  /** The first call counts. */
  begin(): void {
    if (this.#startedMs !== 0) return
    this.#startedMs = Date.now()
    this.#cpu = process.cpuUsage()
    this.#bytes = [process.memoryUsage.rss()]
  }

  tell(records: number, more: Partial<PipeReading> = {}): never {
    clearInterval(this.#timer)
    const endedMs = more.endedMs ?? Date.now()
    const { user, system } = process.cpuUsage(this.#cpu)
    const step = Math.ceil(this.#bytes.length / CURVE_POINTS_MAX)
    const reading: PipeReading = {
      records,
      ms: endedMs - this.#startedMs,
      startedMs: this.#startedMs,
      endedMs,
      cpuMs: Math.round((user + system) / 1000),
      peakBytes: this.#bytes.reduce((most, each) => Math.max(most, each), 0),
      memoryBytes: this.#bytes.filter((_, index) => index % step === 0),
      memoryEveryMs: SAMPLE_MS * step,
      ...more,
    }
    writeSync(1, JSON.stringify(reading))
    process.exit(0)
  }
}

/** The task that this process was started with. */
export function taskOfProcess<Task>(): Task {
  return JSON.parse(process.argv[2]!) as Task
}
