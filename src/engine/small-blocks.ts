// Says once that a job of mode `concat` makes small blocks, and what to do about it.
import type { CommitRecord } from '../protocol/log-record.js'
import type { TaskState } from '../protocol/task-state.js'
import type { TaskContext } from './task-context.js'

/** A namenode holds each block in memory (about 150 bytes with its replicas), and readers open each: below this size that is what they are busy with. */
const BLOCK_BYTES_MIN = 2 ** 20

/** Looks at each commit, and warns of the first one whose blocks are small. */
export class SmallBlocks {
  #isSaid = false

  /** `before`: the state that the record was put on. */
  look({ logger, task }: Pick<TaskContext, 'logger' | 'task'>, record: CommitRecord, before: TaskState): void {
    if (this.#isSaid) return
    const { blocks, bytes } = madeBy(record, before)
    if (blocks === 0 || bytes / blocks >= BLOCK_BYTES_MIN) return
    this.#isSaid = true
    logger.warn(
      { task, blocks, bytes },
      `this commit made ${blocks} blocks of about ${Math.ceil(bytes / blocks / 1_024)} KiB: in mode 'concat' each file gains a block a commit. Commit less often (commit.intervalMs), to fewer keys, or take mode 'append', which fills blocks up`,
    )
  }
}

function madeBy(record: CommitRecord, before: TaskState): { readonly blocks: number; readonly bytes: number } {
  const known = new Map([...before.openFiles.values()].map(({ serial, blockCount }) => [serial, blockCount]))
  let [blocks, bytes] = [0, 0]
  for (const { serial, baseLength, length, blockCount = 0 } of record.files) {
    if (length === baseLength || blockCount === 0) continue
    blocks += blockCount - (known.get(serial) ?? 0)
    bytes += length - baseLength
  }
  return { blocks, bytes }
}
