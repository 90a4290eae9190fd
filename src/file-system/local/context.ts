// What every verb of the local adapter works with.
import type { Random } from '../../model/random.js'
import type { DirectorySync } from './directory-sync.js'
import type { Disk } from './disk.js'
import type { Root } from './root.js'

/** The parts of one open location. */
export interface LocalContext {
  readonly disk: Disk
  readonly root: Root
  readonly directories: DirectorySync
  readonly random: Random
}
