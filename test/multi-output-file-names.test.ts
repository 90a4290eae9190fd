// A job that names its data files by a template: the names in every mode and stream, recovery by them, and what is refused.
import { describe, expect, test } from 'vitest'
import { readJob } from '../src/engine/job-file.js'
import { nameOf } from '../src/file-system/path.js'
import { readLocation } from '../src/inspect/read-location.js'
import { verify } from '../src/inspect/verify.js'
import type { MultiOutputOptions } from '../src/options.js'
import { MemoryFileSystem } from '../src/testing/index.js'
import { everythingBelow, FaultyFileSystem, neverArrives } from './engine/faulty-file-system.js'
import { at, dataFilesIn, type Line, lines, linesByDirectory, openOutput } from './engine/sample-output.js'
import { commitAt, windows, write } from './engine/windows-of-noon.js'

const fileName = 'orders_{serial}_t{task}_{epoch}_{counter}.{extension}'
const job = '_multi_output/job.json'

/** Every data file, with the numbers of its name left out. */
async function shapes(fileSystem: MemoryFileSystem): Promise<string[]> {
  const found: string[] = []
  for (const { path, type } of await everythingBelow(fileSystem, ''))
    if (type === 'file' && !path.startsWith('_multi_output/')) found.push(nameOf(path).replaceAll(/\d+/g, '#'))
  return [...new Set(found)].sort()
}

/** What lies there; whoever looks at job.json touches it. */
async function lying(fileSystem: MemoryFileSystem): Promise<object[]> {
  return (await everythingBelow(fileSystem, '')).map(({ path, fileId, length }) => ({ path, fileId, length }))
}

/** A writer that was killed with an append under way: `a` holds bytes that no record has. */
async function vanished(options: Partial<MultiOutputOptions<Line>> = { fileName }): Promise<MemoryFileSystem> {
  const memory = new MemoryFileSystem()
  const output = await openOutput(memory, { bufferedBytesMax: 4, ...options })
  await output.write({ key: 'a', text: 'committed' }, at(0))
  await output.commit()
  await output.write({ key: 'a', text: 'not committed' }, at(1))
  return memory
}

describe('names', () => {
  test('a file is named by the template, and gets its next generation in the same way', async () => {
    const memory = await vanished()
    expect(await dataFilesIn(memory, 'a')).toEqual(['orders_00000000_t00000_000001_000001.txt'])
    const next = await openOutput(memory, { fileName })
    expect(await dataFilesIn(memory, 'a')).toEqual(['orders_00000000_t00000_000002_000001.txt'])
    expect(await linesByDirectory(memory)).toEqual({ a: ['committed'] })
    await next.write({ key: 'a', text: 'replayed' }, at(1))
    await next.commit()
    await next.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['committed', 'replayed'] })
    expect(await verify(memory)).toMatchObject({ findings: [], files: 1 })
  })

  test.each<[string, Partial<MultiOutputOptions<Line>>, string[]]>([
    ['sealed by each commit', { mode: 'new-file' }, ['orders_#_t#_#_#.txt']],
    ['hidden until sealed', { visibility: 'sealed' }, ['.orders_#_t#_#_#.txt']],
    ['hidden and sealed', { visibility: 'sealed', roll: { recordsMax: 1 } }, ['orders_#_t#_#_#.txt']],
    ['compressed', { compression: 'gzip' }, ['orders_#_t#_#_#.txt.gz']],
  ])('%s', async (_how, options, names) => {
    const memory = await vanished({ fileName, ...options })
    const next = await openOutput(memory, { fileName, ...options })
    await next.write({ key: 'b', text: 'more' }, at(1))
    await next.commit()
    await next.close()
    expect(await shapes(memory)).toEqual(names)
    expect(await verify(memory)).toMatchObject({ findings: [], files: 2 })
  })

  test('another compression seals the files of the one before', async () => {
    const memory = await vanished()
    const next = await openOutput(memory, { fileName, compression: 'gzip' })
    await next.write({ key: 'a', text: 'more' }, at(1))
    await next.commit()
    await next.close()
    expect(await dataFilesIn(memory, 'a')).toEqual([
      'orders_00000000_t00000_000002_000001.txt',
      'orders_00000001_t00000_000002_000002.txt.gz',
    ])
    const { tasks } = await readLocation(memory)
    expect(tasks[0]).toMatchObject({ sealedFiles: [{ serial: 0 }] })
  })

  test('windows, late records and dead letters', async () => {
    const memory = new MemoryFileSystem()
    const streams = { dead: { format: lines, directory: '_dead' } }
    const output = await openOutput(memory, { ...windows, streams, fileName })
    await commitAt(output, 1, 0)
    await commitAt(output, 6, 1)
    write(output, 1, 2)
    await output.write({ key: 'x', text: 'bad' }, { ...at(3), stream: 'dead' })
    await commitAt(output, 7, 4)
    await output.close()
    expect(await shapes(memory)).toEqual(['_SUCCESS', 'orders_#_t#_#_#.txt'])
    expect(await dataFilesIn(memory, '_dead')).toEqual([expect.stringMatching(/^orders_/)])
    const late = (await everythingBelow(memory, '_late')).filter(({ type }) => type === 'file')
    expect(late.map(({ path }) => nameOf(path))).toEqual([expect.stringMatching(/^orders_/)])
    expect(await verify(memory)).toMatchObject({ findings: [] })
  })
})

