// Verifying a location whose newest record is decided and not yet published.
import { expect, test } from 'vitest'
import { text } from '../../src/format/text.js'
import type { Format } from '../../src/index.js'
import { MultiOutput } from '../../src/index.js'
import { verify } from '../../src/inspect/verify.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { everythingBelow, FaultyFileSystem, neverArrives } from '../engine/faulty-file-system.js'

const lines: Format<Row> = text({ prefixId: true, value: ({ value }) => value })

interface Row {
  readonly key: string
  readonly value: string
}

test.each(['live', 'sealed'] as const)(
  'mode concat: what is decided and not yet put behind its file is no finding (%s)',
  async (visibility) => {
    const memory = new MemoryFileSystem()
    const faulty = new FaultyFileSystem(memory)
    const output = await MultiOutput.open<Row>({
      fileSystem: faulty,
      job: 'orders',
      format: lines,
      partitioner: ({ key }) => `key=${key}`,
      mode: 'concat',
      visibility,
      retryForMs: 0,
      roll: { recordsMax: 2 },
    })
    const write = async (offset: bigint): Promise<void> =>
      await output.write({ key: 'a', value: `value ${offset}` }, { id: { topic: 'events', partition: 0, offset } })
    await write(0n)
    await output.commit()
    await write(1n)
    faulty.disturb('concat', /key=a/, neverArrives(), 1_000)
    await expect(output.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    expect(await verify(memory)).toMatchObject({ findings: [], lines: 2, uncommittedBytes: 0 })
    // A byte of it that is lost is found all the same.
    const source = (await everythingBelow(memory, 'key=a')).find(({ path }) => path.includes('.concat-'))!
    await memory.truncate(source.path, { length: source.length - 1, waitMs: 1_000 })
    expect((await verify(memory)).findings).toMatchObject([{ kind: 'CUT_FILE' }])
  },
)
