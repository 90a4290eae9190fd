// The configuration files of the Hadoop servers: which settings differ from what Hadoop ships with, and why.
import { mkdir, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import path from 'node:path'

/** Property names and values of a Hadoop site file. */
export type Settings = Readonly<Record<string, string>>

/** What the shared settings depend on. */
export interface HadoopSettingsInput {
  readonly replication: number
  /** `locateFollowingBlock.initial.delay.ms` of the datanodes; undefined leaves the 400 ms as shipped. */
  readonly closeDelayMs: number | undefined
  readonly namenodes: readonly { readonly id: string; readonly rpcPort: number; readonly httpPort: number }[]
  /** Where two namenodes share their edits. */
  readonly sharedEditsDirectory: string
}

/** The logical name of the cluster when it has two namenodes. */
export const nameservice = 'testcluster'

const webApplications = ['hdfs', 'datanode', 'journal', 'secondary', 'static', 'webhdfs']

/** The settings of core-site.xml that all servers share. */
export function coreSettings(input: HadoopSettingsInput): Settings {
  const user = userInfo().username
  return {
    'fs.defaultFS': input.namenodes.length > 1 ? `hdfs://${nameservice}` : `hdfs://${rpcAddress(input, 0)}`,
    // Whoever started the cluster may act for anybody (`doas`), and so may HttpFS, which runs as the same user.
    [`hadoop.proxyuser.${user}.hosts`]: '*',
    [`hadoop.proxyuser.${user}.groups`]: '*',
    // Servers start side by side, so the datanodes ask before the namenode listens: ask ten times as often as shipped,
    // for as long as shipped (10 s).
    'ipc.client.connect.retry.interval': '100',
    'ipc.client.connect.max.retries': '100',
  }
}

/** The settings of hdfs-site.xml that all servers share. */
export function hdfsSettings(input: HadoopSettingsInput): Settings {
  return {
    'dfs.replication': String(input.replication),
    // Blocks of a few bytes let tests have files of many blocks. Only permits more; the default block size stays.
    'dfs.namenode.fs-limits.min-block-size': '512',
    // A restarted namenode leaves safe mode when the blocks are reported, not 30 s later.
    'dfs.namenode.safemode.extension': '0',
    // A heartbeat carries the order to recover a block: 1 s for 3 s makes TRUNCATE and lease recovery that much
    // faster. When a datanode counts as dead (10 min) or stale (30 s) is set by the recheck interval and stays.
    'dfs.heartbeat.interval': '1',
    // Loopback addresses may have no names.
    'dfs.namenode.datanode.registration.ip-hostname-check': 'false',
    ...(input.closeDelayMs === undefined
      ? {}
      : { 'dfs.client.block.write.locateFollowingBlock.initial.delay.ms': String(input.closeDelayMs) }),
    ...namenodeAddresses(input),
  }
}

function namenodeAddresses(input: HadoopSettingsInput): Settings {
  const [only] = input.namenodes
  if (input.namenodes.length === 1 && only !== undefined) {
    return {
      'dfs.namenode.rpc-address': `127.0.0.1:${only.rpcPort}`,
      'dfs.namenode.http-address': `127.0.0.1:${only.httpPort}`,
    }
  }
  const settings: Record<string, string> = {
    'dfs.nameservices': nameservice,
    [`dfs.ha.namenodes.${nameservice}`]: input.namenodes.map(({ id }) => id).join(','),
    'dfs.namenode.shared.edits.dir': `file://${input.sharedEditsDirectory}`,
    'dfs.ha.fencing.methods': 'shell(/bin/true)',
    [`dfs.client.failover.proxy.provider.${nameservice}`]:
      'org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider',
  }
  for (const { id, rpcPort, httpPort } of input.namenodes) {
    settings[`dfs.namenode.rpc-address.${nameservice}.${id}`] = `127.0.0.1:${rpcPort}`
    settings[`dfs.namenode.http-address.${nameservice}.${id}`] = `127.0.0.1:${httpPort}`
  }
  return settings
}

function rpcAddress(input: HadoopSettingsInput, index: number): string {
  return `127.0.0.1:${input.namenodes[index]?.rpcPort}`
}

/** Writes a conf directory for a namenode or datanode: the site files, the log settings and empty web applications. */
export async function writeHadoopConf(directory: string, sites: { core: Settings; hdfs: Settings }): Promise<void> {
  await mkdir(directory, { recursive: true })
  await writeFile(path.join(directory, 'core-site.xml'), siteXml(sites.core))
  await writeFile(path.join(directory, 'hdfs-site.xml'), siteXml(sites.hdfs))
  await writeFile(path.join(directory, 'log4j.properties'), log4jToConsole)
  // The servers look for their web applications on the class path, and the jars from Maven have none.
  for (const name of webApplications) await mkdir(path.join(directory, 'webapps', name), { recursive: true })
}

/** A Hadoop site file. */
export function siteXml(settings: Settings): string {
  const properties = Object.entries(settings).map(
    ([name, value]) => `  <property><name>${escapeXml(name)}</name><value>${escapeXml(value)}</value></property>`,
  )
  return `<?xml version="1.0"?>\n<configuration>\n${properties.join('\n')}\n</configuration>\n`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Without it errors are silent. Everything goes to the console, which is the server's log file. */
export const log4jToConsole: string = `log4j.rootLogger=INFO,console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %p %c{2}: %m%n
# We ask while a server starts, and each answer that it cannot give yet would be a stack trace of 70 lines.
log4j.logger.org.apache.hadoop.jmx.JMXJsonServlet=OFF
`
