// Namenodes and datanodes: their jars, directories, commands, and how to tell that they serve.
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { PortBlock } from './free-ports.js'
import {
  coreSettings,
  type HadoopSettingsInput,
  hdfsSettings,
  type Settings,
  writeHadoopConf,
} from './hadoop-config.js'
import type { JarSet } from './jars.js'
import { type JavaCommand, JavaServer, runJava } from './java-server.js'

/** The Hadoop versions that the tests run on, the default first. */
export const hadoopVersions = ['3.4.2', '3.5.0'] as const

/** One of them. */
export type HadoopVersion = (typeof hadoopVersions)[number]

/** Short JVM starts matter more than peak speed; the servers hold next to nothing. */
export const jvmArguments: readonly string[] = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
  '-Xshare:auto',
  '-Djava.net.preferIPv4Stack=true',
  '--add-opens=java.base/java.lang=ALL-UNNAMED',
]

/** The jars of a Hadoop version. HttpFS has no jar on Maven Central for 3.5.0. */
export function hadoopJars(version: HadoopVersion): JarSet {
  const names = [
    'hadoop-common',
    'hadoop-hdfs',
    'hadoop-hdfs-client',
    ...(version === '3.4.2' ? ['hadoop-hdfs-httpfs'] : []),
  ]
  return { name: `hadoop-${version}`, artifacts: names.map((name) => `org.apache.hadoop:${name}:${version}`) }
}

/** The ports of a namenode. */
export interface NamenodePorts {
  readonly id: string
  readonly rpcPort: number
  readonly httpPort: number
}

/** The ports of a datanode: data transfer, HTTP (WebHDFS) and IPC. */
export interface DatanodePorts {
  readonly transferPort: number
  readonly httpPort: number
  readonly ipcPort: number
}

/** What the Hadoop servers of one cluster are made from. */
export interface HadoopInput {
  readonly java: string
  readonly jars: readonly string[]
  readonly directory: string
  readonly logs: string
  readonly settings: HadoopSettingsInput
  /** Added last, so it overrides: both files get all of it. */
  readonly extraSettings: Settings
}

/** Takes ports from the block for a namenode, and for each datanode. */
export async function namenodePorts(id: string, ports: PortBlock, httpPort?: number): Promise<NamenodePorts> {
  return { id, rpcPort: await ports.next(), httpPort: httpPort ?? (await ports.next()) }
}

/** See `namenodePorts`. */
export async function datanodePorts(ports: PortBlock): Promise<DatanodePorts> {
  return { transferPort: await ports.next(), httpPort: await ports.next(), ipcPort: await ports.next() }
}

/** What a namenode says of itself on its JMX page; while it starts, attributes may be missing. */
interface NamenodeInfo {
  /** JSON: the live datanodes by name; `capacity` in bytes is 0 until the first heartbeat names the storages. */
  readonly LiveNodes?: string
  /** Empty when it is off. */
  readonly Safemode?: string
}

const HTTP_ANSWER_TIMEOUT_MS = 5_000

/** One JMX bean of the server at a port of 127.0.0.1; undefined when it does not answer, or has no such bean (yet). */
export async function jmxBean<Bean>(httpPort: number, name: string): Promise<Bean | undefined> {
  try {
    const url = `http://127.0.0.1:${httpPort}/jmx?qry=${name}`
    const response = await fetch(url, { signal: AbortSignal.timeout(HTTP_ANSWER_TIMEOUT_MS) })
    if (!response.ok) return undefined
    return ((await response.json()) as { beans?: Bean[] }).beans?.[0]
  } catch {
    // Not listening yet, or still starting its web server: the caller asks again until its own limit.
    return undefined
  }
}

/** A namenode whose conf is written; `format` and `bootstrap` prepare its storage. */
export interface NamenodeParts {
  readonly ports: NamenodePorts
  readonly server: JavaServer
  /** Runs `hdfs namenode <options>` to its end. */
  run(options: readonly string[]): Promise<string>
  /** Runs a main class with this namenode's configuration to its end. */
  runTool(mainClass: string, options: readonly string[]): Promise<string>
}

const NAMENODE = 'org.apache.hadoop.hdfs.server.namenode.NameNode'

