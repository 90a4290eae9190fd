// Progress as one line of a terminal that changes, and above it what is worth keeping.
import type { Logger } from '../../engine/logger.js'
import type { PipelineEvents, PipelineResult, PipelineStatus } from '../../pipeline/pipeline-options.js'
import { narratingEvents, narratingLogger } from './narrator.js'
import type { Progress, ProgressStreams } from './progress.js'
import { RateMeter } from './rates.js'
import { endSentence, statusParts } from './sentences.js'

const INTERVAL_MS = 500
const COLUMNS_MAX = 80
const TO_LINE_START_AND_CLEAR = '\r\u001b[K'

/** One line, at most 80 columns, less where the terminal is narrower. */
export class TerminalProgress implements Progress {
  readonly events: PipelineEvents
  readonly logger: Logger
  readonly #stream: ProgressStreams['stderr']
  readonly #nowMs: () => number
  #timer: NodeJS.Timeout | undefined
  #shown = ''

  constructor(stream: ProgressStreams['stderr'], nowMs: () => number = Date.now) {
    this.#stream = stream
    this.#nowMs = nowMs
    const say = (sentence: string): void => this.say(sentence)
    this.events = narratingEvents(say, { commits: 'none' })
    this.logger = narratingLogger(say)
  }

  start(status: () => PipelineStatus): void {
    const meter = new RateMeter()
    const look = (): void => {
      const nowMs = this.#nowMs()
      const now = status()
      this.#show(fittingLine(statusParts(now, meter.measure(now, nowMs), nowMs), this.#stream.columns))
    }
    look()
    this.#timer = setInterval(look, INTERVAL_MS)
    this.#timer.unref()
  }

  say(sentence: string): void {
    this.#stream.write(`${TO_LINE_START_AND_CLEAR}${sentence}\n${this.#shown}`)
  }

  end(result: PipelineResult | undefined): void {
    clearInterval(this.#timer)
    this.#shown = ''
    this.#stream.write(TO_LINE_START_AND_CLEAR)
    if (result !== undefined) this.say(endSentence(result))
  }

  #show(line: string): void {
    if (line === this.#shown) return
    this.#shown = line
    this.#stream.write(`${TO_LINE_START_AND_CLEAR}${line}`)
  }
}

/** As many parts as there is room for: in a terminal's last column a line would wrap. */
export function fittingLine(parts: readonly string[], columns: number = COLUMNS_MAX): string {
  const roomColumns = Math.min(columns, COLUMNS_MAX) - (columns <= COLUMNS_MAX ? 1 : 0)
  let line = ''
  for (const part of parts) {
    const longer = line === '' ? part : `${line}  ${part}`
    if (longer.length > roomColumns) break
    line = longer
  }
  return line
}
