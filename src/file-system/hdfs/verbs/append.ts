// append: more bytes behind those that a file has.
import { type Content, chunksOf, lengthOf } from '../../content.js'
import { FileSystemError } from '../../file-system-error.js'
import { errorOfRefusal, outcomeOfMutation, Refused } from '../../webhdfs-protocol/answer-errors.js'
import { type Attempt, checkBytes, refusal } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { uploadAll } from '../../webhdfs-protocol/upload.js'
import { appendFile, CREATE_FLAG } from '../messages/writing-methods.js'
import type { Session } from '../session.js'
import { HdfsUpload } from '../upload.js'
import { withoutId } from './without-id.js'

/** See `FileSystem.append`. */
export async function append(
  session: Session,
  path: string,
  content: Content,
  options: { readonly base: number },
): Promise<number> {
  if (lengthOf(content) === 0) throw refusal('INVALID_ARGUMENT', 'was given no bytes', { operation: 'append', path })
  const upload = await appendUpload(session, path, options)
  return uploadAll(upload, chunksOf(content))
}

/** See `FileSystem.appendUpload`. The base is compared before the first byte, for the namenode's answer has the length in it. */
export async function appendUpload(
  session: Session,
  path: string,
  { base }: { readonly base: number },
): Promise<HdfsUpload> {
  const attempt: Attempt = { operation: 'append', path }
  checkBytes(base, 'base', attempt)
  const src = absolutePath(session.options.root, path)
  const request = { src, clientName: session.clientName, flag: CREATE_FLAG.append }
  const { block, stat } = await session.calls.call(appendFile, request, attempt).catch((error: unknown) => {
    throw error instanceof Refused ? errorOfRefusal(error, attempt, outcomeOfMutation) : error
  })
  if (stat?.fileId === undefined || stat.blocksize === undefined) {
    throw withoutId(attempt)
  }
  const upload = new HdfsUpload(session, {
    file: { src, fileId: stat.fileId, blockSizeBytes: stat.blocksize, attempt },
    baseBytes: stat.length,
    offsetInBlock: block?.b.numBytes ?? 0,
    durability: session.options.isSynced ? 'synced' : 'flushed',
  })
  if (block !== undefined) await upload.reopen(block)
  if (stat.length === base && stat.fileEncryptionInfo === undefined) return upload
  // Closed with the length that it had.
  await upload.end()
  if (stat.length === base)
    throw refusal('UNSUPPORTED', 'found an encrypted file, which hdfs:// cannot write; use webhdfs://', attempt)
  const message = `append of ${JSON.stringify(path)}: the file has ${stat.length} bytes where ${base} were expected; nothing was written`
  throw new FileSystemError(message, { code: 'WRONG_LENGTH', outcome: 'not-applied', retry: 'never', ...attempt })
}
