// The flags of `npm run cluster`.
import { parseArgs } from 'node:util'
import type { ClusterOptions } from './cluster-options.js'
import { type HadoopVersion, hadoopVersions } from './hadoop.js'

/** The command line makes no sense; `message` is one line that says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What `--help` prints. */
export const helpText: string = `npm run cluster -- [flags]   starts HDFS and Kafka on loopback, until Ctrl-C

  --hadoop <version>       ${hadoopVersions.join(' or ')} (default ${hadoopVersions[0]}; HttpFS comes with ${hadoopVersions[0]} only)
  --no-hadoop              Kafka alone
  --no-kafka               HDFS alone
  --no-httpfs
  --datanodes <n>          default 2
  --namenodes <n>          2 starts a highly available pair (default 1)
  --replication <n>        dfs.replication (default 2, or 1 with one datanode)
  --close-delay-ms <n>     what a close waits when it overtakes the block report (default 400, as Hadoop ships)
  --namenode-port <n>      HTTP port of the (first) namenode (default: a free one)
  --httpfs-port <n>        likewise
  --broker-port <n>        likewise

KEEP_CLUSTER=1 keeps data and logs. MAVEN_ARGS is passed to Maven. JAVA_HOME chooses the Java.
`

const flags = {
  hadoop: { type: 'string' },
  'no-hadoop': { type: 'boolean' },
  'no-kafka': { type: 'boolean' },
  'no-httpfs': { type: 'boolean' },
  datanodes: { type: 'string' },
  namenodes: { type: 'string' },
  replication: { type: 'string' },
  'close-delay-ms': { type: 'string' },
  'namenode-port': { type: 'string' },
  'httpfs-port': { type: 'string' },
  'broker-port': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

const PORT_MAX = 65_535
const COUNT_MAX = 100
const DELAY_MS_MAX = 60_000

/** The options that the flags ask for, or 'help'. Throws a UsageError for what it does not understand. */
export function parseCommandLine(words: readonly string[]): ClusterOptions | 'help' {
  const values = parseFlags(words)
  if (values.help === true) return 'help'
  const whole = (name: keyof typeof values, max: number) => wholeNumber(name, values[name], max)
  const namenodes = whole('namenodes', 2)
  const optional = {
    datanodes: whole('datanodes', COUNT_MAX),
    namenodes: namenodes === 2 ? 2 : undefined,
    replication: whole('replication', COUNT_MAX),
    closeDelayMs: whole('close-delay-ms', DELAY_MS_MAX),
    namenodePort: whole('namenode-port', PORT_MAX),
    httpfsPort: whole('httpfs-port', PORT_MAX),
    brokerPort: whole('broker-port', PORT_MAX),
    hadoop: values['no-hadoop'] === true ? false : hadoopVersion(values.hadoop),
    kafka: values['no-kafka'] === true ? false : undefined,
    httpfs: values['no-httpfs'] === true ? false : undefined,
  } as const
  return Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as ClusterOptions
}

function parseFlags(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: flags, strict: true, allowPositionals: false }).values
  } catch (error) {
    // Node's first sentence says it; the rest explains how to pass positional arguments, which there are none of.
    const [sentence] = String((error as Error).message).split(/\.\s/)
    throw new UsageError(`${sentence?.replace(/\.$/, '')}; npm run cluster -- --help lists the flags`)
  }
}

function hadoopVersion(text: string | undefined): HadoopVersion | undefined {
  if (text === undefined) return undefined
  const version = hadoopVersions.find((known) => known === text)
  if (version === undefined) throw new UsageError(`--hadoop ${text}: it is ${hadoopVersions.join(' or ')}`)
  return version
}

function wholeNumber(flag: string, text: string | boolean | undefined, max: number): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d+$/.test(String(text)) ? Number(text) : 0
  if (value < 1 || value > max) throw new UsageError(`--${flag} ${text}: it is a number from 1 to ${max}`)
  return value
}
