// One fault at each call of a small workload, in turn: refused, never arrived, or happened and not answered. Whatever fails is
// aborted and replayed, or opened again; in the end readers find every record once and nothing is left over.
import { expect, test } from 'vitest'
import type { MultiOutputOptions } from '../../src/options.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import type { Disturbance } from './faulty-file-system.js'
import { everythingBelow, FaultyFileSystem, losesReply, neverArrives, refused } from './faulty-file-system.js'
import { at, type Line, linesByDirectory, openOutput } from './sample-output.js'

const OFFSETS = 12
const ROUNDS_MAX = 8

const expected = Object.fromEntries(
  ['k0', 'k1', 'k2'].map((key, index) => [
    key,
    [...Array(OFFSETS).keys()].filter((offset) => offset % 3 === index).map((offset) => `line ${offset}`),
  ]),
)

/** Opens, goes on where the log ends, commits every other record, aborts and replays what fails, opens again what cannot be aborted. */
async function workload(fileSystem: FaultyFileSystem, options: Partial<MultiOutputOptions<Line>>): Promise<void> {
  const environment = { checkpointLimits: { commitsMax: 2, bytesMin: 1e9 } }
  for (let round = 0; ; round++) {
    try {
      const output = await openOutput(fileSystem, options, environment)
      let offset = Number(output.committed.offsets.get('t')?.get(0)?.until ?? 0n)
      while (offset < OFFSETS) {
        try {
          for (const end = offset + 2; offset < end; offset++) {
            await output.write({ key: `k${offset % 3}`, text: `line ${offset}` }, at(offset))
          }
          await output.commit()
        } catch {
          await output.abort()
          offset = Number(output.committed.offsets.get('t')?.get(0)?.until ?? 0n)
        }
      }
      return await output.close()
    } catch (error) {
      if (round === ROUNDS_MAX) throw error
    }
  }
}

const kinds: readonly (readonly [string, Partial<MultiOutputOptions<Line>>])[] = [
  ['append', { roll: { recordsMax: 3 }, bufferedBytesMax: 12 }],
  ['sealed', { visibility: 'sealed', roll: { recordsMax: 2 }, openFilesMax: 2 }],
  ['new-file', { mode: 'new-file' }],
]

const disturbances: readonly (readonly [string, () => Disturbance])[] = [
  ['is refused', () => refused('UNAVAILABLE')],
  ['never arrives', () => neverArrives()],
  ['happens and is not answered', () => losesReply()],
]

for (const [kind, options] of kinds) {
  test.each(disturbances)(`${kind}: each call in turn %s`, async (_how, disturbance) => {
    for (let call = 0; ; call++) {
      const memory = new MemoryFileSystem()
      const fileSystem = new FaultyFileSystem(memory)
      fileSystem.rules.push(() => (fileSystem.calls.length - 1 === call ? disturbance() : undefined))
      await workload(fileSystem, options)
      const disturbed = fileSystem.calls[call]
      if (disturbed === undefined) {
        expect(call).toBeGreaterThan(80)
        return
      }
      const where = `call ${call}, ${disturbed.operation} ${disturbed.path}`
      expect(await linesByDirectory(memory), where).toEqual(expected)
      await (await openOutput(memory, options)).close()
      const left = await everythingBelow(memory, '')
      const epochs = left.filter((entry) => /task-\d+\/tmp\/\d+$/.test(entry.path))
      expect(epochs.length, `${where}: ${epochs.map((entry) => entry.path)}`).toBe(1)
      expect(await linesByDirectory(memory), where).toEqual(expected)
    }
  })
}