/** Prepares namenode `index`; `liveDatanodes` is how many datanodes must live for it to count as ready. */
export async function prepareNamenode(
  input: HadoopInput,
  index: number,
  liveDatanodes: () => number,
): Promise<NamenodeParts> {
  const ports = input.settings.namenodes[index]
  if (ports === undefined) throw new RangeError(`no namenode ${index}`)
  const several = input.settings.namenodes.length > 1
  const name = several ? `namenode-${index}` : 'namenode'
  const { directory, conf } = await prepareDirectory(input, name, several ? { 'dfs.ha.namenode.id': ports.id } : {})
  const command = javaCommand(input, conf, NAMENODE, [])
  const logPath = path.join(input.logs, `${name}.log`)
  const server = new JavaServer({
    name,
    directory,
    logPath,
    command,
    notReady: () => namenodeMissing(ports.httpPort, liveDatanodes()),
  })
  const runTool = (mainClass: string, options: readonly string[]) =>
    runJava({
      name: `${name}-${mainClass.split('.').at(-1)}`,
      directory,
      logPath,
      command: javaCommand(input, conf, mainClass, options),
    })
  return { ports, server, runTool, run: (options) => runTool(NAMENODE, options) }
}

async function namenodeMissing(httpPort: number, datanodes: number): Promise<string | undefined> {
  const info = await jmxBean<NamenodeInfo>(httpPort, 'Hadoop:service=NameNode,name=NameNodeInfo')
  if (info?.LiveNodes === undefined) return `no namenode answers on port ${httpPort}`
  const live = Object.values(JSON.parse(info.LiveNodes) as Record<string, { readonly capacity: number }>)
  const usable = live.filter(({ capacity }) => capacity > 0).length
  if (usable < datanodes) return `${usable} of ${datanodes} datanodes have registered`
  return info.Safemode === '' ? undefined : 'it is in safe mode'
}

/** Prepares datanode `index`; it is ready when it is registered with the namenodes at `namenodeRpcPorts()`. */
export async function prepareDatanode(
  input: HadoopInput,
  index: number,
  ports: DatanodePorts,
  namenodeRpcPorts: () => readonly number[],
): Promise<JavaServer> {
  const name = `datanode-${index}`
  const { directory, conf } = await prepareDirectory(input, name, {
    'dfs.datanode.address': `127.0.0.1:${ports.transferPort}`,
    'dfs.datanode.http.address': `127.0.0.1:${ports.httpPort}`,
    'dfs.datanode.ipc.address': `127.0.0.1:${ports.ipcPort}`,
    'dfs.datanode.hostname': '127.0.0.1',
  })
  return new JavaServer({
    name,
    directory,
    logPath: path.join(input.logs, `${name}.log`),
    command: javaCommand(input, conf, 'org.apache.hadoop.hdfs.server.datanode.DataNode', []),
    notReady: () => datanodeMissing(ports.httpPort, namenodeRpcPorts()),
  })
}

/** One namenode as a datanode sees it. */
interface NamenodeActor {
  /** `localhost:<rpc port>` */
  readonly NamenodeAddress: string
  readonly ActorState: string
}

async function datanodeMissing(httpPort: number, namenodeRpcPorts: readonly number[]): Promise<string | undefined> {
  const info = await jmxBean<{ BPServiceActorInfo?: string }>(httpPort, 'Hadoop:service=DataNode,name=DataNodeInfo')
  if (info?.BPServiceActorInfo === undefined) return `no datanode answers on port ${httpPort}`
  const actors = JSON.parse(info.BPServiceActorInfo) as NamenodeActor[]
  const running = actors.filter(({ ActorState }) => ActorState === 'RUNNING')
  const absent = namenodeRpcPorts.find((port) => !running.some((actor) => actor.NamenodeAddress.endsWith(`:${port}`)))
  return absent === undefined ? undefined : `it has not registered with the namenode at port ${absent}`
}

async function prepareDirectory(input: HadoopInput, name: string, own: Settings) {
  const directory = path.join(input.directory, name)
  const conf = path.join(directory, 'conf')
  const tmp = path.join(directory, 'data')
  await mkdir(tmp, { recursive: true })
  await writeHadoopConf(conf, {
    core: { ...coreSettings(input.settings), 'hadoop.tmp.dir': tmp, ...input.extraSettings },
    hdfs: { ...hdfsSettings(input.settings), ...own, ...input.extraSettings },
  })
  return { directory, conf }
}

function javaCommand(
  input: HadoopInput,
  conf: string,
  mainClass: string,
  programArguments: readonly string[],
): JavaCommand {
  return {
    java: input.java,
    classPath: [conf, ...input.jars],
    jvmArguments: ['-Xmx256m', ...jvmArguments],
    mainClass,
    programArguments,
  }
}
