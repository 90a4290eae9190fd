// Starts the Hadoop part of a cluster: namenodes, datanodes and HttpFS, as far side by side as they allow.
import { ClusterError } from './cluster-error.js'
import {
  type DatanodePorts,
  type HadoopInput,
  jmxBean,
  type NamenodeParts,
  prepareDatanode,
  prepareNamenode,
} from './hadoop.js'
import { prepareHttpfs } from './httpfs.js'
import type { JavaServer } from './java-server.js'

/** The Hadoop servers of a cluster. */
export interface HadoopServers {
  readonly namenodes: readonly NamenodeParts[]
  readonly datanodes: readonly JavaServer[]
  readonly httpfs: JavaServer | undefined
}

/** What to start, and where. */
export interface HadoopServersInput extends HadoopInput {
  readonly datanodePorts: readonly DatanodePorts[]
  readonly httpfsPort: number | undefined
}

const ADMIN = 'org.apache.hadoop.hdfs.tools.DFSHAAdmin'

/** Writes the configurations; starts nothing. */
export async function prepareHadoop(input: HadoopServersInput): Promise<HadoopServers> {
  const datanodes: JavaServer[] = []
  const serving = () => datanodes.filter((datanode) => datanode.isServing).length
  const namenodes: NamenodeParts[] = []
  for (const index of input.settings.namenodes.keys()) {
    namenodes.push(await prepareNamenode(input, index, serving))
  }
  const runningNamenodes = () => namenodes.filter(({ server }) => server.isServing).map(({ ports }) => ports.rpcPort)
  for (const [index, ports] of input.datanodePorts.entries()) {
    datanodes.push(await prepareDatanode(input, index, ports, runningNamenodes))
  }
  const httpfs = input.httpfsPort === undefined ? undefined : await prepareHttpfs(input, input.httpfsPort)
  return { namenodes, datanodes, httpfs }
}

/** Formats and starts what `prepareHadoop` prepared; resolves when every server serves and namenode 0 is active. */
export async function startHadoop({ namenodes, datanodes, httpfs }: HadoopServers): Promise<void> {
  const [first, second] = namenodes
  if (first === undefined) throw new RangeError('a cluster needs a namenode')
  // Datanodes and HttpFS may start before there is a namenode: they ask for it again and again.
  const others = [...datanodes, ...(httpfs === undefined ? [] : [httpfs])]
  await Promise.all([startNamenodes(first, second), ...others.map((server) => server.launch())])
  await Promise.all([...namenodes.map(({ server }) => server), ...others].map((server) => server.untilReady()))
  if (second !== undefined) await makeActive(namenodes, 0)
}

async function startNamenodes(first: NamenodeParts, second: NamenodeParts | undefined): Promise<void> {
  await first.run(['-format', '-force', '-nonInteractive'])
  await first.server.launch()
  if (second === undefined) return
  await first.server.untilReady()
  await second.run(['-bootstrapStandby', '-force', '-nonInteractive'])
  await second.server.launch()
}

/** Which namenode of a pair is active; undefined when none says so. */
export async function activeNamenode(namenodes: readonly NamenodeParts[]): Promise<number | undefined> {
  for (const [index, { ports, server }] of namenodes.entries()) {
    if (!server.isServing) continue
    const status = await jmxBean<{ State: string }>(ports.httpPort, 'Hadoop:service=NameNode,name=NameNodeStatus')
    if (status?.State === 'active') return index
  }
  return undefined
}

/** Makes the standby of a pair an observer, or an observer the standby again; see `Cluster.setObserver`. */
export async function setObserver(
  namenodes: readonly NamenodeParts[],
  index: number,
  isObserver: boolean,
): Promise<void> {
  const target = namenodes[index]
  if (target === undefined || namenodes.length < 2) throw new ClusterError('this cluster has no pair of namenodes')
  await target.runTool(ADMIN, [isObserver ? '-transitionToObserver' : '-transitionToStandby', target.ports.id])
}

/** Makes namenode `index` of a pair the active one; see `Cluster.makeActive`. */
export async function makeActive(namenodes: readonly NamenodeParts[], index: number): Promise<void> {
  const target = namenodes[index]
  const other = namenodes[1 - index]
  if (target === undefined || other === undefined) throw new ClusterError('this cluster has no pair of namenodes')
  const active = await activeNamenode(namenodes)
  if (active === index) return
  const options =
    active === undefined
      ? // Without --forceactive the tool refuses when it cannot ask the other one.
        ['-transitionToActive', ...(other.server.isServing ? [] : ['--forceactive']), target.ports.id]
      : ['-failover', other.ports.id, target.ports.id]
  await target.runTool(ADMIN, options)
}
