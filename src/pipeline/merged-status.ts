// One status of several pipelines: what a process does in all.
import type { PipelineState, PipelineStatus } from './pipeline-options.js'

/** The status of nothing. */
export const emptyStatus: PipelineStatus = {
  state: 'new',
  records: 0,
  bytes: 0,
  badRecords: 0,
  committedRecords: 0,
  committedBytes: 0,
  commits: 0,
  source: {},
  sink: {},
}

/** The first of these that one is in is the state of all. */
const states: readonly PipelineState[] = ['away', 'running', 'opening', 'stopping', 'new', 'ended']

/** Counters are added up; the last commit is the latest, `away` the longest. Of those that have ended only counters count. */
export function mergedStatus(statuses: readonly PipelineStatus[]): PipelineStatus {
  const live = statuses.filter(({ state }) => state !== 'ended')
  const sum = (of: (one: PipelineStatus) => number): number => statuses.reduce((total, one) => total + of(one), 0)
  const known = (of: (one: PipelineStatus) => number | undefined, among = live): number | undefined => {
    const values = among.map(of).filter((value) => value !== undefined)
    return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0)
  }
  const lastCommit = statuses
    .flatMap((one) => one.lastCommit ?? [])
    .reduce<PipelineStatus['lastCommit']>((a, b) => (a === undefined || b.timeMs > a.timeMs ? b : a), undefined)
  const away = live
    .flatMap((one) => one.away ?? [])
    .reduce<PipelineStatus['away']>((a, b) => (a === undefined || b.sinceMs < a.sinceMs ? b : a), undefined)
  const watermarks = live.flatMap(({ sink }) => sink.watermarkMs ?? [])
  const fractions = statuses.flatMap(({ source }) => source.doneFraction ?? [])
  return {
    state: states.find((state) => statuses.some((one) => one.state === state)) ?? 'new',
    records: sum((one) => one.records),
    bytes: sum((one) => one.bytes),
    badRecords: sum((one) => one.badRecords),
    committedRecords: sum((one) => one.committedRecords),
    committedBytes: sum((one) => one.committedBytes),
    commits: sum((one) => one.commits),
    ...optional('lastCommit', lastCommit),
    ...optional('away', away),
    source: {
      ...optional(
        'lagRecords',
        known((one) => one.source.lagRecords),
      ),
      ...optional(
        'lagBytes',
        known((one) => one.source.lagBytes),
      ),
      ...optional(
        'doneFraction',
        fractions.length === 0 ? undefined : fractions.reduce((a, b) => a + b, 0) / fractions.length,
      ),
    },
    sink: {
      ...optional(
        'openFiles',
        known((one) => one.sink.openFiles),
      ),
      ...optional(
        'skippedRecords',
        known((one) => one.sink.skippedRecords, [...statuses]),
      ),
      ...optional(
        'lateRecords',
        known((one) => one.sink.lateRecords, [...statuses]),
      ),
      ...optional('watermarkMs', watermarks.length === 0 ? undefined : Math.min(...watermarks)),
    },
  }
}

function optional<Name extends string, T>(name: Name, value: T | undefined): { readonly [K in Name]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [K in Name]?: T }
}
