// What stands in the place of a decided CONCAT that HDFS will never carry out: a copy of the file and of all that was to be put behind it.
import type { Action } from './log-record.js'

/** Names that the same bytes have one after the other: at any moment at most one of them is there. */
export type PieceNames = readonly string[]

/** The actions of one file, of which a CONCAT has become impossible. */
export interface ImpossibleLane {
  readonly serial: number
  readonly actions: readonly Action[]
}

/**
 * Where the bytes of the finished file are, in their order, however far its actions are: read one behind the other, those pieces that are there make up
 * the file as the record says it is. What was moved by CONCAT is no longer under its own name, but in the piece before it.
 */
export function piecesOf({ actions }: Pick<ImpossibleLane, 'actions'>): readonly PieceNames[] {
  const pieces: string[][] = []
  const pieceOf = (name: string): string[] | undefined => pieces.find((names) => names.includes(name))
  for (const action of actions) {
    if (action.do === 'rename') {
      const piece = pieceOf(action.from)
      if (piece === undefined) pieces.push([action.from, action.to])
      else piece.push(action.to)
    } else if (action.do === 'concat') {
      if (pieceOf(action.target) === undefined) pieces.unshift([action.target])
      if (pieceOf(action.source) === undefined) pieces.push([action.source])
    }
  }
  return pieces
}
