// Mode `concat`: a commit puts a temp behind each file, and readers never see what is not committed.
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { MultiOutputError } from '../src/index.js'
import { MemoryFileSystem } from '../src/testing/index.js'
import {
  arrivesLate,
  everythingBelow,
  FaultyFileSystem,
  losesReply,
  neverArrives,
  refused,
} from './engine/faulty-file-system.js'
import { at, dataFilesIn, linesByDirectory, openOutput } from './engine/sample-output.js'

const concat = { mode: 'concat' } as const

/** One committed line in `a` and in `b`, and one more of each written. */
async function written(options: object = {}) {
  const memory = new MemoryFileSystem()
  const fileSystem = new FaultyFileSystem(memory)
  const output = await openOutput(fileSystem, { ...concat, ...options })
  void output.write({ key: 'a', text: 'a0' }, at(0))
  void output.write({ key: 'b', text: 'b1' }, at(1))
  await output.commit()
  void output.write({ key: 'a', text: 'a2' }, at(2))
  void output.write({ key: 'b', text: 'b3' }, at(3))
  return { memory, fileSystem, output }
}

const before = { a: ['a0'], b: ['b1'] }
const after = { a: ['a0', 'a2'], b: ['b1', 'b3'] }

async function expectOneFileEach(memory: MemoryFileSystem): Promise<void> {
  for (const key of ['a', 'b']) expect(await dataFilesIn(memory, key)).toHaveLength(1)
}

test('commits go on with one file for each key; nothing is appended to, nothing is left behind', async () => {
  const { memory, fileSystem, output } = await written()
  await output.commit()
  await output.close()
  expect(await linesByDirectory(memory)).toEqual(after)
  await expectOneFileEach(memory)
  expect(fileSystem.calls.map(({ operation }) => operation)).not.toContain('append')
  expect((await everythingBelow(memory, '')).filter(({ path }) => /concat-|data-/.test(path))).toEqual([])
})

test('readers see nothing of an attempt before its record, and then all of it', async () => {
  const { memory, fileSystem, output } = await written()
  const seen: unknown[] = []
  fileSystem.rules.push(({ operation, destination = '' }) => {
    const isRecord = operation === 'rename' && destination.includes('/log/')
    if (!isRecord) return undefined
    return async (_call, run) => {
      seen.push(await linesByDirectory(memory))
      return run()
    }
  })
  await output.commit()
  expect(seen).toEqual([before])
  expect(await linesByDirectory(memory)).toEqual(after)
})

test('a takeover leaves the names of data files alone', async () => {
  const { memory } = await written()
  const names = await dataFilesIn(memory, 'a')
  const next = await openOutput(memory, concat)
  expect(await dataFilesIn(memory, 'a')).toEqual(names)
  expect(await linesByDirectory(memory)).toEqual(before)
  void next.write({ key: 'a', text: 'a2' }, at(2))
  await next.commit()
  expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a2'], b: ['b1'] })
})

test('who was taken over and goes on is fenced, though its files have the names that it knows', async () => {
  const { memory, output } = await written()
  const next = await openOutput(memory, concat)
  void next.write({ key: 'a', text: 'a2' }, at(2))
  await next.commit()
  await expect(output.commit()).rejects.toMatchObject({ code: 'FENCED' })
  expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a2'], b: ['b1'] })
})

