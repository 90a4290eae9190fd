// Data files that are not as the log says: longer, shorter, gone, replaced; and foreign things where ours must go.
import { describe, expect, test } from 'vitest'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { FaultyFileSystem, losesReply, neverArrives, refused } from './faulty-file-system.js'
import { at, dataFilesIn, linesByDirectory, openOutput } from './sample-output.js'

interface Left {
  readonly memory: MemoryFileSystem
  readonly path: string
}

/** A job whose file `a` holds a0 and a1; its owner released it or vanished. */
async function left(how: 'released' | 'vanished'): Promise<Left> {
  const memory = new MemoryFileSystem()
  const output = await openOutput(memory)
  for (let offset = 0; offset < 2; offset++) {
    await output.write({ key: 'a', text: `a${offset}` }, at(offset))
    await output.commit()
  }
  if (how === 'released') await output.close()
  const [name] = await dataFilesIn(memory, 'a')
  return { memory, path: `a/${name}` }
}

function goesOn(memory: MemoryFileSystem): Promise<void> {
  return goesOnFrom(memory, ['a0', 'a1'])
}

async function goesOnFrom(memory: MemoryFileSystem, lines: readonly string[]): Promise<void> {
  const output = await openOutput(memory)
  const text = `a${lines.length}`
  await output.write({ key: 'a', text }, at(lines.length))
  await output.commit()
  await output.close()
  expect(await linesByDirectory(memory)).toEqual({ a: [...lines, text] })
}

