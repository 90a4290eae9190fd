// Sets up the pipeline of a block: of a new one; of the last one, for an append; of one that lost its pipeline.
import { isFileSystemError } from '../../file-system-error.js'
import { Refused } from '../../webhdfs-protocol/answer-errors.js'
import type { Attempt } from '../../webhdfs-protocol/arguments.js'
import type { DatanodeInfo, ExtendedBlock, LocatedBlock } from '../messages/block-messages.js'
import { STAGE } from '../messages/data-transfer-messages.js'
import { abandonBlock, addBlock, updateBlockForPipeline, updatePipeline } from '../messages/writing-methods.js'
import type { Session } from '../session.js'
import {
  nodesOf,
  openPipeline,
  PipelineFailure,
  type PipelineNodes,
  type PipelineOwner,
  type WritePipeline,
} from './write-pipeline.js'

/** The file that is written, by the path that it had when it was opened; what counts is its id. */
export interface OpenFile {
  readonly src: string
  readonly fileId: bigint
  readonly blockSizeBytes: number
  readonly attempt: Attempt
}

/** A block with a pipeline to write it by. */
export interface BlockPipeline {
  /** In its present generation. */
  readonly block: ExtendedBlock
  readonly pipeline: WritePipeline
}

/** Adds a block to the file. `previous` is the one before, with its length. */
export async function openNewBlock(
  session: Session,
  file: OpenFile,
  previous: ExtendedBlock | undefined,
  owner: PipelineOwner,
): Promise<BlockPipeline> {
  const excludeNodes: DatanodeInfo[] = []
  let failure: PipelineFailure | undefined
  for (let tried = 1; ; tried += 1) {
    let located: LocatedBlock
    try {
      located = await addedBlock(session, file, previous, excludeNodes)
    } catch (error) {
      // No datanode is left but those that failed: then their failure is the reason.
      if (failure !== undefined && error instanceof Refused && error.verdict.code === 'UNAVAILABLE') throw failure
      throw error
    }
    const block = located.b
    const setup = {
      nodes: nodesOf(located),
      token: located.blockToken,
      block,
      stage: STAGE.setupCreate,
      generationStamp: block.generationStamp,
      acknowledgedBytes: 0,
      sentBytes: 0,
      blockSizeBytes: file.blockSizeBytes,
      clientName: session.clientName,
    }
    try {
      return { block, pipeline: await openPipeline(session, setup, owner) }
    } catch (error) {
      if (!(error instanceof PipelineFailure)) throw error
      failure = error
      if (tried >= session.options.pipelineAttemptsMax) throw error
      const bad = located.locs[error.badIndex]
      if (bad === undefined) throw error
      excludeNodes.push(bad)
      const { src, fileId, attempt } = file
      await session.calls.call(abandonBlock, { b: block, src, holder: session.clientName, fileId }, attempt)
    }
  }
}

/** The namenode wants the block before to be reported by a datanode first; that takes some milliseconds. */
async function addedBlock(
  session: Session,
  { src, fileId, attempt }: OpenFile,
  previous: ExtendedBlock | undefined,
  excludeNodes: readonly DatanodeInfo[],
): Promise<LocatedBlock> {
  const { closePauseMs, closeWaitMs } = session.options
  const request = {
    src,
    clientName: session.clientName,
    excludeNodes,
    fileId,
    ...(previous === undefined ? {} : { previous }),
  }
  const giveUpMs = performance.now() + closeWaitMs
  for (let pauseMs = closePauseMs; ; pauseMs *= 2) {
    try {
      return (await session.calls.call(addBlock, request, attempt)).block
    } catch (error) {
      const isEarly = error instanceof Refused && /NotReplicatedYetException$/.test(error.exception.exception)
      if (!isEarly || performance.now() + pauseMs > giveUpMs) throw error
    }
    await session.pauses.pause(pauseMs, attempt, 'unknown')
  }
}

/** A block that has bytes, and how it is to be written on. */
export interface BlockToReopen {
  /** In its present generation. */
  readonly block: ExtendedBlock
  readonly nodes: PipelineNodes
  /** The stage for the first try, and for those after it. */
  readonly stages: { readonly first: number; readonly again: number }
  readonly acknowledgedBytes: number
  readonly sentBytes: number
}

/**
 * Gives the block a new generation and a pipeline of those of its datanodes that are left. Replicas that are not among them stay behind
 * in the old generation, by which the namenode tells that they are stale. Rejects with the last {@link PipelineFailure} when none is left.
 */
export async function reopenBlock(
  session: Session,
  file: OpenFile,
  { block, nodes: allNodes, stages, acknowledgedBytes, sentBytes }: BlockToReopen,
  owner: PipelineOwner,
): Promise<BlockPipeline> {
  const { clientName } = session
  let nodes = allNodes
  for (let stage = stages.first; ; stage = stages.again) {
    const located = (await session.calls.call(updateBlockForPipeline, { block, clientName }, file.attempt)).block
    const { generationStamp } = located.b
    const setup = {
      nodes,
      token: located.blockToken,
      block,
      stage,
      generationStamp,
      acknowledgedBytes,
      sentBytes,
      blockSizeBytes: file.blockSizeBytes,
      clientName,
    }
    let pipeline: WritePipeline
    try {
      pipeline = await openPipeline(session, setup, owner)
    } catch (error) {
      if (!(error instanceof PipelineFailure)) throw error
      nodes = without(nodes, error.badIndex)
      if (nodes.datanodes.length === 0) throw error
      continue
    }
    const renewed: ExtendedBlock = { ...block, generationStamp, numBytes: sentBytes }
    try {
      const newNodes = nodes.datanodes.map(({ id }) => id)
      const request = { clientName, oldBlock: block, newBlock: renewed, newNodes, storageIDs: nodes.storageIDs }
      await session.calls.call(updatePipeline, request, file.attempt)
    } catch (error) {
      if (error instanceof Refused || isFileSystemError(error)) pipeline.destroy()
      throw error
    }
    return { block: renewed, pipeline }
  }
}

/** All but one. */
export function without({ datanodes, storageTypes, storageIDs }: PipelineNodes, badIndex: number): PipelineNodes {
  const isKept = (_: unknown, index: number): boolean => index !== badIndex
  return {
    datanodes: datanodes.filter(isKept),
    storageTypes: storageTypes.filter(isKept),
    storageIDs: storageIDs.filter(isKept),
  }
}
