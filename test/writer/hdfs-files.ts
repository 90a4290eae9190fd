// The files below a location on HDFS, read by plain HTTP without the library.
import type { ClusterAddresses } from '../cluster/cluster-addresses.js'
import type { ReadFile } from './count-records.js'

interface Listing {
  readonly FileStatuses: { readonly FileStatus: readonly { readonly pathSuffix: string; readonly type: string }[] }
}

/** Every file below a directory, by its path relative to it; protocol's own included. Absolute paths from the root of HDFS. */
async function pathsBelow(cluster: ClusterAddresses, directory: string, below = ''): Promise<string[]> {
  const reply = await ask(cluster, `${directory}/${below}`, 'LISTSTATUS')
  const paths: string[] = []
  for (const { pathSuffix, type } of ((await reply.json()) as Listing).FileStatuses.FileStatus) {
    const path = below === '' ? pathSuffix : `${below}/${pathSuffix}`
    if (type === 'FILE') paths.push(path)
    else paths.push(...(await pathsBelow(cluster, directory, path)))
  }
  return paths
}

async function ask(cluster: ClusterAddresses, path: string, operation: string): Promise<Response> {
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  const reply = await fetch(`${cluster.webhdfsHttpUrl}${encoded}?op=${operation}&user.name=${cluster.description.user}`)
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

/** Temps of all epochs. */
export async function tempsOf(cluster: ClusterAddresses, directory: string): Promise<string[]> {
  return (await pathsBelow(cluster, directory)).filter((path) => /^_multi_output\/(task-\d+\/)?tmp\//.test(path))
}
