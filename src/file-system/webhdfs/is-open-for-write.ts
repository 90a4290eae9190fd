// Whether anybody has a file open for writing, or it is being recovered.
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import { blockSummary } from './blocks.js'
import type { Session } from './session.js'

/** See `FileSystem.isOpenForWrite`. */
export async function isOpenForWrite(session: Session, path: string): Promise<boolean> {
  const attempt: Attempt = { operation: 'isOpenForWrite', path }
  return (await blockSummary(session, attempt)).underConstruction
}
