// What a namenode was asked for, counted in its audit log: its counters over JMX are up to 10 s old. Requests for blocks and closes are not in it.
import { open } from 'node:fs/promises'
import type { Cluster } from '../../test/cluster/cluster.js'

const AUDIT = /FSNamesystem\.audit: .*\bcmd=(\w+).*\bproto=(\w+)/

/** From a mark on. */
export interface NamenodeCounters {
  readonly operations: number
  /** Files that were created or opened for appending: each is closed once. */
  readonly opened: number
}

/** Marks where the log ends, and counts from there when it is called. */
export async function namenodeCounting(cluster: Cluster): Promise<() => Promise<NamenodeCounters>> {
  const { logPath } = cluster.namenode
  const from = await lengthOf(logPath)
  return async () => {
    let [operations, opened] = [0, 0]
    const file = await open(logPath)
    try {
      for await (const line of file.readLines({ start: from })) {
        const [found, command, protocol] = AUDIT.exec(line) ?? []
        if (found === undefined) continue
        operations += 1
        // A datanode that serves WebHDFS asks by RPC for what the namenode has logged already.
        if (protocol === 'rpc' && (command === 'create' || command === 'append')) opened += 1
      }
    } finally {
      await file.close()
    }
    return { operations, opened }
  }
}

async function lengthOf(path: string): Promise<number> {
  const file = await open(path)
  try {
    return (await file.stat()).size
  } finally {
    await file.close()
  }
}
