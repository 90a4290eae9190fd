// What every verb of the adapter is given.
import type { Connections } from './connections.js'
import type { KnownPlacesOfFiles } from './known-places.js'
import type { Namenodes } from './namenodes.js'
import type { ResolvedOptions } from './options.js'

/** One open file system. */
export interface Session {
  readonly options: ResolvedOptions
  readonly connections: Connections
  readonly namenodes: Namenodes
  readonly known: KnownPlacesOfFiles
}
