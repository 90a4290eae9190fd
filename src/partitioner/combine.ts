// Partitions within partitions: the directories of several partitioners, one inside the other.
import { MultiOutputError } from '../model/multi-output-error.js'
import type { RecordContext } from '../model/record-id.js'
import type { Partitioner, WindowedPlace } from './partitioner.js'

/**
 * The directories of the partitioners, one inside the other: `combine(byEventTime({ … }), byFields(['country']))`. One of them, at any place, may
 * have windows of event time; they are the whole's. Throws `WRONG_OPTIONS` where there is none, or two have windows; the
 * partitioner throws what they throw, and `BAD_RECORD` where one answers no directory.
 */
export function combine<R>(...partitioners: readonly Partitioner<R>[]): Partitioner<R> {
  const wrong = partitioners.findIndex((partitioner) => typeof partitioner !== 'function')
  if (partitioners.length === 0 || wrong !== -1) {
    const what = partitioners.length === 0 ? 'name at least one partitioner' : `argument ${wrong + 1} is no partitioner`
    throw wrongOptions(what)
  }
  const withWindows = partitioners.filter(({ windowed }) => windowed !== undefined)
  if (withWindows.length > 1) throw wrongOptions('two of them have windows of event time; a record is in one')
  const inner = withWindows[0]
  const directoryOf = (record: R, context: RecordContext, place: WindowedPlace | undefined): string => {
    let directory = ''
    for (let i = 0; i < partitioners.length; i++) {
      const partitioner = partitioners[i]!
      const own = place !== undefined && partitioner === inner ? place.directory : partitioner(record, context)
      if (typeof own !== 'string' || own === '') {
        throw new MultiOutputError('BAD_RECORD', `partitioner ${i + 1} of ${partitioners.length} returned no directory`)
      }
      directory = i === 0 ? own : `${directory}/${own}`
    }
    return directory
  }
  const combined = (record: R, context: RecordContext): string => directoryOf(record, context, undefined)
  if (inner === undefined) return combined
  const windowed = (record: R, context: RecordContext): WindowedPlace => {
    const place = inner.windowed!(record, context)
    return { ...place, directory: directoryOf(record, context, place) }
  }
  return Object.assign(combined, { windowed })
}

function wrongOptions(complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `combine: ${complaint}`)
}
