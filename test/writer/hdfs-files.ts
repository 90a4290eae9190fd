// The files below a location on HDFS, read by plain HTTP without the library.
import { send } from '../assumptions/wire.js'
import type { ClusterAddresses } from '../cluster/cluster-addresses.js'
import type { ReadFile } from './count-records.js'

interface Listing {
  readonly FileStatuses: {
    readonly FileStatus: readonly { readonly pathSuffix: string; readonly type: string; readonly length: number }[]
  }
}

interface BlockLocations {
  readonly LocatedBlocks: { readonly isUnderConstruction: boolean }
}

/** Every file below a directory, by its path relative to it; protocol's own included. Absolute paths from the root of HDFS. */
export async function pathsBelow(cluster: ClusterAddresses, directory: string, below = ''): Promise<string[]> {
  const reply = await ask(cluster, `${directory}/${below}`, 'LISTSTATUS')
  const paths: string[] = []
  for (const { pathSuffix, type } of ((await reply.json()) as Listing).FileStatuses.FileStatus) {
    const path = below === '' ? pathSuffix : `${below}/${pathSuffix}`
    if (type === 'FILE') paths.push(path)
    else paths.push(...(await pathsBelow(cluster, directory, path)))
  }
  return paths
}

async function ask(
  cluster: ClusterAddresses,
  path: string,
  operation: string,
  init: RequestInit = {},
): Promise<Response> {
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  const url = `${cluster.webhdfsHttpUrl}${encoded}?op=${operation}&user.name=${cluster.description.user}`
  const reply = await fetch(url, init)
  if (!reply.ok) throw new Error(`${operation} ${path}: ${reply.status} ${await reply.text()}`)
  return reply
}

/** The data files. */
export async function dataFilesOf(cluster: ClusterAddresses, directory: string): Promise<ReadFile[]> {
  const files: ReadFile[] = []
  for (const path of await pathsBelow(cluster, directory)) {
    if (path.startsWith('_multi_output/')) continue
    const bytes = Buffer.from(await (await ask(cluster, `${directory}/${path}`, 'OPEN')).arrayBuffer())
    files.push({ path, bytes })
  }
  return files
}

/** What Hadoop's readers list, with its content where that is wanted. */
export interface VisibleFile {
  readonly path: string
  /** As listed. */
  readonly length: number
  readonly bytes?: Buffer
}

/** The files that a reader sees: neither their names nor those of their directories begin with `_` or `.`. One that goes between listing and reading is left out. */
export async function visibleFilesOf(
  cluster: ClusterAddresses,
  directory: string,
  isWanted: (path: string, length: number) => boolean,
  below = '',
): Promise<VisibleFile[]> {
  const reply = await ask(cluster, `${directory}/${below}`, 'LISTSTATUS')
  const files: VisibleFile[] = []
  for (const { pathSuffix, type, length } of ((await reply.json()) as Listing).FileStatuses.FileStatus) {
    if (/^[._]/.test(pathSuffix)) continue
    const path = below === '' ? pathSuffix : `${below}/${pathSuffix}`
    if (type !== 'FILE') files.push(...(await visibleFilesOf(cluster, directory, isWanted, path)))
    else if (!isWanted(path, length)) files.push({ path, length })
    else {
      const bytes = await readIfThere(cluster, `${directory}/${path}`)
      if (bytes !== undefined) files.push({ path, length, bytes })
    }
  }
  return files
}

async function readIfThere(cluster: ClusterAddresses, path: string): Promise<Buffer | undefined> {
  try {
    return Buffer.from(await (await ask(cluster, path, 'OPEN')).arrayBuffer())
  } catch (error) {
    if (/^OPEN .*: 404 /.test((error as Error).message)) return undefined
    throw error
  }
}

/** Data files and temps that the namenode says somebody writes to. */
export async function openForWriteOf(cluster: ClusterAddresses, directory: string): Promise<string[]> {
  const open: string[] = []
  for (const path of await pathsBelow(cluster, directory)) {
    if (!/(^|\/)(\.?(part-|numbered_)|data-)/.test(path)) continue
    const reply = (await (await ask(cluster, `${directory}/${path}`, 'GET_BLOCK_LOCATIONS')).json()) as BlockLocations
    if (reply.LocatedBlocks.isUnderConstruction) open.push(path)
  }
  return open
}

/** The log's records, by their names. */
export async function logOf(cluster: ClusterAddresses, directory: string): Promise<ReadFile[]> {
  const files: ReadFile[] = []
  for (const path of await pathsBelow(cluster, directory)) {
    if (!path.includes('/log/')) continue
    files.push({ path, bytes: Buffer.from(await (await ask(cluster, `${directory}/${path}`, 'OPEN')).arrayBuffer()) })
  }
  return files
}

/** Temps of all epochs. */
export async function tempsOf(cluster: ClusterAddresses, directory: string): Promise<string[]> {
  return (await pathsBelow(cluster, directory)).filter((path) => /^_multi_output\/(task-\d+\/)?tmp\//.test(path))
}

/** Somebody who knows nothing of us and changes files below a location. Paths are relative to it. */
export class StrangersHand {
  readonly #cluster: ClusterAddresses
  readonly #directory: string

  constructor(cluster: ClusterAddresses, directory: string) {
    this.#cluster = cluster
    this.#directory = directory
  }

  async delete(path: string): Promise<void> {
    await ask(this.#cluster, `${this.#directory}/${path}`, 'DELETE', { method: 'DELETE' })
  }

  async create(path: string, content: Uint8Array): Promise<void> {
    await this.#send('PUT', path, 'CREATE', content)
  }

  async append(path: string, content: Uint8Array): Promise<void> {
    await this.#send('POST', path, 'APPEND', content)
  }

  async #send(method: 'PUT' | 'POST', path: string, operation: string, content: Uint8Array): Promise<void> {
    const redirect = await ask(this.#cluster, `${this.#directory}/${path}`, `${operation}&noredirect=true`, { method })
    const { Location } = (await redirect.json()) as { Location: string }
    // Not by fetch, which does not bear the interim answer of a datanode (H29).
    const { status, body } = await send(method, Location, { body: content })
    if (status >= 300) throw new Error(`${operation} ${path}: ${status} ${body}`)
  }
}

/** Long.MAX_VALUE, which leaves a quota as it is. */
const QUOTA_UNCHANGED = '9223372036854775807'

/** Allows a directory so many bytes, replicas counted. */
export async function setSpaceQuota(cluster: ClusterAddresses, directory: string, bytes: number): Promise<void> {
  const quotas = `namespacequota=${QUOTA_UNCHANGED}&storagespacequota=${bytes}`
  await ask(cluster, directory, `SETQUOTA&${quotas}`, { method: 'PUT' })
}
