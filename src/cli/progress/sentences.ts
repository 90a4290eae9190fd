// The words in which progress is told to people.
import type { PipelineCommit, PipelineResult, PipelineStatus } from '../../pipeline/pipeline-options.js'
import { bytesText, counted } from '../table.js'
import type { Rates } from './rates.js'

/** `1.23M`: three digits that count. */
export function countText(count: number): string {
  if (count < 1000) return String(Math.round(count))
  const units = ['k', 'M', 'G', 'T']
  let amount = count
  let unit = -1
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000
    unit++
  }
  return `${amount >= 99.95 ? Math.round(amount) : amount.toPrecision(3)}${units[unit]}`
}

/** `850 ms`, `12 s`, `3 min 05 s`, `2 h 07 min`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const two = (number: number): string => String(number).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

/** How a run is going, most important first; the parts are to be joined. */
export function statusParts(status: PipelineStatus, rates: Rates, nowMs: number): string[] {
  const { state, records, source, sink, badRecords, lastCommit, away } = status
  if (state === 'away' && away !== undefined) {
    const pauseMs = Math.max(0, away.nextTryMs - nowMs)
    return [`away for ${durationText(nowMs - away.sinceMs)}`, `try ${away.tries + 1} in ${durationText(pauseMs)}`]
  }
  const parts: string[] = state === 'running' ? [] : [state === 'new' ? 'opening' : state]
  parts.push(`${countText(records)} ${records === 1 ? 'record' : 'records'}`, `${countText(rates.recordsPerSecond)}/s`)
  parts.push(`${bytesText(rates.bytesPerSecond)}/s`)
  if (source.doneFraction !== undefined) parts.push(`${Math.floor(source.doneFraction * 100)}%`)
  else if (source.lagRecords !== undefined) parts.push(`lag ${countText(source.lagRecords)}`)
  else if (source.lagBytes !== undefined) parts.push(`lag ${bytesText(source.lagBytes)}`)
  if (rates.leftMs !== undefined && state === 'running') parts.push(`${durationText(rates.leftMs)} left`)
  if (sink.openFiles !== undefined) parts.push(`${sink.openFiles} open files`)
  if (badRecords > 0) parts.push(`${countText(badRecords)} bad`)
  if (lastCommit !== undefined) parts.push(`commit ${durationText(Math.max(0, nowMs - lastCommit.timeMs))} ago`)
  return parts
}

/** One commit. */
export function commitSentence({ records, bytes, durationMs }: PipelineCommit): string {
  return `committed ${counted(records, 'record')}, ${bytesText(bytes)}, in ${durationText(durationMs)}`
}

/** How it ended. */
export function endSentence({ outcome, status }: PipelineResult): string {
  const { committedRecords, committedBytes, commits, badRecords, sink } = status
  const bad = badRecords === 0 ? '' : `; ${badRecords} of them bad, kept aside`
  const skipped = sink.skippedRecords ? `; ${sink.skippedRecords} were there already` : ''
  const late = sink.lateRecords ? `; ${sink.lateRecords} came late` : ''
  const done = `${counted(committedRecords, 'record')}, ${bytesText(committedBytes)}, in ${counted(commits, 'commit')}${bad}${skipped}${late}`
  switch (outcome) {
    case 'ended':
      return `done: ${done}`
    case 'stopped':
      return `stopped: ${done}; the next run goes on from there`
    case 'discarded':
      return `stopped while something was away: ${done}; what was not committed will be read again`
    case 'abandoned':
      return `stopped at once: ${done}; what was not committed will be read again`
  }
}

/** A warning or an error of the parts below, with what caused it. */
export function loggedSentence(level: 'warning' | 'error', fields: object, message: string): string {
  const { err, path } = fields as { readonly err?: unknown; readonly path?: unknown }
  const where = typeof path === 'string' ? ` (${path})` : ''
  const cause = err === undefined ? '' : `: ${err instanceof Error ? err.message : String(err)}`
  return `${level}: ${message}${where}${cause}`
}
