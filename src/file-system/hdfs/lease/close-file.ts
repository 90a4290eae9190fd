// How a file that was written stops being open: closed with its length, or let go of for others to find.
import { FileSystemError, isFileSystemError } from '../../file-system-error.js'
import { Refused } from '../../webhdfs-protocol/answer-errors.js'
import type { OpenFile } from '../datatransfer/block-setup.js'
import type { ExtendedBlock } from '../messages/block-messages.js'
import { complete, recoverLease } from '../messages/writing-methods.js'
import type { Session } from '../session.js'

/** The path of a file by its id, which renames do not change. */
export function pathOfInode(fileId: bigint): string {
  return `/.reserved/.inodes/${fileId}`
}

/**
 * Resolves when the file is closed with this last block. The namenode says `false` while the datanodes have not reported it: then it is
 * asked again, first after 2 ms. Rejects with `TIMEOUT`, unknown, when that takes too long, with `Refused` when the lease is lost.
 */
export async function closeFile(session: Session, file: OpenFile, last: ExtendedBlock | undefined): Promise<void> {
  const { src, fileId, attempt } = file
  const { closePauseMs, closeWaitMs } = session.options
  const request = { src, clientName: session.clientName, fileId, ...(last === undefined ? {} : { last }) }
  const giveUpMs = performance.now() + closeWaitMs
  for (let pauseMs = closePauseMs; ; pauseMs *= 2) {
    if ((await session.calls.call(complete, request, attempt)).result) return
    if (performance.now() + pauseMs > giveUpMs) {
      const { operation, path } = attempt
      const message = `${operation} of ${JSON.stringify(path)}: the datanodes have not reported its last block after ${closeWaitMs} ms (closeWaitMs)`
      throw new FileSystemError(message, { code: 'TIMEOUT', outcome: 'unknown', retry: 'later', operation, path })
    }
    await session.pauses.pause(pauseMs, attempt, 'unknown')
  }
}

/**
 * Has the namenode close a file that we could not: at the length that its replicas agree on, in the background. Without this our own
 * renewals would keep it open for as long as this process lives. Never rejects: whoever wants the file next recovers the lease by himself.
 */
export async function letGo(session: Session, { fileId, attempt }: OpenFile): Promise<void> {
  try {
    await session.calls.call(recoverLease, { src: pathOfInode(fileId), clientName: session.clientName }, attempt)
  } catch (error) {
    if (!(error instanceof Refused) && !isFileSystemError(error)) throw error
  }
}
