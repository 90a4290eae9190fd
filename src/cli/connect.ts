// Opens the file system of a location for the tools that only look, with the layers that a person would want.
import type { FileSystem } from '../file-system/file-system.js'
import { withRetry } from '../file-system/layers/retry.js'
import type { OpenFileSystemOptions } from '../file-system/open.js'
import { openFileSystem } from '../file-system/open.js'
import { delegationTokenFor } from './delegation-token.js'

/** How long a look at a location that is away is tried again: a person waits. */
const RETRY_MS_MAX = 10_000

/** Flags of every command that names a location. */
export interface ConnectFlags {
  readonly user?: string
  readonly doas?: string
  readonly delegationToken?: string
}

/** Opens a location. */
export async function connect(location: string, flags: ConnectFlags): Promise<FileSystem> {
  const delegationToken = delegationTokenFor(location, flags, process.env)
  const options: OpenFileSystemOptions = {
    ...(flags.user === undefined ? {} : { user: flags.user }),
    ...(flags.doas === undefined ? {} : { doas: flags.doas }),
    ...(delegationToken === undefined ? {} : { delegationToken }),
  }
  return withRetry(await openFileSystem(location, options), { totalMsMax: RETRY_MS_MAX })
}
