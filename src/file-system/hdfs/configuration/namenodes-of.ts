// Which namenodes a location means: those it names, those of the nameservice that it names, or those of `fs.defaultFS`.
import type { HadoopConfiguration } from './hadoop-configuration.js'

/** `dfs.namenode.rpc-address` has no default port of its own; this is what `hdfs://host/` means (`HdfsClientConfigKeys`). */
const RPC_PORT_DEFAULT = 8020

interface Address {
  readonly host: string
  readonly port: number
}

interface Namenodes {
  /** For people: the nameservice, or the hosts with their ports. */
  readonly authority: string
  readonly addresses: readonly Address[]
}

/** Throws a `TypeError` that says what is missing. */
export function namenodesOf(
  given: readonly { readonly host: string; readonly port?: number }[],
  configuration: HadoopConfiguration,
): Namenodes {
  if (!Array.isArray(given)) throw new TypeError('namenodes must be a list')
  const [first, ...others] = given as readonly { readonly host: string; readonly port?: number }[]
  if (first === undefined) return namenodesOf([defaultNamenode(configuration)], configuration)
  if (others.length === 0 && first.port === undefined && isNameservice(first.host, configuration)) {
    return { authority: first.host, addresses: addressesOf(first.host, configuration) }
  }
  const addresses = [first, ...others].map(({ host, port = RPC_PORT_DEFAULT }) => {
    if (typeof host !== 'string' || host === '') throw new TypeError('a namenode has no host')
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new TypeError(`namenode ${host} has the port ${port}`)
    return { host, port }
  })
  return { authority: addresses.map(shown).join(','), addresses }
}

function shown({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function defaultNamenode(configuration: HadoopConfiguration): { host: string; port?: number } {
  const text = configuration['fs.defaultFS']
  if (text === undefined) {
    const advice = 'name one, or have HADOOP_CONF_DIR point to a core-site.xml with fs.defaultFS'
    throw new TypeError(`no namenode is named; ${advice}`)
  }
  const [, authority] = /^hdfs:\/\/([^/]+)\/?$/.exec(text) ?? []
  if (authority === undefined) throw new TypeError(`fs.defaultFS of the configuration is ${text}, which is not HDFS`)
  return hostAndPort(authority, 'fs.defaultFS')
}

function isNameservice(name: string, configuration: HadoopConfiguration): boolean {
  return listIn(configuration, 'dfs.nameservices').includes(name) || `dfs.ha.namenodes.${name}` in configuration
}

function addressesOf(nameservice: string, configuration: HadoopConfiguration): Address[] {
  const ids = listIn(configuration, `dfs.ha.namenodes.${nameservice}`)
  const keys =
    ids.length === 0
      ? [`dfs.namenode.rpc-address.${nameservice}`]
      : ids.map((id) => `dfs.namenode.rpc-address.${nameservice}.${id}`)
  return keys.map((key) => {
    const text = configuration[key]
    if (text === undefined) throw new TypeError(`the configuration has the nameservice ${nameservice}, but no ${key}`)
    const { host, port = RPC_PORT_DEFAULT } = hostAndPort(text, key)
    return { host, port }
  })
}

function listIn(configuration: HadoopConfiguration, name: string): string[] {
  return (configuration[name] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

function hostAndPort(text: string, name: string): { host: string; port?: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (host === undefined) throw new TypeError(`${name} of the configuration is ${JSON.stringify(text)}`)
  return port === undefined ? { host } : { host, port: Number(port) }
}
