// What happened, step by step, to be read when a run went wrong.

/** One line of a trace. */
export interface TraceEntry {
  /** Number of the step in the run, from 1. */
  readonly step: number
  /** Since the simulation began. */
  readonly timeMs: number
  readonly process: string
  /** Where a request stood, what a fault policy decided, or what a process did. */
  readonly event: string
  /** `RENAME`, `CREATE`, …; empty where it is about no request. */
  readonly request: string
  readonly path: string
  readonly detail: string | undefined
  /** What came of it; rendered only when printed. */
  readonly outcome: unknown
}

const VALUE_CHARACTERS_MAX = 160
/** Random ids are told apart by their first digits. */
const RANDOM_ID = /\b([0-9a-f]{6})[0-9a-f]{26}\b/g

/** One entry as a line. */
export function formatTraceEntry({ step, timeMs, process, event, request, path, detail, outcome }: TraceEntry): string {
  const place = `${String(step).padStart(5)} ${`+${timeMs}ms`.padStart(9)} ${process.padEnd(8)}`
  const words = [event.padEnd(8), request, path, detail].filter((word) => word !== undefined && word !== '')
  const result = outcome === undefined ? '' : `  ⇒ ${formatOutcome(outcome)}`
  return `${place} ${words.join(' ')}${result}`.replaceAll(RANDOM_ID, '$1…')
}

function formatOutcome(outcome: unknown): string {
  if (typeof outcome === 'string') return outcome
  if (outcome instanceof Uint8Array)
    return abbreviate(`${outcome.byteLength} bytes ${JSON.stringify(Buffer.from(outcome).toString())}`)
  if (outcome instanceof Error) {
    const exception =
      'exception' in outcome ? String(outcome.exception) : 'code' in outcome ? String(outcome.code) : outcome.name
    return abbreviate(`${exception}: ${outcome.message}`)
  }
  return abbreviate(JSON.stringify(outcome) ?? String(outcome))
}

function abbreviate(text: string): string {
  return text.length > VALUE_CHARACTERS_MAX ? `${text.slice(0, VALUE_CHARACTERS_MAX)}…` : text
}
