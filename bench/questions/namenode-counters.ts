// What a namenode counted of the operations it was asked for.
import type { ClusterAddresses } from '../../test/cluster/cluster-addresses.js'

/** Since its start. */
export interface NamenodeCounters {
  /** Of files: creations, appends, status, lists, renames, blocks. */
  readonly operations: number
  /** Files that were created or opened for appending: each is closed once. */
  readonly opened: number
}

export async function namenodeCounters(cluster: ClusterAddresses): Promise<NamenodeCounters> {
  const base = new URL('/jmx?qry=Hadoop:service=NameNode,name=NameNodeActivity', cluster.webhdfsHttpUrl)
  const answer = await fetch(base)
  const { beans } = (await answer.json()) as { beans: Record<string, number>[] }
  const [activity] = beans
  const counter = (name: string): number => {
    const value = activity?.[name]
    if (typeof value !== 'number') throw new Error(`the namenode has no counter ${name}`)
    return value
  }
  return {
    operations: counter('TotalFileOps'),
    opened: counter('FilesCreated') + counter('FilesAppended'),
  }
}
