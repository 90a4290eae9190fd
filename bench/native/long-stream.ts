// Does memory stay flat while one long stream goes out?
import type { FileSystem } from '../../src/file-system/file-system.js'

const MEBIBYTE = 2 ** 20
const PARTS = 16
const PIECE = new Uint8Array(64 * 1024)

/** After each sixteenth, in MiB. */
export interface LongStream {
  readonly residentMiB: readonly number[]
  readonly heapMiB: readonly number[]
  readonly elapsedMs: number
  readonly cpuMs: number
}

/** Writes zeros to one upload, looks at its length, and deletes it. */
export async function longStream(fileSystem: FileSystem, path: string, mebibytes: number): Promise<LongStream> {
  const pieces = mebibytes * 16
  const [residentMiB, heapMiB]: [number[], number[]] = [[], []]
  const before = process.cpuUsage()
  const startMs = performance.now()
  const upload = await fileSystem.createUpload(path)
  for (let piece = 1; piece <= pieces; piece += 1) {
    const wait = upload.write(PIECE)
    if (wait !== undefined) await wait
    if (piece % Math.ceil(pieces / PARTS) !== 0) continue
    const { rss, heapUsed, external } = process.memoryUsage()
    residentMiB.push(rss / MEBIBYTE)
    heapMiB.push((heapUsed + external) / MEBIBYTE)
  }
  await upload.end()
  const elapsedMs = performance.now() - startMs
  const { user, system } = process.cpuUsage(before)
  const found = await fileSystem.stat(path)
  await fileSystem.delete(path)
  if (found?.length !== mebibytes * MEBIBYTE) throw new Error(`${path} has ${found?.length} bytes`)
  return { residentMiB, heapMiB, elapsedMs, cpuMs: (user + system) / 1000 }
}
