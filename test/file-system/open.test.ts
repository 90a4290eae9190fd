import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openFileSystem } from '../../src/file-system/open.js'

async function scratchDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'open-file-system-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

test('a file URL and a plain path open the same directory', async () => {
  const directory = join(await scratchDirectory(), 'with space')
  await using byUrl = await openFileSystem(pathToFileURL(directory))
  await using byPath = await openFileSystem(directory, {})
  await byUrl.create('d/a', new Uint8Array([1, 2, 3]), { parents: 'create' })
  expect(await byPath.read('d/a')).toEqual(new Uint8Array([1, 2, 3]))
  expect(byPath.location).toBe(byUrl.location)
  expect(byPath.location).toBe(pathToFileURL(directory).href)
})

test.each([
  ['webhdfs://nn/data', 'webhdfs://nn:9870/data', true],
  ['swebhdfs://etl@nn1,nn2:444/', 'swebhdfs://nn1:9871,nn2:444/', true],
  ['httpfs://[::1]/data/sub/', 'httpfs://[::1]:14000/data/sub', false],
  ['httpfss://gateway/data', 'httpfss://gateway:14000/data', false],
])('%s opens the adapter for it, and sends nothing', async (text, location, replaces) => {
  await using fileSystem = await openFileSystem(text)
  expect(fileSystem.location).toBe(location)
  expect(fileSystem.capabilities).toMatchObject({ concat: true, atomicRenameReplace: replaces })
})

test('a list of namenodes is one cluster', async () => {
  await using fileSystem = await openFileSystem(['webhdfs://nn1/data', 'webhdfs://nn2/data'], { user: 'etl' })
  expect(fileSystem.location).toBe('webhdfs://nn1:9870,nn2:9870/data')
})

test('options that nobody would look at are refused', async () => {
  const refused = openFileSystem('/data', { user: 'etl', connectTimeoutMs: 5 })
  await expect(refused).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', operation: 'open' })
  await expect(refused).rejects.toThrow(/takes no options, but was given user, connectTimeoutMs/)
})

test('two users are one too many', async () => {
  await expect(openFileSystem('webhdfs://a@nn/data', { user: 'b' })).rejects.toThrow(/says a@, the options say user b/)
  await using same = await openFileSystem('webhdfs://a@nn/data', { user: 'a' })
  expect(same.location).toBe('webhdfs://nn:9870/data')
})

test('a location that is none, and options that are none, are refused', async () => {
  await expect(openFileSystem('viewfs://cluster/data')).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    operation: 'open',
  })
  await expect(openFileSystem('webhdfs://nn/data', { connectTimeoutMs: -1 })).rejects.toBeInstanceOf(TypeError)
})

test('hdfs:// opens the native adapter, and sends nothing', async () => {
  await using fileSystem = await openFileSystem('hdfs://nn/data', { user: 'etl' })
  expect(fileSystem.location).toBe('hdfs://nn:8020/data')
  expect(fileSystem.capabilities).toMatchObject({ durableWithoutClose: true })
})

test('hdfs:// finds nameservices and the default file system in HADOOP_CONF_DIR', async () => {
  const directory = await scratchDirectory()
  const properties = {
    'fs.defaultFS': 'hdfs://events',
    'dfs.nameservices': 'events',
    'dfs.ha.namenodes.events': 'nn1,nn2',
    'dfs.namenode.rpc-address.events.nn1': 'one.example.org:8020',
    'dfs.namenode.rpc-address.events.nn2': 'two.example.org:8020',
  }
  const entries = Object.entries(properties).map(
    ([name, value]) => `<property><name>${name}</name><value>${value}</value></property>`,
  )
  await writeFile(join(directory, 'core-site.xml'), `<configuration>${entries.join('')}</configuration>`)
  vi.stubEnv('HADOOP_CONF_DIR', directory)
  onTestFinished(() => void vi.unstubAllEnvs())
  await using byName = await openFileSystem('hdfs://events/data')
  await using byDefault = await openFileSystem('hdfs:///data')
  expect([byName.location, byDefault.location]).toEqual(['hdfs://events/data', 'hdfs://events/data'])
})

test('options of the other adapter are refused, not ignored', async () => {
  await expect(openFileSystem('hdfs://nn/data', { delegationToken: 'x' })).rejects.toThrow(/no use for delegationToken/)
  await expect(openFileSystem('webhdfs://nn/data', { durability: 'synced' })).rejects.toThrow(/no use for durability/)
})
