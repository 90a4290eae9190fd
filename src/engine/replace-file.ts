// A decided CONCAT that HDFS refuses for good, because of a snapshot or of larger blocks: a copy of the finished file takes the place of the file.
import { joinPath, nameOf } from '../file-system/path.js'
import type { DataFile } from '../model/data-file.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import type { PlannedFile } from '../protocol/plan-commit.js'
import { type ImpossibleLane, type PieceNames, piecesOf } from '../protocol/replacement.js'
import type { TaskState } from '../protocol/task-state.js'
import { copyPieces } from './copy-prefix.js'
import { throwIfFenced } from './fenced.js'
import { tell } from './hooks.js'
import type { Epoch, TaskContext } from './task-context.js'
import { unchangedAt } from './unchanged-file.js'
import { blocksOf } from './upload.js'

/**
 * Copies what the record decided for a file, and answers what the next record has to say of it: the copy takes a further generation, and everything that it
 * was made from is deleted. `look-again`: the CONCAT was done meanwhile, or the file changed under the copy. Rejects with `FENCED`, with `DATA_LOST` or
 * `FOREIGN_FILE` where its pieces are not what was decided, or with a FileSystemError.
 */
export async function replaceFile(
  context: TaskContext,
  epoch: Epoch,
  state: TaskState,
  lane: ImpossibleLane,
): Promise<PlannedFile | 'look-again'> {
  const { file, sealed } = fileOf(state, lane.serial)
  const pieces = piecesOf(lane)
  for (let round = 0; round < context.limits.replacementRoundsMax; round++) {
    const there = await namesThere(context, pieces)
    // All in one piece: there is nothing left that a CONCAT could refuse.
    if (there.length < 2) return 'look-again'
    const paths = there.map(([name]) => name)
    const temp = await copyPieces(context, epoch, paths, file.length)
    if (temp === 'other') continue
    const name = context.naming.parse(nameOf(file.path))!
    const path = joinPath(file.directory, context.naming.format({ ...name, generation: epoch.nextGeneration() }))
    const change = { ...unchangedAt(file, path), blockCount: blocksOf(context, file.length), sealed }
    tell(context, 'reclaim', { from: file.path, path, keptBytes: file.length, how: 'replaced' })
    context.logger.warn({ path: file.path, copy: path }, 'HDFS refuses to CONCAT what was decided: a copy replaces it')
    return { change, placement: { at: 'temp', temp, replaces: there.flat() } }
  }
  await throwIfFenced(context, epoch)
  throw new MultiOutputError(
    'DATA_LOST',
    `${file.path}: it and what is to be put behind it do not have the ${file.length} bytes that were decided. Nothing was changed.`,
    { path: file.path },
  )
}

function fileOf(state: TaskState, serial: number): { readonly file: DataFile; readonly sealed: boolean } {
  const sealed = state.sealedFiles.find((file) => file.serial === serial)
  if (sealed !== undefined) return { file: sealed, sealed: true }
  for (const file of state.openFiles.values()) if (file.serial === serial) return { file, sealed: false }
  throw new TypeError(`actions are listed for serial ${serial}, which is no file of this task`)
}

/**
 * Of each piece that is there the name that it has now, and those that a late request may still give it: they go with it. Looked at in the order in which names
 * are given up, so that none is missed. A piece that is not there was moved into the one before, for good: what comes before a CONCAT is durable.
 */
async function namesThere(
  { fileSystem }: TaskContext,
  pieces: readonly PieceNames[],
): Promise<(readonly [string, ...string[]])[]> {
  const there: (readonly [string, ...string[]])[] = []
  for (const names of pieces) {
    for (const [index, name] of names.entries()) {
      if ((await fileSystem.stat(name)) === undefined) continue
      there.push([name, ...names.slice(index + 1)])
      break
    }
  }
  return there
}
