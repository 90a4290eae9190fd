// The bytes of a file, block by block; from another replica where one fails.
import type { ByteRange } from '../../file-system.js'
import { FileSystemError, RemoteException } from '../../file-system-error.js'
import { errorOfRefusal, Refused } from '../../webhdfs-protocol/answer-errors.js'
import { type Attempt, checkRange, refusal } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { errorOfFailure, TransportFailure } from '../../webhdfs-protocol/transport-failure.js'
import { BadReplica, readBlock } from '../datatransfer/read-block.js'
import type { LocatedBlock, LocatedBlocks } from '../messages/block-messages.js'
import { getBlockLocations } from '../messages/namespace-methods.js'
import { getReplicaVisibleLength } from '../messages/writing-methods.js'
import { MalformedMessage } from '../protobuf/wire-reader.js'
import { callDatanode } from '../rpc/datanode-call.js'
import type { Session } from '../session.js'

/** A block, and how much of it can be read. */
interface ReadableBlock {
  readonly located: LocatedBlock
  readonly offset: number
  readonly bytes: number
}

/** See `FileSystem.readStream`. A file that is being written is read up to what every datanode of its pipeline has. */
export async function* readStream(
  session: Session,
  path: string,
  range: ByteRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  const attempt: Attempt = { operation: 'read', path }
  checkRange(range, attempt)
  const { start = 0, end = Number.MAX_SAFE_INTEGER } = range
  let at = start
  for (let round = 1; ; round += 1) {
    const failures: unknown[] = []
    // Asked anew each round: blocks move, and a file may have been closed meanwhile.
    for (const block of await blocksOf(session, { start: at, end }, attempt)) {
      const stop = Math.min(end, block.offset + block.bytes)
      const before = failures.length
      for await (const chunk of readReplicas(session, block, { start: at, end: stop }, failures)) {
        at += chunk.byteLength
        yield chunk
      }
      if (at < stop) break
      failures.length = before
    }
    if (failures.length === 0) return
    if (round >= session.options.readRoundsMax) throw errorOfReplicas(failures, attempt)
  }
}

/** Yields what can be had of the range from one replica after the other; adds to `failures` why not more. */
async function* readReplicas(
  session: Session,
  { located, offset }: ReadableBlock,
  { start, end }: { readonly start: number; readonly end: number },
  failures: unknown[],
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = start
  if (located.locs.length === 0 && at < end) failures.push(new BadReplica(`block ${located.b.blockId} has no replica`))
  for (const datanode of located.locs) {
    if (at >= end) return
    try {
      for await (const chunk of readBlock(session, located, datanode, { start: at - offset, end: end - offset })) {
        at += chunk.byteLength
        yield chunk
      }
    } catch (error) {
      if (!(error instanceof BadReplica || error instanceof TransportFailure)) throw error
      failures.push(error)
    }
  }
}

function errorOfReplicas(failures: readonly unknown[], attempt: Attempt): FileSystemError {
  const closed = failures.find((each) => each instanceof TransportFailure && each.reason === 'closed')
  if (closed !== undefined) return errorOfFailure(closed as TransportFailure, attempt, 'not-applied')
  const said = [...new Set(failures.map((each) => (each as Error).message))].join('; ')
  const isCorrupt = failures.every((each) => each instanceof BadReplica)
  const message = `read of ${JSON.stringify(attempt.path)}: no replica of a block could be read: ${said}`
  return new FileSystemError(message, {
    code: isCorrupt ? 'CORRUPT' : 'UNAVAILABLE',
    outcome: 'not-applied',
    retry: 'later',
    ...attempt,
    cause: failures.at(-1),
  })
}

/** The blocks that the range touches, in order. */
async function blocksOf(
  session: Session,
  { start, end }: { readonly start: number; readonly end: number },
  attempt: Attempt,
): Promise<readonly ReadableBlock[]> {
  const file = await locate(session, { start, end }, attempt)
  const blocks: ReadableBlock[] = []
  const isLastOpen = file.lastBlock !== undefined && !file.isLastBlockComplete
  for (const located of file.blocks) {
    if (isLastOpen && located.b.blockId === file.lastBlock?.b.blockId) continue
    blocks.push({ located, offset: located.offset, bytes: located.b.numBytes ?? 0 })
  }
  if (isLastOpen && file.lastBlock !== undefined && end > file.lastBlock.offset) {
    const located = file.lastBlock
    blocks.push({ located, offset: located.offset, bytes: await visibleBytes(session, located, attempt) })
  }
  return blocks.filter(({ offset, bytes }) => offset < end && offset + bytes > start)
}

async function locate(
  session: Session,
  { start, end }: { readonly start: number; readonly end: number },
  attempt: Attempt,
): Promise<LocatedBlocks> {
  const src = absolutePath(session.options.root, attempt.path)
  let file: LocatedBlocks | undefined
  try {
    // An empty range asks, too: the file has to be there.
    const request = { src, offset: start, length: Math.max(end - start, 1) }
    file = (await session.calls.call(getBlockLocations, request, attempt)).locations
  } catch (error) {
    throw error instanceof Refused ? errorOfRefusal(error, attempt, 'not-applied') : error
  }
  if (file === undefined) throw refusal('NOT_FOUND', 'found nothing there', attempt)
  if (file.fileEncryptionInfo !== undefined || file.ecPolicy !== undefined) {
    const kind = file.ecPolicy === undefined ? 'encrypted' : 'erasure-coded'
    throw refusal('UNSUPPORTED', `found an ${kind} file, which hdfs:// cannot read; use webhdfs://`, attempt)
  }
  return file
}

/** What a reader may see of a block that is being written: each datanode of its pipeline knows. */
async function visibleBytes(session: Session, { locs, b: block }: LocatedBlock, attempt: Attempt): Promise<number> {
  const failures: Error[] = []
  for (const { id } of locs) {
    try {
      const address = session.datanodes.addressOf(id, id.ipcPort)
      return (await callDatanode(session.options, address, getReplicaVisibleLength, { block })).length
    } catch (error) {
      if (!(error instanceof RemoteException || error instanceof TransportFailure || error instanceof MalformedMessage))
        throw error
      failures.push(error)
    }
  }
  // No datanode has heard of it: its pipeline was never set up, so nobody wrote to it.
  if (failures.every((each) => each instanceof RemoteException && /ReplicaNotFoundException$/.test(each.exception)))
    return 0
  const said = failures.map(({ message }) => message).join('; ')
  const message = `read of ${JSON.stringify(attempt.path)}: no datanode tells how long its last block is: ${said}`
  const details = { code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'later', ...attempt } as const
  throw new FileSystemError(message, { ...details, cause: failures.at(-1) })
}