describe('a CONCAT that is not answered', () => {
  test.each([
    ['never arrived', neverArrives()],
    ['happened', losesReply()],
  ])('and %s', async (_how, disturbance) => {
    const { memory, fileSystem, output } = await written()
    fileSystem.disturb('concat', /^a\//, disturbance)
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual(after)
  })

  test('and arrives when it was done by another one finds no source', async () => {
    const { memory, fileSystem, output } = await written()
    const late: (() => Promise<unknown>)[] = []
    fileSystem.disturb('concat', /^a\//, arrivesLate(late))
    await output.commit()
    expect(await late[0]!()).toMatchObject({ code: 'NOT_FOUND' })
    expect(await linesByDirectory(memory)).toEqual(after)
  })

  test('and its writer dies: the next open does it', async () => {
    const { memory, fileSystem, output } = await written()
    fileSystem.disturb('concat', /^[ab]\//, neverArrives(), 1_000)
    await expect(output.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    expect(await linesByDirectory(memory)).toEqual(before)
    await openOutput(memory, concat)
    expect(await linesByDirectory(memory)).toEqual(after)
  })
})

describe('a decided CONCAT that is refused for good', () => {
  test.each(['live', 'sealed'] as const)('is replaced by a copy of the file (%s)', async (visibility) => {
    const { memory, fileSystem, output } = await written({ visibility, roll: { recordsMax: 2 } })
    const [name] = await dataFilesIn(memory, 'a')
    fileSystem.disturb('concat', /^a\//, refused('UNSUPPORTED'), 1_000)
    const { sequence } = await output.commit()
    expect(await linesByDirectory(memory)).toEqual(after)
    await expectOneFileEach(memory)
    expect(await dataFilesIn(memory, 'a')).not.toEqual([name])
    // The replacement is a further record; what was committed is the one before.
    expect(sequence).toBe(2)
    void output.write({ key: 'a', text: 'a4' }, at(4))
    expect((await output.commit()).sequence).toBe(4)
    await output.close()
    expect(await linesByDirectory(memory)).toEqual({
      ...after,
      ...(visibility === 'live' ? { a: ['a0', 'a2', 'a4'] } : {}),
    })
  })

  test('is done after all when it arrives late under the copy', async () => {
    const { memory, fileSystem, output } = await written()
    const late: (() => Promise<unknown>)[] = []
    fileSystem.disturb('concat', /^a\//, arrivesLate(late))
    fileSystem.disturb('concat', /^a\//, refused('UNSUPPORTED'))
    // Between the looks and the copy.
    fileSystem.disturb('create', /copy-/, async (_call, run) => {
      await late[0]!()
      return run()
    })
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual(after)
    await expectOneFileEach(memory)
  })

  test('that is shown while its file is copied, and lost in a failover: the copy has its bytes twice, and is thrown away', async () => {
    const { memory, fileSystem, output } = await written()
    const late: (() => Promise<unknown>)[] = []
    fileSystem.disturb('concat', /^a\//, arrivesLate(late))
    fileSystem.disturb('concat', /^a\//, refused('UNSUPPORTED'), 1_000)
    fileSystem.disturb('create', /copy-/, async (_call, run) => {
      await late[0]!()
      return run()
    })
    const target = `a/${(await dataFilesIn(memory, 'a'))[0]!}`
    let copies = 0
    fileSystem.rules.push(({ operation, path }) => {
      if (operation !== 'read' || !path.startsWith('a/.concat-') || copies++ > 0) return undefined
      return async (_call, run) => {
        expect(await memory.stat(path)).toBeUndefined()
        await memory.truncate(target, { length: 3, waitMs: 10_000 })
        await memory.create(path, Buffer.from('a2\n'))
        return run()
      }
    })
    await output.commit()
    expect(copies).toBeGreaterThan(1)
    expect(await linesByDirectory(memory)).toEqual(after)
    await expectOneFileEach(memory)
  })

  test('of several, one that a rival does between the refusal and the look, with what comes after it', async () => {
    const { memory, fileSystem, output } = await written({ visibility: 'sealed', roll: { recordsMax: 2 } })
    fileSystem.disturb('concat', /^a\//, refused('UNSUPPORTED'), 1_000)
    fileSystem.disturb('concat', /^b\//, async (call, run) => {
      await run()
      return refused('UNSUPPORTED')(call, run)
    })
    // Its source is there when it is looked up, and no longer when its pieces are.
    let looks = 0
    fileSystem.rules.push(({ operation, path }) => {
      if (operation !== 'stat' || !path.startsWith('b/.concat-') || looks++ > 0) return undefined
      return async (_call, run) => {
        await run()
        return { path, type: 'file', length: 3, modifiedMs: 0 } as never
      }
    })
    await output.commit()
    expect(looks).toBeGreaterThan(1)
    expect(await linesByDirectory(memory)).toEqual(after)
    await expectOneFileEach(memory)
  })

  test('whose target is gone is lost data, and nothing is changed', async () => {
    const { memory, fileSystem, output } = await written()
    fileSystem.disturb('concat', /^a\//, async (_call, run) => {
      for (const name of await dataFilesIn(memory, 'a')) if (name.startsWith('part-')) await memory.delete(`a/${name}`)
      return run()
    })
    await expect(output.commit()).rejects.toMatchObject({ code: 'DATA_LOST' })
    expect((await dataFilesIn(memory, 'a'))[0]).toMatch(/^\.concat-/)
  })
})

test('a file with as many blocks as may be is sealed', async () => {
  const { memory, output } = await written({ roll: { blocksMax: 2 } })
  await output.commit()
  void output.write({ key: 'a', text: 'a4' }, at(4))
  await output.commit()
  expect(await dataFilesIn(memory, 'a')).toHaveLength(2)
  expect((await linesByDirectory(memory)).a).toEqual(['a0', 'a2', 'a4'])
})

test('foreign bytes fail the attempt before it is decided, and abort() cuts them off', async () => {
  const { memory, output } = await written()
  const path = `a/${(await dataFilesIn(memory, 'a'))[0]!}`
  await memory.append(path, Buffer.from('foreign\n'), { base: 3 })
  await expect(output.commit()).rejects.toMatchObject({ code: 'FOREIGN_FILE', path })
  await output.abort()
  expect(await linesByDirectory(memory)).toEqual(before)
})

test('small blocks are said once, with what helps', async () => {
  const warnings: string[] = []
  const logger = { debug() {}, info() {}, error() {}, warn: (_: object, message: string) => warnings.push(message) }
  const { output } = await written({ logger })
  await output.commit()
  expect(warnings).toEqual([expect.stringMatching(/^this commit made 2 blocks of about 1 KiB.*commit\.intervalMs/)])
})

test('mode new-file appends to nothing either, where HDFS puts temps together: erasure-coded directories have no APPEND', async () => {
  const memory = new MemoryFileSystem()
  const fileSystem = new FaultyFileSystem(memory)
  fileSystem.disturb('append', /./, refused('UNSUPPORTED'), 1_000)
  const output = await openOutput(fileSystem, { mode: 'new-file', bufferedBytesMax: 1 })
  for (let offset = 0; offset < 4; offset++) await output.write({ key: 'a', text: `a${offset}` }, at(offset))
  await output.commit()
  await output.close()
  expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1', 'a2', 'a3'] })
  expect(await dataFilesIn(memory, 'a')).toHaveLength(1)
})

test('compressed members go on behind one another', async () => {
  const { memory, output } = await written({ compression: 'gzip', bufferedBytesMax: 1 })
  await output.write({ key: 'a', text: 'a4' }, at(4))
  await output.commit()
  await output.close()
  const [name] = await dataFilesIn(memory, 'a')
  expect(gunzipSync(await memory.read(`a/${name!}`)).toString()).toBe('a0\na2\na4\n')
})

describe('refused where it cannot work', () => {
  test('by a file system that has no CONCAT', async () => {
    const fileSystem = new FaultyFileSystem(new MemoryFileSystem(), { concat: false })
    await expect(openOutput(fileSystem, concat)).rejects.toMatchObject({
      code: 'WRONG_OPTIONS',
      message: expect.stringMatching(/cannot concat.*'append'.*'new-file'/),
    })
  })

  test('by a server that refuses it below the location, before the location is anybody’s', async () => {
    const memory = new MemoryFileSystem()
    const fileSystem = new FaultyFileSystem(memory)
    fileSystem.disturb('concat', /./, refused('UNSUPPORTED'))
    const error = await openOutput(fileSystem, concat).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(MultiOutputError)
    expect(error).toMatchObject({
      code: 'WRONG_OPTIONS',
      message: expect.stringMatching(/mode 'concat' does not work/),
    })
    expect((await everythingBelow(memory, '')).filter(({ type }) => type === 'file')).toEqual([])
    // Another mode finds the location free.
    await (await openOutput(memory)).close()
  })

  test('it is asked once, when the location is first opened', async () => {
    const { memory } = await written()
    const fileSystem = new FaultyFileSystem(memory)
    await openOutput(fileSystem, concat)
    expect(fileSystem.calls.filter(({ operation }) => operation === 'concat')).toEqual([])
  })
})
