// CREATE: a file that must not exist, in one go or streamed.
import { type Content, chunksOf, lengthOf } from '../content.js'
import type { CreateOptions, Upload } from '../file-system.js'
import { parentOf } from '../path.js'
import { type Attempt, checkCreateOptions, refusal } from '../webhdfs-protocol/arguments.js'
import type { UploadPlan } from './open-upload.js'
import type { Session } from './session.js'
import { stat } from './stat.js'
import { uploadAll, WebHdfsUpload } from './upload.js'

/** See `FileSystem.create`. */
export async function create(
  session: Session,
  path: string,
  content: Content,
  options: CreateOptions,
): Promise<number> {
  const attempt: Attempt = { operation: 'create', path }
  checkCreateOptions(options, attempt)
  const contentBytes = lengthOf(content)
  await checkParent(session, options, attempt)
  return uploadAll(session, { ...planOf(session, options, contentBytes), contentBytes }, chunksOf(content), attempt)
}

/** See `FileSystem.createUpload`. */
export async function createUpload(session: Session, path: string, options: CreateOptions): Promise<Upload> {
  const attempt: Attempt = { operation: 'create', path }
  checkCreateOptions(options, attempt)
  await checkParent(session, options, attempt)
  return WebHdfsUpload.open(session, planOf(session, options, undefined), attempt)
}

function planOf(
  { options: { syncedCreateBytesMax, httpFs } }: Session,
  { parents, permission, replication, blockSizeBytes }: CreateOptions,
  contentBytes: number | undefined,
): UploadPlan & { readonly baseBytes: 0 } {
  const synced = contentBytes !== undefined && contentBytes <= syncedCreateBytesMax && !httpFs
  const parameters = {
    overwrite: 'false',
    createparent: parents === 'create' ? 'true' : 'false',
    createflag: synced && syncedCreateBytesMax > 0 ? 'CREATE,SYNC_BLOCK' : undefined,
    permission,
    replication,
    blocksize: blockSizeBytes,
  }
  return { op: 'CREATE', parameters, baseBytes: 0 }
}

/** HttpFS ignores `createparent` and makes every parent, so it is looked for beforehand. */
async function checkParent(session: Session, { parents }: CreateOptions, attempt: Attempt): Promise<void> {
  if (!session.options.httpFs || parents === 'create') return
  const parent = await stat(session, parentOf(attempt.path), attempt)
  if (parent === undefined) throw refusal('PARENT_NOT_FOUND', 'has no parent directory', attempt)
  if (parent.type === 'file') throw refusal('NOT_A_DIRECTORY', 'has a file for its parent', attempt)
}
