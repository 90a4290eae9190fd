// An output in the middle of its work: one record committed, two more written.
import type { MultiOutput } from '../../src/multi-output.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { FaultyFileSystem } from './faulty-file-system.js'
import { at, type Line, openOutput } from './sample-output.js'

/** An output, what it writes to through faults, and what is really there. */
export interface Bench {
  readonly memory: MemoryFileSystem
  readonly fileSystem: FaultyFileSystem
  readonly output: MultiOutput<Line>
}

/** An output whose file `a` holds a0, committed; and a1 for `a` and b2 for `b` written. */
export async function written(): Promise<Bench> {
  const memory = new MemoryFileSystem()
  const fileSystem = new FaultyFileSystem(memory)
  const output = await openOutput(fileSystem)
  await output.write({ key: 'a', text: 'a0' }, at(0))
  await output.commit()
  await writeRest(output)
  return { memory, fileSystem, output }
}

/** Writes what is above the committed position, as a source would that replays. */
export async function writeRest(output: MultiOutput<Line>): Promise<void> {
  const rest = [
    { key: 'a', text: 'a1' },
    { key: 'b', text: 'b2' },
  ]
  const until = Number(output.committed.offsets.get('t')?.get(0)?.until ?? 0n)
  for (const [index, line] of rest.entries()) if (index + 1 >= until) await output.write(line, at(index + 1))
}

/** What readers find in the end, every record once. */
export const all: Readonly<Record<string, readonly string[]>> = { a: ['a0', 'a1'], b: ['b2'] }
