// What do the modes cost a namenode? A GiB of JSON lines through 100 keys on real HDFS in each mode, with a commit wherever ten seconds would have
// passed at the given rate; then files and blocks are counted, and in the namenode's audit log what it was asked for.
import { byFields, jsonLines, type Mode, MultiOutput } from '../../src/index.js'
import { type Cluster, startCluster } from '../../test/cluster/cluster.js'
import { dataFilesOf } from '../../test/writer/hdfs-files.js'
import { namenodeCounting } from '../questions/namenode-counters.js'
import { LINE_BYTES, type Order, orders } from '../writer/orders.js'

const MEBIBYTE = 2 ** 20
const COMMIT_EVERY_SECONDS = 10
const modes: readonly Mode[] = ['append', 'concat', 'new-file']

/** What one mode took. */
interface ModeCosts {
  readonly files: number
  readonly blocks: number
  readonly operations: number
  readonly opened: number
  readonly commits: number
}

/** Prints the table. Rejects where what was written is not what was handed in. */
export async function printModes(settings: {
  readonly mebibytes: number
  readonly mebibytesPerSecond: number
  readonly keys: number
}): Promise<void> {
  await using cluster = await startCluster({ kafka: false, httpfs: false, datanodes: 1, closeDelayMs: 10 })
  const { mebibytes, mebibytesPerSecond, keys } = settings
  console.log(
    `\n${mebibytes} MiB of JSON lines, ${keys} keys, ${mebibytesPerSecond} MiB/s, a commit every ${COMMIT_EVERY_SECONDS} s, webhdfs://, Hadoop ${cluster.description.hadoopVersion}`,
  )
  console.log('mode         files   blocks   namenode operations   of these creates and appends   commits')
  for (const mode of modes) {
    const costs = await costsOf(cluster, mode, settings)
    const shown = (count: number): string => count.toLocaleString('en-US')
    const cells = [
      shown(costs.files).padStart(8),
      shown(costs.blocks).padStart(9),
      shown(costs.operations).padStart(22),
      shown(costs.opened).padStart(31),
      shown(costs.commits).padStart(10),
    ]
    console.log(`${mode.padEnd(10)}${cells.join('')}`)
  }
}

async function costsOf(
  cluster: Cluster,
  mode: Mode,
  { mebibytes, mebibytesPerSecond, keys }: Parameters<typeof printModes>[0],
): Promise<ModeCosts> {
  const some = orders(keys * 100, keys)
  const records = Math.floor((mebibytes * MEBIBYTE) / LINE_BYTES)
  const perCommit = Math.floor((mebibytesPerSecond * COMMIT_EVERY_SECONDS * MEBIBYTE) / LINE_BYTES)
  const { user } = cluster.description
  const count = await namenodeCounting(cluster)
  let commits = 0
  {
    await using output = await MultiOutput.open<Order>({
      location: `${cluster.webhdfsUrl}/modes/${mode}`,
      connection: { user },
      job: 'modes',
      mode,
      partitioner: byFields<Order>(['key']),
      format: jsonLines<Order>(),
    })
    for (let written = 1; written <= records; written++) {
      const pressure = output.write(some[written % some.length]!)
      if (pressure !== undefined) await pressure
      if (written % perCommit !== 0 && written !== records) continue
      await output.commit()
      commits++
    }
  }
  const { operations, opened } = await count()
  const files = await dataFilesOf(cluster, `/modes/${mode}`)
  const bytes = files.reduce((sum, file) => sum + file.bytes.byteLength, 0)
  if (bytes !== records * LINE_BYTES)
    throw new Error(`${mode}: ${bytes} bytes are there, ${records * LINE_BYTES} were written`)
  let blocks = 0
  for (const { path } of files) blocks += await blocksOf(cluster, `/modes/${mode}/${path}`)
  return { files: files.length, blocks, operations, opened, commits }
}

async function blocksOf(cluster: Cluster, path: string): Promise<number> {
  const query = `op=GET_BLOCK_LOCATIONS&user.name=${cluster.description.user}`
  const response = await fetch(`${cluster.webhdfsHttpUrl}${encodeURI(path)}?${query}`)
  const { LocatedBlocks } = (await response.json()) as { LocatedBlocks: { locatedBlocks: unknown[] } }
  return LocatedBlocks.locatedBlocks.length
}
