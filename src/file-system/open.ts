// Opens the file system that a location names: the one place that knows all adapters.
import type { FileSystem } from './file-system.js'
import { FileSystemError } from './file-system-error.js'
import { HDFS_LIMITS, type HdfsOptions } from './hdfs/options.js'
import { createLocalFileSystem } from './local/local-file-system.js'
import { type HdfsLocation, type Location, type LocationInput, parseLocation } from './location.js'
import { WEBHDFS_LIMITS, type WebHdfsOptions } from './webhdfs/options.js'

type ForWebHdfs = Omit<WebHdfsOptions, 'scheme' | 'namenodes' | 'root'>
type ForHdfs = Omit<HdfsOptions, 'namenodes' | 'root'>

/**
 * For the file system that a location selects: what the location itself does not say. `hdfs://` takes those of {@link HdfsOptions},
 * the schemes over HTTP those of {@link WebHdfsOptions}, and a local directory none.
 */
export type OpenFileSystemOptions = Partial<ForWebHdfs & ForHdfs>

const HDFS_ONLY: readonly string[] = ['configuration', 'durability']

/**
 * Opens a directory as a file system, without layers, and asks it nothing yet.
 *
 * - `file:///data/events`, `/data/events`, `./events`: this machine
 * - `webhdfs://namenode:9870/data/events`, `swebhdfs://…:9871/…`: HDFS by its namenodes; several with commas between
 *   them (`webhdfs://nn1:9870,nn2:9870/data`), or as a list of locations
 * - `httpfs://host:14000/data/events`, `httpfss://…`: HDFS through HttpFS
 * - `hdfs://namenode:8020/data/events`: HDFS by its own protocol, which is the quickest; `hdfs://nameservice/…` and `hdfs:///…` as they stand
 *   in the core-site.xml and hdfs-site.xml of the directory that the environment's HADOOP_CONF_DIR names
 *
 * `user@host` gives the user's name. Names are percent-encoded in URLs and taken literally in plain paths. Rejects with a {@link FileSystemError}
 * of operation `open` that says what to write instead: `INVALID_ARGUMENT`, `INVALID_PATH`, `UNSUPPORTED` (a scheme that is not
 * ours); with a `TypeError` for options that are none.
 */
export async function openFileSystem(
  location: LocationInput,
  options: OpenFileSystemOptions = {},
): Promise<FileSystem> {
  const place = parseLocation(location)
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  if (place.scheme === 'file') {
    const names = given.map(([name]) => name).join(', ')
    if (names !== '') throw refusal(place.root, `a local directory takes no options, but was given ${names}`)
    return createLocalFileSystem({ root: place.root })
  }
  if (place.user !== undefined && options.user !== undefined && place.user !== options.user) {
    throw refusal(place.root, `the location says ${place.user}@, the options say user ${options.user}: which is it?`)
  }
  if (place.scheme === 'hdfs') return openHdfs(place, Object.fromEntries(given))
  const ofHdfs = [...Object.keys(HDFS_LIMITS), ...HDFS_ONLY]
  refuseForeign(place, Object.fromEntries(given), (name) => ofHdfs.includes(name) && !(name in WEBHDFS_LIMITS))
  // Loaded when it is needed: it and node:https take some 15 ms (of 40) that a local directory need not spend.
  const { createWebHdfsFileSystem } = await import('./webhdfs/webhdfs-file-system.js')
  return createWebHdfsFileSystem({ ...Object.fromEntries(given), ...place })
}

async function openHdfs(place: HdfsLocation, options: OpenFileSystemOptions): Promise<FileSystem> {
  const known = [...Object.keys(HDFS_LIMITS), ...HDFS_ONLY, 'user', 'doas']
  refuseForeign(place, options, (name) => !known.includes(name))
  const { createHdfsFileSystem } = await import('./hdfs/hdfs-file-system.js')
  const { readHadoopConfiguration } = await import('./hdfs/configuration/hadoop-configuration.js')
  const directory = process.env.HADOOP_CONF_DIR
  const configuration = options.configuration ?? (directory ? await readHadoopConfiguration(directory) : {})
  return createHdfsFileSystem({ ...options, ...place, configuration })
}

/** What only the other adapter knows is not ignored. */
function refuseForeign(place: Location, options: OpenFileSystemOptions, isForeign: (name: string) => boolean): void {
  const foreign = Object.keys(options).filter(isForeign)
  if (foreign.length === 0) return
  throw refusal(place.root, `a location with the scheme ${place.scheme} has no use for ${foreign.join(', ')}`)
}

function refusal(path: string, says: string): FileSystemError {
  const details = { code: 'INVALID_ARGUMENT', outcome: 'not-applied', retry: 'never', operation: 'open', path } as const
  return new FileSystemError(`open: ${says}`, details)
}
