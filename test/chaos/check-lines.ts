// Counts what a pipeline wrote, knowing nothing of log or protocol: every record of the topic once, where it belongs, in the order of its
// partition, and one file a task and key.
import { taskOf } from '../../src/source/kafka/task-assignment.js'
import type { ReadFile } from '../writer/count-records.js'
import type { PartitionTruth } from './fed-topic.js'

const COMPLAINTS_MAX = 20

/** What is expected. */
export interface ExpectedLines {
  readonly topic: string
  readonly taskCount: number
  /** Values by partition and offset; what lies below 0…`from` of a partition is not expected. */
  readonly truth: readonly PartitionTruth[]
}

/** Complaints, of which there should be none. Files are `key=<key>/part-<task>-…`. */
export function complaintsAboutLines(files: readonly ReadFile[], { topic, taskCount, truth }: ExpectedLines): string[] {
  const complaints: string[] = []
  const counts = truth.map((values) => new Uint8Array(values.length))
  const owners = new Map<string, string>()
  for (const { path, bytes } of files) {
    const [, key, task] = /^key=([^/]+)\/part-(\d+)-[^/]+\.txt$/.exec(path) ?? []
    if (key === undefined) {
      complaints.push(`${path}: is no data file`)
      continue
    }
    const owner = `${key} of task ${Number(task)}`
    if (owners.has(owner)) complaints.push(`${path}: is a second file for ${owner}, beside ${owners.get(owner)}`)
    owners.set(owner, path)
    const last = new Map<number, number>()
    const text = bytes.toString('utf8')
    if (text.length > 0 && !text.endsWith('\n')) complaints.push(`${path}: its last line has no end`)
    for (const line of text.split('\n').slice(0, -1)) {
      const [, id, value] = /^([^\t]+)\t(.*)$/.exec(line) ?? []
      const [partition, offset] = (id ?? '').split('-').map(Number)
      if (value === undefined || truth[partition!]?.[offset!] !== value) {
        complaints.push(`${path}: foreign bytes: ${JSON.stringify(line.slice(0, 80))}`)
      } else {
        counts[partition!]![offset!]! += 1
        if (JSON.parse(value).key !== key) complaints.push(`${path}: ${id} belongs to another key`)
        if (taskOf(topic, partition!, taskCount) !== Number(task)) complaints.push(`${path}: ${id} is another task's`)
        if (offset! <= (last.get(partition!) ?? -1)) complaints.push(`${path}: ${id} is out of order`)
        last.set(partition!, offset!)
      }
      if (complaints.length >= COMPLAINTS_MAX) return complaints
    }
  }
  for (const [partition, count] of counts.entries()) {
    for (const [offset, times] of count.entries()) {
      if (times !== 1) complaints.push(`${partition}-${offset} is there ${times} times`)
      if (complaints.length >= COMPLAINTS_MAX) return complaints
    }
  }
  return complaints
}