describe('a file that takes nothing more', () => {
  test.each<[string, number]>([
    ['in one request', 2 ** 20],
    ['by an upload that stays open', 1],
  ])('because somebody else has it open: its bytes go on in a copy, %s', async (_how, streamThresholdBytes) => {
    const { memory, path } = await left('released')
    const foreign = await memory.appendUpload(path, { base: 6 })
    const output = await openOutput(memory, { streamThresholdBytes })
    await output.write({ key: 'a', text: 'a2' }, at(2))
    if (streamThresholdBytes === 1) {
      // What was sent is no longer at hand: the source replays it.
      await expect(output.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
      await output.abort()
      await output.write({ key: 'a', text: 'a2' }, at(2))
    }
    await output.commit()
    await output.close()
    expect(await memory.stat(path)).toBeUndefined()
    await expect(foreign.end()).rejects.toThrow()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1', 'a2'] })
    await goesOnFrom(memory, ['a0', 'a1', 'a2'])
  })
})

describe('a file that is longer', () => {
  test('after its owner vanished: cut to what was committed', async () => {
    const { memory, path } = await left('vanished')
    await memory.append(path, Buffer.from('half a rec'), { base: 6 })
    await goesOn(memory)
  })

  test('after a release: the commit that meets it fails, abort cuts it, and the replay goes on', async () => {
    const { memory, path } = await left('released')
    await memory.append(path, Buffer.from('somebody wrote here'), { base: 6 })
    const output = await openOutput(memory)
    await output.write({ key: 'a', text: 'a2' }, at(2))
    await expect(output.commit()).rejects.toMatchObject({
      code: 'FOREIGN_FILE',
      path,
      message: expect.stringMatching(/foreign writer.*abort\(\) cuts it back.*find who else writes there/),
    })
    await output.abort()
    await output.write({ key: 'a', text: 'a2' }, at(2))
    await output.commit()
    await output.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1', 'a2'] })
  })

  test.each<[string, (fileSystem: FaultyFileSystem) => void]>([
    ['a truncate that is refused', (fs) => fs.disturb('truncate', /^a\//, refused('LEASE_HELD'))],
    ['a truncate that never arrives', (fs) => fs.disturb('truncate', /^a\//, neverArrives())],
    ['a truncate that is not answered', (fs) => fs.disturb('truncate', /^a\//, losesReply())],
    [
      'a file that does not close',
      (fs) => {
        fs.rules.push(({ operation }) =>
          operation === 'isOpenForWrite' ? () => Promise.resolve(true as never) : undefined,
        )
      },
    ],
  ])('%s: the committed part goes on, in place or in a copy', async (_what, arrange) => {
    const { memory, path } = await left('vanished')
    await memory.append(path, Buffer.from('half a rec'), { base: 6 })
    const fileSystem = new FaultyFileSystem(memory)
    arrange(fileSystem)
    const output = await openOutput(fileSystem)
    await output.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1'] })
    expect(await dataFilesIn(memory, 'a')).toHaveLength(1)
    await goesOn(memory)
  })
})

describe('DATA_LOST names the file, changes nothing that was committed, and ends when the file is back', () => {
  test.each(['vanished', 'released'] as const)('shorter, its owner %s', async (how) => {
    const { memory, path } = await left(how)
    await memory.truncate(path, { length: 4, waitMs: 1_000 })
    const lost = { code: 'DATA_LOST', path: expect.stringMatching(/^a\/part-00000-00000000-/) }
    if (how === 'vanished') {
      await expect(openOutput(memory)).rejects.toMatchObject({
        ...lost,
        message: expect.stringMatching(/4 bytes, 6 were committed/),
      })
    } else {
      const output = await openOutput(memory)
      await output.write({ key: 'a', text: 'a2' }, at(2))
      // Not with our bytes at its end: then it would be long enough to be cut to the committed length.
      await expect(output.commit()).rejects.toMatchObject({
        ...lost,
        message: expect.stringMatching(/4 bytes, 6 were committed/),
      })
      await output.close()
    }
    const [name] = await dataFilesIn(memory, 'a')
    const bytes = (await memory.stat(`a/${name}`))!.length
    await memory.append(`a/${name}`, Buffer.from('a0\na1\n').subarray(bytes), { base: bytes })
    await goesOn(memory)
  })

  test('shorter and not closed: what can be read decides', async () => {
    const { memory, path } = await left('vanished')
    await memory.truncate(path, { length: 4, waitMs: 1_000 })
    const fileSystem = new FaultyFileSystem(memory)
    fileSystem.rules.push(({ operation }) =>
      operation === 'isOpenForWrite' ? () => Promise.resolve(true as never) : undefined,
    )
    await expect(openOutput(fileSystem)).rejects.toMatchObject({
      code: 'DATA_LOST',
      message: expect.stringMatching(/only 4 bytes can be read, 6 were committed/),
    })
  })

  test('gone', async () => {
    const { memory, path } = await left('vanished')
    const bytes = await memory.read(path)
    await memory.delete(path)
    await expect(openOutput(memory)).rejects.toMatchObject({ code: 'DATA_LOST', path })
    await memory.create(path, bytes)
    await goesOn(memory)
  })

  test('gone with its directory', async () => {
    const { memory, path } = await left('vanished')
    await memory.rename('a', 'elsewhere', { mode: 'move' })
    await expect(openOutput(memory)).rejects.toMatchObject({ code: 'DATA_LOST', path })
    await memory.rename('elsewhere', 'a', { mode: 'move' })
    await goesOn(memory)
  })

  test('replaced by a directory', async () => {
    const { memory, path } = await left('vanished')
    await memory.rename(path, 'kept', { mode: 'move' })
    await memory.mkdirs(path)
    await expect(openOutput(memory)).rejects.toMatchObject({ code: 'DATA_LOST', path })
    await memory.delete(path)
    await memory.rename('kept', path, { mode: 'move' })
    await goesOn(memory)
  })
})

describe('something foreign where a file of ours must go', () => {
  test.each(['a file', 'a directory'])(
    '%s: FOREIGN_FILE names it, nothing is deleted, and once it is gone the next open goes on',
    async (what) => {
      const { memory } = await left('released')
      const taken = 'b/part-00000-00000001-000002.000001.txt'
      await memory.mkdirs('b')
      if (what === 'a file') await memory.create(taken, Buffer.from('not ours'))
      else await memory.mkdirs(taken)
      const output = await openOutput(memory)
      await output.write({ key: 'b', text: 'b2' }, at(2))
      const foreign = { code: 'FOREIGN_FILE', path: taken }
      await expect(output.commit()).rejects.toMatchObject({
        ...foreign,
        message: expect.stringMatching(/not ours\. Move it away and open again; nothing was deleted/),
      })
      await expect(output.abort()).rejects.toMatchObject(foreign)
      await expect(output.close()).rejects.toMatchObject(foreign)
      await expect(openOutput(memory)).rejects.toMatchObject(foreign)
      expect(await memory.stat(taken)).toBeDefined()
      await memory.delete(taken, { recursive: 'all' })
      const next = await openOutput(memory)
      expect(next.committed.offsets.get('t')?.get(0)?.until).toBe(3n)
      await next.close()
      expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1'], b: ['b2'] })
    },
  )

  test('a file where a directory must go: the commit fails, and others go on', async () => {
    const { memory } = await left('released')
    await memory.create('b', Buffer.from('not ours'))
    const output = await openOutput(memory)
    await output.write({ key: 'b', text: 'b2' }, at(2))
    await expect(output.commit()).rejects.toMatchObject({
      code: 'COMMIT_FAILED',
      message: expect.stringMatching(/\bb\b/),
    })
    await output.abort()
    await output.write({ key: 'a', text: 'a2' }, at(2))
    await output.commit()
    await output.close()
    expect(await linesByDirectory(memory)).toMatchObject({ a: ['a0', 'a1', 'a2'] })
  })
})

test('what lies beside the data files is nobody of ours and stays', async () => {
  const { memory } = await left('vanished')
  const beside = [
    'a/_SUCCESS',
    'a/part-00001-00000000-000001.000001.txt',
    'a/part-00000-00000009-000001.000001.txt',
    // Copies of the file itself, taken by hand.
    'a/part-00000-00000000-000001.000001.txt.bak',
    'a/part-00000-0-1.1.txt',
    'a/x.txt',
  ]
  for (const path of beside) await memory.create(path, Buffer.from('x\n'))
  const output = await openOutput(memory)
  await output.close()
  for (const path of beside) expect(await memory.stat(path)).toBeDefined()
})
