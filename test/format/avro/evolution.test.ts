// Avro schemas that change while the writer runs, and while it does not.
import { describe, expect, test } from 'vitest'
import { avro } from '../../../src/format/avro.js'
import { MultiOutput, type MultiOutputOptions } from '../../../src/index.js'
import { readLocation } from '../../../src/inspect/read-location.js'
import { verify } from '../../../src/inspect/verify.js'
import { MemoryFileSystem } from '../../../src/testing/index.js'
import { readAvro } from '../read-avro.js'

interface Versioned {
  readonly version: keyof typeof registry
  readonly [field: string]: unknown
}

const order = (...fields: readonly object[]): object => ({
  type: 'record',
  name: 'Order',
  fields: [{ name: 'number', type: 'int' }, ...fields],
})
const note = { name: 'note', type: ['null', 'string'], default: null }
const total = { name: 'total', type: 'double', default: 0 }

const registry = {
  v1: order(),
  v2: order(note),
  v3: order(note, total),
  textual: { type: 'record', name: 'Order', fields: [{ name: 'number', type: 'string' }] },
  customer: { type: 'record', name: 'Customer', fields: [{ name: 'name', type: 'string' }] },
}

const byVersion = (): MultiOutputOptions<Versioned>['format'] =>
  avro<Versioned>({ schema: ({ version }) => registry[version], idField: '_id' })

const open = (fileSystem: MemoryFileSystem, format = byVersion()): Promise<MultiOutput<Versioned>> =>
  MultiOutput.open<Versioned>({ fileSystem, job: 'orders', format })

const at = (offset: number) => ({ id: { topic: 'orders', partition: 0, offset: BigInt(offset) } })

/** The records of each file, in the order of their names. */
async function files(fileSystem: MemoryFileSystem): Promise<unknown[][]> {
  const { tasks } = await readLocation(fileSystem)
  const paths = tasks
    .flatMap(({ state, sealedFiles }) => [...sealedFiles, ...state.openFiles.values()].map(({ path }) => path))
    .sort()
  return Promise.all(paths.map(async (path) => readAvro(await fileSystem.read(path))))
}

test('old and new records that alternate cost one new file, over commits and restarts', async () => {
  const fileSystem = new MemoryFileSystem()
  let offset = 0
  const versions = ['v1', 'v1', 'v2', 'v1', 'v2', 'v1'] as const
  for (let run = 0; run < 3; run++) {
    await using output = await open(fileSystem)
    for (let commit = 0; commit < 3; commit++) {
      for (const version of versions) {
        await output.write({ version, number: offset, ...(version === 'v2' ? { note: 'new' } : {}) }, at(offset))
        offset++
      }
      await output.commit()
    }
  }
  const read = await files(fileSystem)
  expect(read.map((records) => records.length)).toEqual([2, 52])
  expect(read[0]).toEqual([0, 1].map((number) => ({ _id: `0-${number}`, number })))
  expect(read[1]!.slice(0, 2)).toEqual([
    { _id: '0-2', number: 2, note: 'new' },
    { _id: '0-3', number: 3, note: null },
  ])
  expect((await verify(fileSystem)).findings).toEqual([])
})

test('a third version costs one more, and new files of other keys have it at once', async () => {
  const fileSystem = new MemoryFileSystem()
  await using output = await MultiOutput.open<Versioned>({
    fileSystem,
    job: 'orders',
    format: byVersion(),
    partitioner: ({ key }) => `key=${String(key)}`,
  })
  let offset = 0
  for (const [key, version] of [
    ['a', 'v1'],
    ['a', 'v3'],
    ['a', 'v2'],
    ['a', 'v1'],
    ['b', 'v1'],
    ['b', 'v3'],
    ['b', 'v2'],
  ] as const)
    await output.write({ version, key, number: offset }, at(offset++))
  await output.commit()
  expect((await files(fileSystem)).map((records) => records.length)).toEqual([1, 3, 3])
})

describe('schemas that cannot be merged', () => {
  test('refuse the record and name the field, whichever comes first', async () => {
    const fileSystem = new MemoryFileSystem()
    await using output = await open(fileSystem)
    await output.write({ version: 'v2', number: 0 }, at(0))
    for (const [version, number] of [
      ['textual', 'one'],
      ['customer', 1],
    ] as const) {
      expect(() => output.write({ version, number, name: 'Ada' }, at(1))).toThrow(
        version === 'customer'
          ? /cannot be merged: the record: it is Order .* Customer/
          : /cannot be merged: field number: it is int .* string/,
      )
    }
    await output.write({ version: 'v1', number: 1 }, at(1))
    await output.commit()
    expect(await files(fileSystem)).toEqual([
      [
        { _id: '0-0', number: 0, note: null },
        { _id: '0-1', number: 1, note: null },
      ],
    ])
  })

  test('begin a new file when the job is started with them', async () => {
    const fileSystem = new MemoryFileSystem()
    let offset = 0
    for (const version of ['v1', 'textual', 'customer'] as const) {
      await using output = await open(fileSystem)
      const number = version === 'v1' ? 1 : 'one'
      for (let count = 0; count < 2; count++) {
        await output.write({ version, number, name: 'Ada' }, at(offset++))
        await output.commit()
      }
    }
    expect((await files(fileSystem)).map((records) => records.length)).toEqual([2, 2, 2])
  })

  test('a schema that is none is a bad record', async () => {
    await using output = await open(new MemoryFileSystem())
    expect(() => output.write({ version: 'v9' as never, number: 1 }, at(0))).toThrow(/no schema was found/)
    const broken = avro<Versioned>({ schema: () => '{"type": "recor' })
    await using other = await open(new MemoryFileSystem(), broken)
    expect(() => other.write({ version: 'v1', number: 1 }, at(0))).toThrow(/its schema is none: .*JSON/)
  })
})

test('one schema for all: a change begins a new file, and the log does not repeat the schema', async () => {
  const fileSystem = new MemoryFileSystem()
  let offset = 0
  for (const schema of [registry.v1, registry.v1, registry.v2]) {
    await using output = await open(fileSystem, avro<Versioned>({ schema }))
    await output.write({ version: 'v1', number: offset }, at(offset++))
    await output.commit()
  }
  expect(await files(fileSystem)).toEqual([[{ number: 0 }, { number: 1 }], [{ number: 2, note: null }]])
  const { tasks } = await readLocation(fileSystem)
  expect(
    JSON.stringify([...tasks[0]!.state.openFiles.values()].map(({ formatState }) => formatState)).length,
  ).toBeLessThan(200)
})
