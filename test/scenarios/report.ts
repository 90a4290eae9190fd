// What happened, in words: each change that a writer asked for, its plans, and at the end the log and the files.
import { isMultiOutputError } from '../../src/model/multi-output-error.js'
import { explainRecord } from '../../src/protocol/explain.js'
import { parseRecordName } from '../../src/protocol/layout.js'
import { decodeRecord } from '../../src/protocol/record-codec.js'
import type { Simulation } from '../../src/testing/simulation/simulation.js'
import type { TraceEntry } from '../../src/testing/simulation/trace.js'

const RANDOM_ID = /\b([0-9a-f]{4})[0-9a-f]{28}\b/g
/** What every run of the report would say again and again. */
const KEPT = /_multi_output\/(?:task-00000\/)?/g
const CREATED = /^CREATE/

/** A line for a change of the file system, and for what a client was not told; undefined for what only looks, or needs no words. */
export function describeEvent({ process, event, request, path, detail, outcome }: TraceEntry): string | undefined {
  const isLost = typeof outcome === 'string' && /for the client|crashes|refused/.test(outcome)
  if (request === '') return undefined
  if (isLost) return short(`${process} ${request} ${path}${where(detail)}: ${outcome}`)
  if (!isChange(request, event)) return undefined
  const late = event.startsWith('*') ? ', late' : ''
  const result =
    outcome instanceof Error ? `: ${String((outcome as { exception?: unknown }).exception)}` : amount(path, outcome)
  return short(`${process} ${request} ${path}${where(detail)}${late}${result}`)
}

/** Of an upload one line tells enough: its end. */
function isChange(request: string, event: string): boolean {
  if (/^(?:LIST|OPEN|GET|APPEND to)/.test(request)) return false
  const stage = event.replace('*', '')
  return CREATED.test(request) || request === 'APPEND' ? stage === 'bytes' || stage === 'drop' : stage === 'arrive'
}

/** How long a record is says nothing here, and changes with every field that it gains. */
function amount(path: string, outcome: unknown): string {
  if (outcome === false) return ': begun'
  if (
    typeof outcome !== 'string' ||
    outcome === 'done' ||
    path.includes('/record-') ||
    path.startsWith('_multi_output/tmp/')
  )
    return ''
  return `: ${outcome}`
}

function where(detail: string | undefined): string {
  return detail === undefined ? '' : ` ${detail.replace(/ (?:NONE|OVERWRITE)$/, '')}`
}

function short(line: string): string {
  return line
    .replaceAll(RANDOM_ID, '$1…')
    .replaceAll(KEPT, '')
    .replace(/ \d+ steps later/, ' later')
}

/** The plan in what the engine logs. */
export function describePlan(fields: object): string[] {
  const { plan } = fields as { readonly plan?: readonly string[] }
  return plan === undefined ? [] : ['plan:', ...plan.map((step) => `  ${short(step)}`)]
}

/** An error by its code and message. */
export function describeError(error: unknown): string {
  if (isMultiOutputError(error)) return short(`${error.code}: ${error.message}`)
  return short(String(error))
}

/** The log, the files and their bytes, and what is left of temps. */
export function describeEnd(simulation: Simulation): string[] {
  const log: string[] = []
  const files: string[] = []
  const temps: string[] = []
  for (const [path, { bytes, isOpen }] of simulation.inspect()) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const sequence = path.includes('/log/') ? parseRecordName(name) : undefined
    if (sequence !== undefined) log.push(...explainRecord(sequence, decodeRecord(bytes, path)).map(short))
    else if (path.includes('/tmp/')) temps.push(short(path))
    else if (path.startsWith('_multi_output/')) files.push(short(path))
    else files.push(`${path}${isOpen ? ' (open)' : ''}: ${JSON.stringify(Buffer.from(bytes).toString())}`)
  }
  const end = ['', 'log', ...log.map((line) => `  ${line}`), 'files', ...files.map((line) => `  ${line}`)]
  return temps.length === 0 ? end : [...end, 'temps', ...temps.map((line) => `  ${line}`)]
}
