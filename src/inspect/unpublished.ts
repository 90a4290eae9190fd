// Where the bytes of a file are whose record is decided and not yet published: nothing is wrong with it, and the next open puts it in order.
import type { ByteRange, FileSystem } from '../file-system/file-system.js'
import type { DataFile } from '../model/data-file.js'
import type { Action } from '../protocol/log-record.js'
import { publishLanes } from '../protocol/publish-order.js'
import { piecesOf } from '../protocol/replacement.js'

/** A file as readers will see it: its pieces, one behind the other. */
export interface FoundFile {
  /** Of the first piece. */
  readonly path: string
  /** Of all. */
  readonly length: number
  /** Reads it under `path`. */
  readonly fileSystem: Pick<FileSystem, 'read' | 'readStream'>
}

/** What records list that may not be done yet. */
export class Unpublished {
  /** By serial: the names of each piece. */
  readonly #pieces = new Map<number, readonly (readonly string[])[]>()
  /** Names that are given up, or gone already. */
  readonly names: ReadonlySet<string>

  constructor(actions: readonly Action[]) {
    const names = new Set<string>()
    for (const lane of publishLanes(actions)) {
      const serial = lane[0]?.serial
      const pieces = piecesOf({ actions: lane })
      for (const name of pieces.flat()) names.add(name)
      for (const action of lane) if (action.do === 'delete') names.add(action.path)
      if (serial !== undefined) this.#pieces.set(serial, pieces)
    }
    this.names = names
  }

  /** Finds a file of the task. `undefined`: nothing of it is there. */
  async find(fileSystem: FileSystem, { serial, path }: DataFile): Promise<FoundFile | undefined> {
    const there: { readonly path: string; readonly length: number }[] = []
    for (const names of this.#pieces.get(serial) ?? [[path]]) {
      // The last name is the one that it gets last.
      for (const name of names.toReversed()) {
        const status = await fileSystem.stat(name)
        if (status?.type !== 'file') continue
        there.push({ path: name, length: status.length })
        break
      }
    }
    const [first] = there
    if (first === undefined) return undefined
    const length = there.reduce((sum, piece) => sum + piece.length, 0)
    return { path: first.path, length, fileSystem: there.length === 1 ? fileSystem : joined(fileSystem, there) }
  }
}

function joined(
  fileSystem: FileSystem,
  pieces: readonly { readonly path: string; readonly length: number }[],
): FoundFile['fileSystem'] {
  async function* readStream(_path: string, { start = 0, end = Number.MAX_SAFE_INTEGER }: ByteRange = {}) {
    let at = 0
    for (const { path, length } of pieces) {
      const [from, until] = [Math.max(start - at, 0), Math.min(end - at, length)]
      if (from < until) yield* fileSystem.readStream(path, { start: from, end: until })
      at += length
    }
  }
  return {
    readStream,
    read: async (path, range) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of readStream(path, range)) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
  }
}
