// Datanodes that die, stop or lose bytes while a file is written or read: as long as one replica is left, nobody notices.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { createHdfsFileSystem } from '../../../src/file-system/hdfs/hdfs-file-system.js'
import type { HdfsOptions } from '../../../src/file-system/hdfs/options.js'
import { jmxBean } from '../../cluster/hadoop.js'
import { useCluster } from '../../cluster/own-cluster.js'
import { expectError } from '../webhdfs/expect-error.js'
import { someBytes } from './scratch-directory.js'

const KIBIBYTE = 2 ** 10
const cluster = useCluster({ kafka: false, httpfs: false, datanodes: 2, closeDelayMs: 10 })

function open(options: Partial<HdfsOptions> = {}): FileSystem {
  const { hostname: host, port } = new URL(cluster().hdfsUrl)
  const { user } = cluster().description
  return createHdfsFileSystem({ namenodes: [{ host, port: Number(port) }], root: '/', user, ...options })
}

/** Files of a datanode's replicas, without their checksums. */
async function replicaFiles(datanode: number): Promise<string[]> {
  const directory = join(cluster().description.directory, `datanode-${datanode}`, 'data')
  const found = await readdir(directory, { recursive: true })
  return found.filter((each) => /(^|\/)blk_\d+$/.test(each)).map((each) => join(directory, each))
}

/** How often the datanodes brought a replica to their disks since they started. */
async function fsyncs(): Promise<number> {
  let count = 0
  for (const { httpPort } of cluster().description.datanodes) {
    const bean = await jmxBean<{ readonly FsyncCount?: number }>(
      httpPort,
      'Hadoop:service=DataNode,name=DataNodeActivity-*',
    )
    if (bean?.FsyncCount === undefined) throw new Error(`the datanode at ${httpPort} does not tell its FsyncCount`)
    count += bean.FsyncCount
  }
  return count
}

describe('datanodes', () => {
  test('sync to disk what is to be synced, and only that', async () => {
    const before = await fsyncs()
    for (const durability of ['flushed', 'synced'] as const) {
      await using fileSystem = open({ durability })
      const upload = await fileSystem.createUpload(`durability-${durability}`)
      await upload.write(someBytes(1_000))
      await upload.makeDurable()
      await upload.write(someBytes(1_000))
      await upload.end()
    }
    // Both datanodes, at makeDurable and at the end of the block. They tell with a delay of up to ten seconds.
    await expect.poll(async () => (await fsyncs()) - before, { timeout: 30_000, interval: 500 }).toBe(4)
  })

  test.each([0, 1])(
    'N7 a datanode of a pipeline of two is killed with bytes on their way, and the other one goes on: number %i',
    async (which) => {
      await using fileSystem = open()
      const content = someBytes(900 * KIBIBYTE, which)
      const upload = await fileSystem.createUpload(`killed-${which}`, { blockSizeBytes: 512 * KIBIBYTE })
      await upload.write(content.subarray(0, 100_000))
      await upload.makeDurable()
      await upload.write(content.subarray(100_000, 200_000))
      await cluster().datanodes[which]!.kill()
      await upload.write(content.subarray(200_000, 300_000))
      expect(await upload.makeDurable()).toBe(300_000)
      await upload.write(content.subarray(300_000))
      expect(await upload.end()).toBe(content.byteLength)
      // The namenode still thinks that both live.
      expect(await fileSystem.append(`killed-${which}`, content.subarray(0, 5), { base: content.byteLength })).toBe(
        content.byteLength + 5,
      )
      const found = Buffer.from(await fileSystem.read(`killed-${which}`))
      expect(found.equals(Buffer.concat([content, content.subarray(0, 5)]))).toBe(true)
      await cluster().datanodes[which]!.start()
    },
  )

  test('a datanode that stops in the middle is left behind when it has been silent for too long', async () => {
    await using fileSystem = open({ progressTimeoutMs: 3_000 })
    const upload = await fileSystem.createUpload('stopped')
    await upload.write(someBytes(1_000))
    await upload.makeDurable()
    // Whichever comes first in the pipeline: both are tried, one after the other.
    const content = someBytes(100_000, 3)
    cluster().datanodes[0]!.pause()
    await upload.write(content)
    const first = await upload.makeDurable().then(
      (length) => length,
      (error: unknown) => error,
    )
    cluster().datanodes[0]!.resume()
    // It was second: then the first one cannot say who is to blame before its own time is up, and the upload is given up.
    if (typeof first !== 'number') expect(first).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' })
    else {
      expect(first).toBe(101_000)
      expect(await upload.end()).toBe(101_000)
    }
    await upload.abort()
    await expect.poll(() => fileSystem.isOpenForWrite('stopped'), { timeout: 90_000, interval: 200 }).toBe(false)
    const found = Buffer.from(await fileSystem.read('stopped'))
    expect(found.equals(Buffer.concat([someBytes(1_000), content]).subarray(0, found.byteLength))).toBe(true)
    expect(found.byteLength).toBeGreaterThanOrEqual(1_000)
  })

  test('a replica that lost its bytes is passed over; when all have, the file is said to be corrupt', async () => {
    await using fileSystem = open()
    const content = someBytes(300 * KIBIBYTE, 9)
    const before = await Promise.all([replicaFiles(0), replicaFiles(1)])
    await fileSystem.create('broken', content)
    const files = await Promise.all([replicaFiles(0), replicaFiles(1)])
    const [first, second] = files.map((all, datanode) => all.find((each) => !before[datanode]!.includes(each)))
    await flipByte(first!, 200 * KIBIBYTE)
    // Both orders: whichever replica is asked first.
    for (const _ of [1, 2, 3, 4]) expect(Buffer.from(await fileSystem.read('broken')).equals(content)).toBe(true)
    await flipByte(second!, 200 * KIBIBYTE)
    expect(
      Buffer.from(await fileSystem.read('broken', { end: 100 * KIBIBYTE })).equals(content.subarray(0, 100 * KIBIBYTE)),
    ).toBe(true)
    await expectError(fileSystem.read('broken'), {
      code: 'CORRUPT',
      outcome: 'not-applied',
      operation: 'read',
      path: 'broken',
    })
  })
})

async function flipByte(path: string, at: number): Promise<void> {
  const bytes = await readFile(path)
  bytes[at]! ^= 0xff
  await writeFile(path, bytes)
}
