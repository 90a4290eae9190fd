// Which task a partition belongs to, and which member of a group gets which tasks. Pure: the group's leader computes it, tests print it.
import crc32c from 'crc-32/crc32c.js'

/** A member of the group, and the tasks that it says it has. */
export interface TaskHolder {
  readonly memberId: string
  readonly held: readonly number[]
}

/** The task of a partition: `(crc32c(topic as UTF-8) + partition) mod taskCount`. Fixed for ever: data files belong to tasks. */
export function taskOf(topic: string, partition: number, taskCount: number): number {
  return ((crc32c.buf(Buffer.from(topic)) >>> 0) + partition) % taskCount
}

/**
 * Gives each task to one member. Shares differ by one task at most; within that a member keeps what it holds, so that a member that comes
 * or goes moves as few tasks as can be. Two that say they hold the same one (one of them was cut off for a while) are treated alike: one gets it.
 */
export function assignTasks(
  members: readonly TaskHolder[],
  tasks: readonly number[],
): ReadonlyMap<string, readonly number[]> {
  const shares = new Map<string, number[]>()
  const left = new Set([...tasks].sort((a, b) => a - b))
  const least = Math.floor(tasks.length / members.length)
  let largerShares = tasks.length % members.length
  // Who holds most keeps most: then fewest move.
  const byHeld = [...members].sort((a, b) => b.held.length - a.held.length || compareText(a.memberId, b.memberId))
  for (const { memberId, held } of byHeld) {
    const share: number[] = []
    const most = least + (largerShares > 0 ? 1 : 0)
    for (const task of [...held].sort((a, b) => a - b)) {
      if (share.length < most && left.delete(task)) share.push(task)
    }
    if (share.length > least) largerShares -= 1
    shares.set(memberId, share)
  }
  const smallestFirst = [...shares.entries()].sort(([a], [b]) => compareText(a, b))
  for (const task of left) {
    const [, smallest] = smallestFirst.reduce((best, one) => (one[1].length < best[1].length ? one : best))
    smallest.push(task)
  }
  for (const share of shares.values()) share.sort((a, b) => a - b)
  return shares
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
