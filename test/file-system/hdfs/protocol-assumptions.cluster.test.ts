// What the adapter and the protocol above it assume of HDFS when it is spoken to directly: each as a test on the real servers.
import { describe, expect, onTestFinished, test } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { recoverLease } from '../../../src/file-system/hdfs/messages/writing-methods.js'
import { resolveOptions } from '../../../src/file-system/hdfs/options.js'
import { closedFailure, Pauses } from '../../../src/file-system/hdfs/pauses.js'
import { NamenodeCalls } from '../../../src/file-system/hdfs/rpc/namenode-calls.js'
import { expectError } from '../webhdfs/expect-error.js'
import { scratchDirectory, someBytes } from './scratch-directory.js'

const KIBIBYTE = 2 ** 10

async function untilClosed(fileSystem: FileSystem, path: string): Promise<void> {
  await expect.poll(() => fileSystem.isOpenForWrite(path), { timeout: 60_000 }).toBe(false)
}

describe('HDFS', () => {
  test('N1 a rename fences an append by the old name, and lets one that has begun go on', async () => {
    const scratch = await scratchDirectory()
    const [writer, owner] = [scratch.open(), scratch.open()]
    await writer.create('old', someBytes(1_000))
    const begun = await writer.appendUpload('old', { base: 1_000 })
    await begun.write(someBytes(100 * KIBIBYTE, 2))
    await owner.mkdirs('d')
    await owner.rename('old', 'd/new', { mode: 'move' })
    await expectError(writer.append('old', someBytes(10), { base: 1_000 }), {
      code: 'NOT_FOUND',
      outcome: 'not-applied',
    })
    expect(await owner.isOpenForWrite('d/new')).toBe(true)
    expect(await begun.makeDurable()).toBe(1_000 + 100 * KIBIBYTE)
    await owner.rename('d', 'e', { mode: 'move' })
    await begun.write(someBytes(10, 3))
    expect(await begun.end()).toBe(1_010 + 100 * KIBIBYTE)
    expect(await owner.isOpenForWrite('e/new')).toBe(false)
    const content = Buffer.concat([someBytes(1_000), someBytes(100 * KIBIBYTE, 2), someBytes(10, 3)])
    expect(Buffer.from(await owner.read('e/new')).equals(content)).toBe(true)
  })

  test('N2 an upload goes on over block boundaries while its file is renamed', async () => {
    const scratch = await scratchDirectory()
    const fileSystem = scratch.open()
    const upload = await fileSystem.createUpload('a', { blockSizeBytes: 64 * KIBIBYTE })
    const content = someBytes(300 * KIBIBYTE + 7)
    for (let at = 0; at < content.byteLength; at += 10_000) {
      await upload.write(content.subarray(at, at + 10_000))
      if (at % 100_000 === 0) await fileSystem.rename(at === 0 ? 'a' : `a${at - 100_000}`, `a${at}`, { mode: 'move' })
    }
    expect(await upload.end()).toBe(content.byteLength)
    expect(Buffer.from(await fileSystem.read('a300000')).equals(content)).toBe(true)
  })

  test('N3 what is durable is read by others while the file is open, whatever its status says', async () => {
    const scratch = await scratchDirectory()
    const [writer, reader] = [scratch.open(), scratch.open()]
    const content = someBytes(200 * KIBIBYTE + 3)
    const upload = await writer.createUpload('open', { blockSizeBytes: 64 * KIBIBYTE })
    await upload.write(content.subarray(0, 150_001))
    expect(await upload.makeDurable()).toBe(150_001)
    expect(Buffer.from(await reader.read('open')).equals(content.subarray(0, 150_001))).toBe(true)
    expect(
      Buffer.from(await reader.read('open', { start: 140_000, end: 200_000 })).equals(
        content.subarray(140_000, 150_001),
      ),
    ).toBe(true)
    expect((await reader.stat('open'))?.length).toBe(150_001)
    await upload.write(content.subarray(150_001))
    expect(await upload.end()).toBe(content.byteLength)
    expect(Buffer.from(await reader.read('open')).equals(content)).toBe(true)
  })

  test('an upload that is durable every few bytes, across chunks and blocks, has every byte in its place', async () => {
    const scratch = await scratchDirectory()
    const fileSystem = scratch.open()
    const content = someBytes(5_000)
    const upload = await fileSystem.createUpload('drops', { blockSizeBytes: 1_536 })
    let at = 0
    for (const bytes of [1, 511, 512, 513, 100, 411, 1, 1, 1_000, 37, 475, 936, 2]) {
      await upload.write(content.subarray(at, at + bytes))
      at += bytes
      expect(await upload.makeDurable()).toBe(at)
    }
    await upload.write(content.subarray(at))
    expect(await upload.end()).toBe(5_000)
    expect(Buffer.from(await fileSystem.read('drops')).equals(content)).toBe(true)
    for (const [start, end] of [
      [0, 1],
      [511, 513],
      [1_535, 1_537],
      [1_536, 3_072],
      [4_999, 9_999],
      [5_000, 5_001],
    ] as const) {
      expect(Buffer.from(await fileSystem.read('drops', { start, end })).equals(content.subarray(start, end))).toBe(
        true,
      )
    }
  })

  test('synced packets are taken: a file that is synced throughout', async () => {
    const scratch = await scratchDirectory()
    const fileSystem = scratch.open({ durability: 'synced' })
    const content = someBytes(3_000)
    const upload = await fileSystem.createUpload('synced', { blockSizeBytes: 1_024 })
    await upload.write(content.subarray(0, 700))
    await upload.makeDurable()
    await upload.makeDurable()
    await upload.write(content.subarray(700))
    expect(await upload.end()).toBe(3_000)
    expect(Buffer.from(await fileSystem.read('synced')).equals(content)).toBe(true)
  })

  test('heartbeats between packets, and renewals of the lease, disturb nothing', async () => {
    const scratch = await scratchDirectory()
    const fileSystem = scratch.open({ heartbeatMs: 1, leaseRenewalMs: 1 })
    const content = someBytes(20_000)
    const upload = await fileSystem.createUpload('beating', { blockSizeBytes: 8_192 })
    for (let at = 0; at < content.byteLength; at += 200) {
      await upload.write(content.subarray(at, at + 200))
      expect(await upload.makeDurable()).toBe(at + 200)
    }
    expect(await upload.end()).toBe(20_000)
    expect(Buffer.from(await fileSystem.read('beating')).equals(content)).toBe(true)
  })

  test('N4 a file deleted and made again under the name is not touched by the upload on the old one', async () => {
    const scratch = await scratchDirectory()
    const [writer, other] = [scratch.open(), scratch.open()]
    const upload = await writer.createUpload('a')
    await upload.write(someBytes(100))
    await upload.makeDurable()
    await other.delete('a')
    await other.create('a', Buffer.from('new'))
    await upload.write(someBytes(100))
    await expectError(upload.end(), { outcome: 'unknown', operation: 'create', path: 'a' })
    expect(Buffer.from(await other.read('a')).toString()).toBe('new')
  })

  test('N5 recoverLease takes a file from a live writer: it closes with all that was durable, and the writer learns of it', async () => {
    const scratch = await scratchDirectory()
    const [writer, other] = [scratch.open(), scratch.open()]
    const content = someBytes(5_000)
    const upload = await writer.createUpload('taken')
    await upload.write(content.subarray(0, 3_000))
    expect(await upload.makeDurable()).toBe(3_000)
    const options = resolveOptions({ namenodes: [scratch.rpc], root: '/', user: scratch.user })
    const calls = new NamenodeCalls(options, new Pauses())
    onTestFinished(() => calls.close(closedFailure()))
    const request = { src: `${scratch.root}/taken`, clientName: 'another' }
    await calls.call(recoverLease, request, { operation: 'open', path: 'taken' })
    await upload.write(content.subarray(3_000))
    await expectError(upload.end(), { outcome: 'unknown', operation: 'create', path: 'taken' })
    await untilClosed(other, 'taken')
    const left = Buffer.from(await other.read('taken'))
    expect(left.byteLength).toBeGreaterThanOrEqual(3_000)
    expect(left.equals(content.subarray(0, left.byteLength))).toBe(true)
  })

  test('an aborted upload leaves its file closed at once, with what was sent', async () => {
    const scratch = await scratchDirectory()
    const fileSystem = scratch.open()
    const upload = await fileSystem.createUpload('aborted')
    await upload.write(someBytes(100_000))
    await upload.abort()
    expect(await fileSystem.isOpenForWrite('aborted')).toBe(false)
    expect((await fileSystem.stat('aborted'))?.length).toBe(100_000)
  })

  test('the end of the file system closes what is open', async () => {
    const scratch = await scratchDirectory()
    const [writer, other] = [scratch.open(), scratch.open()]
    const upload = await writer.createUpload('left')
    await upload.write(someBytes(1_000))
    await writer.close()
    await expectError(upload.end(), { code: 'CLOSED' })
    await untilClosed(other, 'left')
    expect((await other.stat('left'))?.length).toBe(1_000)
  })

  test('hundreds of files are open at once, and all are durable', async () => {
    const scratch = await scratchDirectory()
    const fileSystem = scratch.open()
    const names = Array.from({ length: 300 }, (_, file) => `f${file}`)
    const options = { blockSizeBytes: 2 ** 20, replication: 1 }
    const uploads = await Promise.all(names.map((name) => fileSystem.createUpload(name, options)))
    for (const round of [1, 2]) {
      const lengths = await Promise.all(
        uploads.map(async (upload, file) => {
          await upload.write(someBytes(1_000, file))
          return upload.makeDurable()
        }),
      )
      expect(new Set(lengths)).toEqual(new Set([round * 1_000]))
    }
    const ends = await Promise.all(uploads.map((upload) => upload.end()))
    expect(new Set(ends)).toEqual(new Set([2_000]))
  })
})
