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
  /** When: a busy process comes to its timers late. */
  #atMs: number[] = []
  #heapBytes: number[] = []
  #watchesHeap = false
  readonly #timer = setInterval(() => this.#sample(), SAMPLE_MS)

  /** The first call counts. */
  begin(): void {
    if (this.#startedMs !== 0) return
    this.#startedMs = Date.now()
    this.#cpu = process.cpuUsage()
    this.#bytes = []
    this.#atMs = []
    this.#heapBytes = []
    this.#sample()
  }

  /** The heap as well, which takes longer to ask for. */
  watchHeap(): void {
    this.#watchesHeap = true
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
      memoryAtMs: this.#atMs.filter((_, index) => index % step === 0),
      ...more,
    }
    const heap = this.#watchesHeap ? { heapBytes: this.#heapBytes.filter((_, index) => index % step === 0) } : {}
    writeSync(1, JSON.stringify({ ...reading, ...heap }))
    process.exit(0)
  }

  #sample(): void {
    this.#bytes.push(process.memoryUsage.rss())
    this.#atMs.push(Date.now() - this.#startedMs)
    if (this.#watchesHeap) this.#heapBytes.push(process.memoryUsage().heapUsed)
  }
}

/** The task that this process was started with. */
export function taskOfProcess<Task>(): Task {
  return JSON.parse(process.argv[2]!) as Task
}
