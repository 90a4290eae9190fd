// Whether another task is past a window, by its log alone.
import { expect, test } from 'vitest'
import { OtherTasks } from '../../src/engine/other-tasks.js'
import type { FileSystem } from '../../src/file-system/file-system.js'
import { recordPath } from '../../src/protocol/layout.js'
import type { LogRecord } from '../../src/protocol/log-record.js'
import { encodeRecord } from '../../src/protocol/record-codec.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { change, checkpoint, claim, commit, fold } from '../protocol/sample-records.js'
import { FaultyFileSystem } from './faulty-file-system.js'
import { sampleContext } from './sample-context.js'

/** Task 1 of two has this log. */
async function logOf(records: readonly LogRecord[]): Promise<FileSystem> {
  const memory = new MemoryFileSystem()
  for (const [sequence, record] of records.entries())
    await memory.create(recordPath(1, sequence), encodeRecord(record), { parents: 'create' })
  return memory
}

async function isPast(fileSystem: FileSystem): Promise<number | undefined> {
  const settled = await new OtherTasks(sampleContext(fileSystem), 2).allPast(100)
  return settled?.get(1)?.watermarkMs
}

const publish = [{ do: 'rename', serial: 0, from: 'x', to: 'd/x' }] as const
const decided = commit(1, { files: [change(0)], watermarkMs: 100, publish })

test.each<[string, readonly LogRecord[], number | undefined]>([
  ['no log at all', [], undefined],
  ['a claim', [claim(1)], undefined],
  ['a watermark that is not far enough', [claim(1), commit(1, { watermarkMs: 99 })], undefined],
  ['one that is, in a record that lists nothing', [claim(1), commit(1, { watermarkMs: 100 })], 100],
  ['in one whose actions may not be done', [claim(1), decided], undefined],
  ['with the one before, which is', [claim(1), commit(1, { watermarkMs: 100 }), { ...decided, watermarkMs: 200 }], 100],
  ['with a claim above, which shows nothing', [claim(1), decided, claim(2)], undefined],
  [
    'with a replacement above, which is put before they are done',
    [claim(1), decided, commit(1, { publish })],
    undefined,
  ],
  ['with that replaced again', [claim(1), decided, commit(1, { publish }), commit(1, { publish })], undefined],
  ['with another commit of the writer above', [claim(1), decided, { ...decided, watermarkMs: 150 }], 100],
  ['with an open above that fenced and moved nothing', [claim(1), decided, claim(2), commit(2, { files: [] })], 100],
  ['with a release above', [claim(1), decided, commit(1, { released: true, watermarkMs: 100 })], 100],
  ['in a checkpoint', [claim(1), decided, checkpoint({ ...fold(claim(1), decided) })], 100],
  ['in a checkpoint that has none', [claim(1), checkpoint(fold(claim(1)))], undefined],
])('%s', async (_what, records, watermarkMs) => expect(await isPast(await logOf(records))).toBe(watermarkMs))

test('what was seen and is gone when it is touched does not count', async () => {
  const memory = await logOf([claim(1), commit(1, { watermarkMs: 100 })])
  const faulty = new FaultyFileSystem(memory)
  faulty.disturb('touch', /log/, async (call, run) => {
    await memory.delete(call.path)
    return run()
  })
  expect(await isPast(faulty)).toBeUndefined()
})
