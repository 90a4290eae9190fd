// APPEND: bytes to the end of a file. Once a datanode was contacted only a checked 200 is certain.
import { type Content, chunksOf, lengthOf } from '../content.js'
import type { Upload } from '../file-system.js'
import { type Attempt, checkBytes, refusal } from '../webhdfs-protocol/arguments.js'
import { uploadAll } from '../webhdfs-protocol/upload.js'
import { openUpload } from './open-upload.js'
import type { Session } from './session.js'

/** See `FileSystem.append`. */
export async function append(
  session: Session,
  path: string,
  content: Content,
  { base }: { readonly base: number },
): Promise<number> {
  const attempt: Attempt = { operation: 'append', path }
  checkBytes(base, 'base', attempt)
  const contentBytes = lengthOf(content)
  if (contentBytes === 0) throw refusal('INVALID_ARGUMENT', 'was given empty content', attempt)
  const plan = { op: 'APPEND', parameters: {}, contentBytes, baseBytes: base } as const
  return uploadAll(await openUpload(session, plan, attempt), chunksOf(content))
}

/** See `FileSystem.appendUpload`. */
export async function appendUpload(
  session: Session,
  path: string,
  { base }: { readonly base: number },
): Promise<Upload> {
  const attempt: Attempt = { operation: 'append', path }
  checkBytes(base, 'base', attempt)
  return openUpload(session, { op: 'APPEND', parameters: {}, baseBytes: base }, attempt)
}
