// How a run's data files are named, as the checker reads it: by the default template or by one of their own. And files of others that lie beside them.
import type { Workload } from './workload.js'

/** By which some runs name their data files: with the numbers in another order than the default names have, and other characters between them. */
export const FILE_NAME = 'crash_{serial}_t{task}.{epoch}-{counter}.{extension}'

/** Files of this epoch are nobody's in the run, which never comes so far: who takes one for a generation of its own has been fenced, or so it thinks. */
const FOREIGN_EPOCH = 777_777
const FOREIGN_SERIALS_MAX = 4

const BY_DEFAULT = /(?:^|\/)(\.?)part-(\d+)-(\d+)-(\d+)\.\d+\.txt$/
const BY_TEMPLATE = /(?:^|\/)(\.?)crash_(\d+)_t(\d+)\.(\d+)-\d+\.txt$/

/** What the path of a data file tells. */
export interface NamedFile {
  readonly task: number
  readonly serial: number
  readonly isHidden: boolean
}

/** Reads the path of a data file; `undefined` for any other. */
export function namedFile(path: string): NamedFile | undefined {
  const byDefault = BY_DEFAULT.exec(path)
  const [dot, task, serial, epoch] = byDefault?.slice(1) ?? inDefaultOrder(BY_TEMPLATE.exec(path) ?? [])
  if (serial === undefined || Number(epoch) === FOREIGN_EPOCH) return undefined
  return { task: Number(task), serial: Number(serial), isHidden: dot === '.' }
}

function inDefaultOrder([, dot, serial, task, epoch]: readonly string[]): (string | undefined)[] {
  return [dot, task, serial, epoch]
}

/**
 * What lies beside the data files of a run with a template, by path: names that have the numbers of its files, and are another job's, nobody's, or a copy's. Where
 * directories are windows there is none: nobody knows them beforehand.
 */
export function foreignFiles({ fileName, keys, windows }: Workload): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  if (fileName === undefined || windows !== undefined) return files
  for (let key = 0; key < keys; key++) {
    for (let serial = 0; serial < FOREIGN_SERIALS_MAX; serial++) {
      const names = [
        `part-00000-0000000${serial}-${FOREIGN_EPOCH}.000001.txt`,
        `crash_${serial}_t0.${FOREIGN_EPOCH}-1.txt`,
        `crash_0000000${serial}_t00000.${FOREIGN_EPOCH}-000001.txt.bak`,
      ]
      for (const name of names) files.set(`key=${key}/${name}`, Buffer.from(`${name} is not of this run\n`))
    }
  }
  return files
}
