// Reads data files as anybody would, as lines, and counts: every record of the numbered source once, in order, and
// nothing else. It knows neither the log nor the protocol; what is compressed it unpacks as any tool would.
import { gunzipSync } from 'node:zlib'
import { lineAt, PARTITIONS, recordAt } from './numbered-source.js'

/** A data file: its path below the location, and its bytes. */
export interface ReadFile {
  readonly path: string
  readonly bytes: Buffer
}

/** Complaints about the files, of which there should be none. `until` by partition: how far the writers were told that everything is there. */
export function complaintsAbout(files: readonly ReadFile[], until: readonly bigint[]): string[] {
  const complaints: string[] = []
  const counts = until.map((end) => new Uint8Array(Number(end)))
  for (const { path, bytes: stored } of files) {
    const bytes = unpacked(path, stored)
    if (typeof bytes === 'string') {
      complaints.push(`${path}: ${bytes}`)
      continue
    }
    const last = new Array<bigint>(PARTITIONS).fill(-1n)
    const directories = new Set<string>()
    if (bytes.length === 0) complaints.push(`${path}: is empty`)
    if (bytes.length > 0 && bytes.at(-1) !== 0x0a) complaints.push(`${path}: its last line has no end`)
    for (const [number, line] of bytes.toString('utf8').split('\n').slice(0, -1).entries()) {
      const at = `${path} line ${number + 1}`
      const place = /^([0-9]+)-([0-9]+)\t/.exec(line)
      const partition = Number(place?.[1])
      const offset = BigInt(place?.[2] ?? -1)
      const end = until[partition]
      if (end === undefined || line !== lineAt(partition, offset)) {
        complaints.push(`${at}: foreign bytes: ${JSON.stringify(line.slice(0, 80))}`)
        continue
      }
      if (offset >= end) complaints.push(`${at}: ${partition}-${offset} was never committed`)
      else counts[partition]![Number(offset)]! += 1
      if (offset <= last[partition]!)
        complaints.push(`${at}: ${partition}-${offset} after ${partition}-${last[partition]}`)
      last[partition] = offset
      directories.add(recordAt(partition, offset).key)
    }
    if (directories.size > 1) complaints.push(`${path}: holds records of ${[...directories].join(' and ')}`)
  }
  for (const [partition, count] of counts.entries()) {
    for (const [offset, times] of count.entries()) {
      if (times !== 1) complaints.push(`${partition}-${offset} is there ${times} times`)
    }
  }
  return complaints.slice(0, 20)
}

/** The lines as bytes; or why they cannot be had. */
function unpacked(path: string, stored: Buffer): Buffer | string {
  if (!path.endsWith('.gz')) return stored
  try {
    return gunzipSync(stored)
  } catch (error) {
    return `does not unpack: ${(error as Error).message}`
  }
}