describe('recovery by names', () => {
  test('whatever has the numbers of a file and is not named by the template is nobody of ours, and stays', async () => {
    const memory = await vanished()
    const beside = [
      // As of a later epoch, which would fence whoever opens; as an older one, which would be deleted.
      'a/part-00000-00000000-000009.000001.txt',
      'a/payments_00000000_t00000_000009_000001.txt',
      'a/reorders_00000000_t00000_000009_000001.txt',
      'a/orders_00000000_t00000_000000_000001.txt.bak',
      'a/orders_0_t0_0_1.txt',
      'a/orders_00000000_t00001_000009_000001.txt',
    ]
    for (const path of beside) await memory.create(path, Buffer.from('x\n'))
    await (await openOutput(memory, { fileName })).close()
    for (const path of beside) expect(Buffer.from(await memory.read(path)).toString()).toBe('x\n')
    expect(await memory.read('a/orders_00000000_t00000_000002_000001.txt')).toEqual(
      new TextEncoder().encode('committed\n'),
    )
    expect((await verify(memory)).findings.map(({ kind, path }) => [kind, path])).toEqual([
      ['NOT_IN_LOG', 'a/orders_00000000_t00000_000000_000001.txt.bak'],
      ['NOT_IN_LOG', 'a/orders_00000000_t00001_000009_000001.txt'],
    ])
  })

  test('an append without an answer: the file goes on under its next generation', async () => {
    const memory = new MemoryFileSystem()
    const faulty = new FaultyFileSystem(memory)
    const output = await openOutput(faulty, { fileName })
    await output.write({ key: 'a', text: 'one' }, at(0))
    await output.commit()
    faulty.disturb('append', /^a\/orders_/, neverArrives())
    await output.write({ key: 'a', text: 'two' }, at(1))
    await output.commit()
    expect(await dataFilesIn(memory, 'a')).toEqual(['orders_00000000_t00000_000001_000002.txt'])
    expect(await linesByDirectory(memory)).toEqual({ a: ['one', 'two'] })
    await output.close()
  })

  test('a generation of a later epoch: FENCED, by the name of the template', async () => {
    const memory = await vanished()
    const [name] = await dataFilesIn(memory, 'a')
    await memory.rename(`a/${name}`, 'a/orders_00000000_t00000_000009_000001.txt', { mode: 'move' })
    await expect(openOutput(memory, { fileName })).rejects.toMatchObject({
      code: 'FENCED',
      message: expect.stringMatching(/orders_00000000_t00000_000009_000001\.txt is of a later epoch/),
    })
  })
})

describe('the template is the job’s', () => {
  const other = 'o_{task}_{serial}_{generation}.{extension}'
  type Named = Pick<MultiOutputOptions<Line>, 'fileName'>
  test.each<[string, Named, Named, string]>([
    ['another one', { fileName }, { fileName: other }, `'${fileName}', the options say '${other}'`],
    ['none', { fileName }, {}, `'${fileName}', the options say 'part-{task}-{serial}-{generation}.{extension}'`],
    ['one where there was none', {}, { fileName }, "'part-{task}-{serial}-{generation}.{extension}', the options say"],
  ])('%s is refused with what stands there, and nothing is touched', async (_what, there, here, complaint) => {
    const memory = await vanished(there)
    const before = await lying(memory)
    await expect(openOutput(memory, here)).rejects.toMatchObject({
      code: 'JOB_MISMATCH',
      path: job,
      message: expect.stringContaining(`says fileName ${complaint}`),
    })
    await expect(openOutput(memory, here)).rejects.toThrow(
      'recovery finds files by their names, so they are fixed when a job is first opened; set it to what stands there, or choose another location',
    )
    expect(await lying(memory)).toEqual(before)
    await (await openOutput(memory, there)).close()
  })

  test('said in other words it is the same', async () => {
    const memory = await vanished({ fileName: 'x-{task}-{serial}-{generation}.{extension}' })
    await (await openOutput(memory, { fileName: 'x-{task}-{serial}-{epoch}.{counter}.{extension}' })).close()
    const defaults = new MemoryFileSystem()
    await (await openOutput(defaults)).close()
    await (await openOutput(defaults, { fileName: 'part-{task}-{serial}-{generation}.{extension}' })).close()
  })

  test('a job that asks for none has none in job.json, and whoever recovers finds the one that it has', async () => {
    const memory = new MemoryFileSystem()
    await (await openOutput(memory)).close()
    expect(await readJob({ fileSystem: memory })).not.toHaveProperty('fileName')
    const named = await vanished()
    const { job: description } = await readLocation(named)
    expect(description).toMatchObject({ fileName })
    // What `recover` does: it knows the job's description and nothing else.
    await (await openOutput(named, { ...description })).close()
    expect(await linesByDirectory(named)).toEqual({ a: ['committed'] })
  })
})
