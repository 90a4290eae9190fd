// Whether anybody has a file open for writing, or it is being recovered.
import type { Attempt } from './arguments.js'
import { blockSummary } from './blocks.js'
import type { Wire } from './wire.js'

/** See `FileSystem.isOpenForWrite`. */
export async function isOpenForWrite(wire: Wire, path: string): Promise<boolean> {
  const attempt: Attempt = { operation: 'isOpenForWrite', path }
  return (await blockSummary(wire, attempt)).underConstruction
}
