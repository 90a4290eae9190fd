// How much of an upload may be on its way, alone and beside others: what memory many open uploads take.
import { expect, test } from 'vitest'
import type { OpenFile } from '../../../../src/file-system/hdfs/datatransfer/block-setup.js'
import { FileWriter } from '../../../../src/file-system/hdfs/datatransfer/file-writer.js'
import type { Packet } from '../../../../src/file-system/hdfs/datatransfer/write-pipeline.js'
import { HDFS_LIMITS } from '../../../../src/file-system/hdfs/options.js'
import type { Session } from '../../../../src/file-system/hdfs/session.js'

const PACKET_BYTES = 64 * 1024
const KIBIBYTE = 1024

/** Bytes that one of so many uploads takes before it asks to wait. Nothing is acknowledged: the namenode never names datanodes. */
function bytesUntilFull(uploads: number): number {
  const session = {
    options: HDFS_LIMITS,
    clientName: 'writer',
    calls: { call: () => new Promise(() => {}) },
    uploads: new Set(Array.from({ length: uploads }, () => ({}))),
  } as unknown as Session
  const writer = new FileWriter(session, { attempt: { path: 'a' } } as unknown as OpenFile, () => {
    throw new Error('no block ends')
  })
  let bytes = 0
  for (let seqno = 0; writer.room() === undefined; seqno++) {
    writer.add({ seqno, offsetInBlock: bytes, data: new Uint8Array(PACKET_BYTES) } as unknown as Packet)
    bytes += PACKET_BYTES
  }
  // What it took last made it too much.
  return bytes - PACKET_BYTES
}

test('one upload, and sixteen, have 4 MiB each on their way', () => {
  expect([1, 16].map(bytesUntilFull)).toEqual([4_096 * KIBIBYTE, 4_096 * KIBIBYTE])
})

test('more of them share 64 MiB, and four packets are always granted', () => {
  expect([64, 256, 10_000].map(bytesUntilFull)).toEqual([1_024 * KIBIBYTE, 256 * KIBIBYTE, 256 * KIBIBYTE])
})
