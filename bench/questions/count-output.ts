// Reads back what a way wrote, and finds every record once: each line begins with its record's partition and offset.
import type { FileStatus, FileSystem } from '../../src/file-system/file-system.js'

/** Of 100,000 files each is soon read, and to wait for one after another takes most of an hour. */
const AT_ONCE = 16

const [TAB, LINE_FEED, DASH, ZERO] = [0x09, 0x0a, 0x2d, 0x30]

/** What lies below a directory. Files of which a name begins with `_` or `.` are bookkeeping and not counted. */
export interface Output {
  readonly files: number
  readonly bytes: number
  readonly records: number
  readonly missing: number
  readonly repeated: number
}

/** `records`: how many there should be, spread over partitions as `fillTopic` does. */
export async function countOutput(
  fileSystem: FileSystem,
  directory: string,
  { records, partitions }: { readonly records: number; readonly partitions: number },
): Promise<Output> {
  const seen = Array.from({ length: partitions }, () => new Uint8Array(records))
  let [files, bytes, found, repeated] = [0, 0, 0, 0]
  const takeIn = (partition: number, offset: number): void => {
    const own = seen[partition]
    if (own === undefined || offset >= records) throw new Error(`a line of ${partition}-${offset} in ${directory}`)
    if (own[offset] === 1) repeated += 1
    else found += 1
    own[offset] = 1
  }
  const entries = entriesOf(fileSystem, directory)
  const worker = async (): Promise<void> => {
    for await (const entry of entries) {
      for await (const path of entry.type === 'directory' ? filesBelow(fileSystem, entry.path) : [entry.path]) {
        const length = await readLines(fileSystem, path, takeIn)
        files += 1
        bytes += length
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return { files, bytes, records: found + repeated, missing: records - found, repeated }
}

async function* entriesOf(fileSystem: FileSystem, directory: string): AsyncGenerator<FileStatus> {
  for await (const entry of fileSystem.list(directory)) {
    const name = entry.path.slice(entry.path.lastIndexOf('/') + 1)
    if (!name.startsWith('_') && !name.startsWith('.')) yield entry
  }
}

async function* filesBelow(fileSystem: FileSystem, directory: string): AsyncGenerator<string> {
  for await (const { path, type } of entriesOf(fileSystem, directory)) {
    if (type === 'directory') yield* filesBelow(fileSystem, path)
    else yield path
  }
}

async function readLines(
  fileSystem: FileSystem,
  path: string,
  takeIn: (partition: number, offset: number) => void,
): Promise<number> {
  let bytes = 0
  // Of the line that is being read: which number, and whether it is behind them.
  let [partition, number, isBehind] = [-1, 0, false]
  for await (const piece of fileSystem.readStream(path)) {
    bytes += piece.byteLength
    for (let at = 0; at < piece.byteLength; at++) {
      if (isBehind) {
        at = piece.indexOf(LINE_FEED, at)
        if (at === -1) break
        ;[partition, number, isBehind] = [-1, 0, false]
        continue
      }
      const byte = piece[at]!
      if (byte === DASH) {
        partition = number
        number = 0
      } else if (byte === TAB) {
        takeIn(partition, number)
        isBehind = true
      } else if (byte >= ZERO && byte <= ZERO + 9) {
        number = number * 10 + (byte - ZERO)
      } else {
        throw new Error(`${path} has a line without an id`)
      }
    }
  }
  if (isBehind || partition !== -1 || number !== 0) throw new Error(`the last line of ${path} has no end`)
  return bytes
}
