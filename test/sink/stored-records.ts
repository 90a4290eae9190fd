// A MultiOutput sink for tests, and what readers find of its records: by reading the files, not by asking the log.

import type { FileSystem } from '../../src/file-system/file-system.js'
import { text } from '../../src/index.js'
import type { MultiOutputEnvironment } from '../../src/multi-output.js'
import { type MultiOutputSinkOptions, multiOutputSink } from '../../src/sink/multi-output-sink.js'
import type { Sink } from '../../src/sink/sink.js'
import type { SourceRecord } from '../../src/source/source.js'
import { everythingBelow } from '../engine/faulty-file-system.js'
import { CountingRandom, ManualClock, writer } from '../engine/sample-output.js'

const random = new CountingRandom()

/** Text with ids, dead letters in `_dead`, on a file system at hand; no time passes in it by itself. */
export function sinkOn(
  fileSystem: FileSystem,
  options: Partial<MultiOutputSinkOptions<SourceRecord>> = {},
  environment: MultiOutputEnvironment = {},
): Sink<SourceRecord> {
  return multiOutputSink<SourceRecord>(
    {
      fileSystem,
      job: 'sample',
      format: text({ prefixId: 'withTopic' }),
      retryForMs: 0,
      takeoverWaitMs: 0,
      deadLetters: { directory: '_dead' },
      ...options,
    },
    { clock: new ManualClock(), random, process: writer, isSurelyGone: () => false, ...environment },
  )
}

/** The lines of the data files, in the order of their names; `bad` those below `_dead`. */
export async function dataLines(fileSystem: FileSystem, which: 'good' | 'bad'): Promise<string[]> {
  const lines: string[] = []
  for (const { path, type } of await everythingBelow(fileSystem, '')) {
    if (type === 'directory' || path.startsWith('_multi_output/')) continue
    if (path.startsWith('_dead/') !== (which === 'bad')) continue
    lines.push(
      ...Buffer.from(await fileSystem.read(path))
        .toString('utf8')
        .split('\n')
        .slice(0, -1),
    )
  }
  return lines
}

/** The dead letters, parsed. */
export async function deadLetters(fileSystem: FileSystem): Promise<Record<string, unknown>[]> {
  return (await dataLines(fileSystem, 'bad')).map((line) => JSON.parse(line) as Record<string, unknown>)
}
