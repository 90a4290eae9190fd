// CREATE: a file that must not exist, in one go or streamed.
import { type Content, chunksOf, lengthOf } from '../content.js'
import type { CreateOptions, Upload } from '../file-system.js'
import { type Attempt, checkCreateOptions } from '../webhdfs-protocol/arguments.js'
import { checkParent, createParameters } from '../webhdfs-protocol/create-parameters.js'
import { uploadAll } from '../webhdfs-protocol/upload.js'
import { openUpload } from './open-upload.js'
import type { Session } from './session.js'

/** See `FileSystem.create`. */
export async function create(
  session: Session,
  path: string,
  content: Content,
  options: CreateOptions,
): Promise<number> {
  const attempt: Attempt = { operation: 'create', path }
  checkCreateOptions(options, attempt)
  await checkParent(session.namenodes, options, attempt)
  const contentBytes = lengthOf(content)
  const { syncedCreateBytesMax, httpFs } = session.options
  const synced = !httpFs && syncedCreateBytesMax > 0 && contentBytes <= syncedCreateBytesMax
  const parameters = createParameters(options, { synced })
  const plan = { op: 'CREATE', parameters, baseBytes: 0, contentBytes } as const
  return uploadAll(await openUpload(session, plan, attempt), chunksOf(content))
}

/** See `FileSystem.createUpload`. */
export async function createUpload(session: Session, path: string, options: CreateOptions): Promise<Upload> {
  const attempt: Attempt = { operation: 'create', path }
  checkCreateOptions(options, attempt)
  await checkParent(session.namenodes, options, attempt)
  const parameters = createParameters(options, { synced: false })
  return openUpload(session, { op: 'CREATE', parameters, baseBytes: 0 }, attempt)
}
