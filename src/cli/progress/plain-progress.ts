// Progress as lines with their time, for logs.
import type { Logger } from '../../engine/logger.js'
import type { PipelineEvents, PipelineResult, PipelineStatus } from '../../pipeline/pipeline-options.js'
import { narratingEvents, narratingLogger } from './narrator.js'
import type { Progress } from './progress.js'
import { RateMeter } from './rates.js'
import { endSentence, statusParts } from './sentences.js'

const INTERVAL_MS = 10_000
/** Speed is looked at more often than it is told. */
const LOOK_MS = 1_000

/** A line every ten seconds, and one for each commit and whatever else happens. */
export class PlainProgress implements Progress {
  readonly events: PipelineEvents
  readonly logger: Logger
  readonly #stream: NodeJS.WritableStream
  readonly #nowMs: () => number
  #timer: NodeJS.Timeout | undefined

  constructor(stream: NodeJS.WritableStream, nowMs: () => number = Date.now) {
    this.#stream = stream
    this.#nowMs = nowMs
    const say = (sentence: string): void => this.say(sentence)
    this.events = narratingEvents(say, { commits: 'each' })
    this.logger = narratingLogger(say)
  }

  start(status: () => PipelineStatus): void {
    const meter = new RateMeter()
    let toldMs = this.#nowMs()
    meter.measure(status(), toldMs)
    this.#timer = setInterval(() => {
      const nowMs = this.#nowMs()
      const now = status()
      const rates = meter.measure(now, nowMs)
      if (nowMs - toldMs < INTERVAL_MS) return
      toldMs = nowMs
      this.say(statusParts(now, rates, nowMs).join(', '))
    }, LOOK_MS)
    this.#timer.unref()
  }

  say(sentence: string): void {
    this.#stream.write(`${new Date(this.#nowMs()).toISOString().slice(0, 19)}Z ${sentence}\n`)
  }

  end(result: PipelineResult | undefined): void {
    clearInterval(this.#timer)
    if (result !== undefined) this.say(endSentence(result))
  }
}
