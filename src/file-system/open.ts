// Opens the file system that a location names: the one place that knows all adapters.
import type { FileSystem } from './file-system.js'
import { FileSystemError } from './file-system-error.js'
import { createLocalFileSystem } from './local/local-file-system.js'
import { type LocationInput, parseLocation } from './location.js'
import type { WebHdfsOptions } from './webhdfs/options.js'

/** For the file system that a location selects: what the location itself does not say. A local directory takes none of them. */
export type OpenFileSystemOptions = Partial<Omit<WebHdfsOptions, 'scheme' | 'namenodes' | 'root'>>

/**
 * Opens a directory as a file system, without layers, and asks it nothing yet.
 *
 * - `file:///data/events`, `/data/events`, `./events`: this machine
 * - `webhdfs://namenode:9870/data/events`, `swebhdfs://…:9871/…`: HDFS by its namenodes; several with commas between
 *   them (`webhdfs://nn1:9870,nn2:9870/data`), or as a list of locations
 * - `httpfs://host:14000/data/events`, `httpfss://…`: HDFS through HttpFS
 *
 * `user@host` gives the user's name. Names are percent-encoded in URLs and taken literally in plain paths. Rejects with a {@link FileSystemError}
 * of operation `open` that says what to write instead: `INVALID_ARGUMENT`, `INVALID_PATH`, `UNSUPPORTED` (a scheme that is not ours,
 * `hdfs://` among them); with a `TypeError` for options that are none.
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
  // Loaded when it is needed: it and node:https take some 15 ms (of 40) that a local directory need not spend.
  const { createWebHdfsFileSystem } = await import('./webhdfs/webhdfs-file-system.js')
  return createWebHdfsFileSystem({ ...Object.fromEntries(given), ...place })
}

function refusal(path: string, says: string): FileSystemError {
  const details = { code: 'INVALID_ARGUMENT', outcome: 'not-applied', retry: 'never', operation: 'open', path } as const
  return new FileSystemError(`open: ${says}`, details)
}
