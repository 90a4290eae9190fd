// A small job for tests: records of a key and a text, one line each, below a directory a key; over a file system in memory.
import type { FileSystem } from '../../src/file-system/file-system.js'
import { nameOf, parentOf } from '../../src/file-system/path.js'
import type { Format } from '../../src/format/format.js'
import type { Clock } from '../../src/model/clock.js'
import type { ProcessIdentity } from '../../src/model/process-identity.js'
import type { Random } from '../../src/model/random.js'
import type { RecordId } from '../../src/model/record-id.js'
import { MultiOutput, type MultiOutputEnvironment } from '../../src/multi-output.js'
import type { MultiOutputOptions } from '../../src/options.js'
import { everythingBelow } from './faulty-file-system.js'

/** One line for the file of its key. */
export interface Line {
  readonly key: string
  readonly text: string
}

/** A line as text; refuses one whose text is `unwritable`. */
export const lines: Format<Line> = {
  name: 'lines',
  extension: 'txt',
  open: () => ({
    encode: ({ text }, _context, sink) => {
      if (text === 'unwritable') throw new Error('this text cannot be written')
      sink.text(`${text}\n`)
    },
  }),
}

/** Time that only a test moves; who sleeps moves it too, so that nobody waits. */
export class ManualClock implements Clock {
  timeMs: number = Date.UTC(2026, 10, 21, 12)

  nowMs(): number {
    return this.timeMs
  }

  async sleep(durationMs: number): Promise<void> {
    this.timeMs += durationMs
  }
}

/** Ids that count, so that a failure shows the same names each time. */
export class CountingRandom implements Random {
  #count = 0

  id(): string {
    this.#count += 1
    return this.#count.toString(16).padStart(32, '0')
  }

  fraction(): number {
    return 0.5
  }
}

/** A process of a machine that nobody knows. */
export const writer: ProcessIdentity = { host: 'host-a', bootId: '', pidNamespace: '', pid: 1, startTime: '' }

const random = new CountingRandom()

/** Opens the small job. */
export function openOutput(
  fileSystem: FileSystem,
  options: Partial<MultiOutputOptions<Line>> = {},
  environment: MultiOutputEnvironment = {},
): Promise<MultiOutput<Line>> {
  return MultiOutput.open<Line>(
    {
      location: 'memory:///',
      fileSystem,
      job: 'sample',
      partitioner: ({ key }) => key,
      format: lines,
      retryForMs: 0,
      takeoverWaitMs: 0,
      ...options,
    },
    { clock: new ManualClock(), random, process: writer, isSurelyGone: () => false, ...environment },
  )
}

/** The place of a record of topic `t`. */
export function at(offset: number, partition: number = 0): { readonly id: RecordId } {
  return { id: { topic: 't', partition, offset: BigInt(offset) } }
}

/** What readers find: by directory, the lines of its visible files in the order of their names. */
export async function linesByDirectory(fileSystem: FileSystem): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  for (const { path, type } of await everythingBelow(fileSystem, '')) {
    if (type === 'directory' || path.split('/').some((name) => /^[._]/.test(name))) continue
    const text = Buffer.from(await fileSystem.read(path)).toString()
    const directory = parentOf(path)
    found[directory] = [...(found[directory] ?? []), ...text.split('\n').slice(0, -1)]
  }
  return found
}

/** The names of the data files in a directory, hidden ones too. */
export async function dataFilesIn(fileSystem: FileSystem, directory: string): Promise<string[]> {
  const names: string[] = []
  for await (const entry of fileSystem.list(directory)) if (entry.type === 'file') names.push(nameOf(entry.path))
  return names
}
