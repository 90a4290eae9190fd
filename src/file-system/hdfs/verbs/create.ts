// create: a file that must not exist, and the upload that fills it.
import { type Content, chunksOf, lengthOf } from '../../content.js'
import type { CreateOptions } from '../../file-system.js'
import type { FileSystemError } from '../../file-system-error.js'
import { errorOfRefusal, outcomeOfMutation, Refused } from '../../webhdfs-protocol/answer-errors.js'
import { type Attempt, checkCreateOptions, refusal } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { uploadAll } from '../../webhdfs-protocol/upload.js'
import type { OpenFile } from '../datatransfer/block-setup.js'
import { letGo } from '../lease/close-file.js'
import { deletePath } from '../messages/namespace-methods.js'
import { CREATE_FLAG, createFile } from '../messages/writing-methods.js'
import type { Session } from '../session.js'
import { HdfsUpload } from '../upload.js'
import { withoutId } from './without-id.js'

const PERMISSION_DEFAULT = '644'
const NO_CIPHER = /\.UnknownCryptoProtocolVersionException$/

/** See `FileSystem.create`. */
export async function create(
  session: Session,
  path: string,
  content: Content,
  options: CreateOptions,
): Promise<number> {
  const isSmall = lengthOf(content) <= session.options.syncedCreateBytesMax
  const upload = await open(session, path, options, isSmall || session.options.isSynced ? 'synced' : 'flushed')
  return uploadAll(upload, chunksOf(content))
}

/** See `FileSystem.createUpload`. */
export function createUpload(session: Session, path: string, options: CreateOptions): Promise<HdfsUpload> {
  return open(session, path, options, session.options.isSynced ? 'synced' : 'flushed')
}

async function open(
  session: Session,
  path: string,
  options: CreateOptions,
  durability: 'flushed' | 'synced',
): Promise<HdfsUpload> {
  const attempt: Attempt = { operation: 'create', path }
  checkCreateOptions(options, attempt)
  const defaults = await session.serverDefaults(attempt)
  const { permission = PERMISSION_DEFAULT, parents = 'require' } = options
  const src = absolutePath(session.options.root, path)
  const request = {
    src,
    masked: { perm: Number.parseInt(permission, 8) },
    clientName: session.clientName,
    createFlag: CREATE_FLAG.create,
    createParent: parents === 'create',
    replication: options.replication ?? session.options.replication ?? defaults.replication,
    blockSize: options.blockSizeBytes ?? session.options.blockSizeBytes ?? defaults.blockSize,
    cryptoProtocolVersion: [],
  }
  const status = await session.calls.call(createFile, request, attempt).then(
    ({ fs }) => fs,
    (error: unknown) => {
      if (!(error instanceof Refused)) throw error
      // Nothing is offered to encrypt with: what is written as it is would be garbage to every other reader (H51).
      if (NO_CIPHER.test(error.exception.exception)) throw unwritable('encrypted', attempt)
      throw errorOfRefusal(error, attempt, outcomeOfMutation)
    },
  )
  if (status?.fileId === undefined) throw withoutId(attempt)
  const file = { src, fileId: status.fileId, blockSizeBytes: status.blocksize ?? request.blockSize, attempt }
  if (status.ecPolicy !== undefined || status.fileEncryptionInfo !== undefined) {
    await takeBack(session, file)
    const kind = status.ecPolicy === undefined ? 'encrypted' : 'erasure-coded'
    throw unwritable(kind, attempt)
  }
  return new HdfsUpload(session, { file, baseBytes: 0, offsetInBlock: 0, durability })
}

function unwritable(kind: 'encrypted' | 'erasure-coded', attempt: Attempt): FileSystemError {
  return refusal('UNSUPPORTED', `would make an ${kind} file, which hdfs:// cannot write; use webhdfs://`, attempt)
}

/** Removes a file that was just made. */
async function takeBack(session: Session, file: OpenFile): Promise<void> {
  await letGo(session, file)
  try {
    await session.calls.call(deletePath, { src: file.src, recursive: false }, file.attempt)
  } catch (error) {
    throw error instanceof Refused ? errorOfRefusal(error, file.attempt, 'unknown') : error
  }
}
