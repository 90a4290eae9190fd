// getFileInfo: what stands at a path.
import type { FileStatus } from '../../file-system.js'
import { errorOfRefusal, Refused } from '../../webhdfs-protocol/answer-errors.js'
import type { Attempt } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { FILE_TYPE, type HdfsFileStatus } from '../messages/file-messages.js'
import { getFileInfo } from '../messages/namespace-methods.js'
import type { Session } from '../session.js'

/** See `FileSystem.stat`. Other verbs ask too, in their own name: `attempt`. */
export async function stat(session: Session, path: string, attempt: Attempt): Promise<FileStatus | undefined> {
  try {
    const { fs } = await session.calls.call(getFileInfo, { src: absolutePath(session.options.root, path) }, attempt)
    return fs === undefined ? undefined : statusOf(fs, path)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { code } = error.verdict
    // Nothing stands below a file.
    if (code === 'NOT_FOUND' || code === 'NOT_A_DIRECTORY') return undefined
    throw errorOfRefusal(error, attempt, 'not-applied')
  }
}

/** The port's status of what the namenode found at the path. */
export function statusOf(found: HdfsFileStatus, path: string): FileStatus {
  const { fileType, length, modificationTime: modifiedMs, fileId } = found
  const isDirectory = fileType === FILE_TYPE.directory
  const status = {
    path,
    type: isDirectory ? 'directory' : 'file',
    length: isDirectory ? 0 : length,
    modifiedMs,
  } as const
  // 0 is what file systems without inode ids give (INodeId.GRANDFATHER_INODE_ID).
  return fileId === undefined || fileId === 0n ? status : { ...status, fileId: String(fileId) }
}
