// Partitions within partitions: the directories of several partitioners, one inside the other.
import { MultiOutputError } from '../model/multi-output-error.js'
import type { Partitioner } from './partitioner.js'

/**
 * The directories of the partitioners, one inside the other: `combine(byFields(['country']), byFunction(…))`. Throws `WRONG_OPTIONS` where there is none; the
 * partitioner throws what they throw, and `BAD_RECORD` where one answers no directory.
 */
export function combine<R>(...partitioners: readonly Partitioner<R>[]): Partitioner<R> {
  const wrong = partitioners.findIndex((partitioner) => typeof partitioner !== 'function')
  if (partitioners.length === 0 || wrong !== -1) {
    const what = partitioners.length === 0 ? 'name at least one partitioner' : `argument ${wrong + 1} is no partitioner`
    throw new MultiOutputError('WRONG_OPTIONS', `combine: ${what}`)
  }
  return (record, context) => {
    let directory = ''
    for (let i = 0; i < partitioners.length; i++) {
      const own = partitioners[i]!(record, context)
      if (typeof own !== 'string' || own === '') {
        throw new MultiOutputError('BAD_RECORD', `partitioner ${i + 1} of ${partitioners.length} returned no directory`)
      }
      directory = i === 0 ? own : `${directory}/${own}`
    }
    return directory
  }
}
