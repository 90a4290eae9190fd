// Datanodes that are none, or not well: the upload or read fails with a clear code, the lease is let go of, no connection is left behind.
import type { Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { createHdfsFileSystem } from '../../../src/file-system/hdfs/hdfs-file-system.js'
import type { LocatedBlock } from '../../../src/file-system/hdfs/messages/block-messages.js'
import { blockOpResponse } from '../../../src/file-system/hdfs/messages/data-transfer-messages.js'
import { getBlockLocations, getServerDefaults } from '../../../src/file-system/hdfs/messages/namespace-methods.js'
import {
  abandonBlock,
  addBlock,
  complete,
  createFile,
  fsync,
  recoverLease,
  renewLease,
} from '../../../src/file-system/hdfs/messages/writing-methods.js'
import type { HdfsOptions } from '../../../src/file-system/hdfs/options.js'
import { delimited } from '../../../src/file-system/hdfs/protobuf/message.js'
import { expectError } from '../webhdfs/expect-error.js'
import { type Answer, type ArrivedCall, type FakeServer, fakeNamenode, fakeServer, replyTo } from './fake-namenode.js'

const BLOCK_BYTES = 1_000_000

interface Setting {
  readonly fileSystem: FileSystem
  /** Methods of the namenode, as they were called. */
  readonly calls: string[]
  readonly datanode: FakeServer
}

/** A namenode that gives out one block, on a datanode that does as told. */
async function withDatanode(behave: (socket: Socket) => void, options: Partial<HdfsOptions> = {}): Promise<Setting> {
  const datanode = await fakeServer(behave)
  const calls: string[] = []
  const block = locatedAt(datanode.port)
  const namenode = await fakeNamenode((call) => {
    calls.push(call.method)
    return answerTo(call, block)
  })
  const settings = {
    progressTimeoutMs: 500,
    pipelineAttemptsMax: 2,
    readRoundsMax: 1,
    closeWaitMs: 200,
    abortWaitMs: 100,
  }
  const fileSystem = createHdfsFileSystem({ namenodes: [namenode], root: '/', user: 'etl', ...settings, ...options })
  onTestFinished(() => fileSystem.close())
  return { fileSystem, calls, datanode }
}

function locatedAt(xferPort: number): LocatedBlock {
  const id = {
    ipAddr: '127.0.0.1',
    hostName: 'no-such-host.invalid',
    datanodeUuid: 'd',
    xferPort,
    infoPort: 1,
    ipcPort: 1,
  }
  const nothing = new Uint8Array(0)
  return {
    b: { poolId: 'BP', blockId: 2n ** 62n + 1n, generationStamp: 1_001n, numBytes: BLOCK_BYTES },
    offset: 0,
    locs: [{ id }],
    corrupt: false,
    blockToken: { identifier: nothing, password: nothing, kind: '', service: '' },
    storageTypes: [1],
    storageIDs: ['s'],
  }
}

function answerTo({ method }: ArrivedCall, block: LocatedBlock): Answer {
  switch (method) {
    case 'getServerDefaults':
      return replyTo(getServerDefaults, {
        serverDefaults: { blockSize: BLOCK_BYTES, bytesPerChecksum: 512, replication: 1 },
      })
    case 'create': {
      const fs = {
        fileType: 2,
        path: new Uint8Array(0),
        length: 0,
        modificationTime: 1,
        blocksize: BLOCK_BYTES,
        fileId: 17n,
      }
      return replyTo(createFile, { fs })
    }
    case 'addBlock':
      return replyTo(addBlock, { block })
    case 'abandonBlock':
      return replyTo(abandonBlock, {})
    case 'fsync':
      return replyTo(fsync, {})
    case 'renewLease':
      return replyTo(renewLease, {})
    case 'recoverLease':
      return replyTo(recoverLease, { result: true })
    case 'complete':
      return replyTo(complete, { result: false })
    case 'getBlockLocations': {
      const locations = {
        fileLength: BLOCK_BYTES,
        blocks: [block],
        underConstruction: false,
        isLastBlockComplete: true,
      }
      return replyTo(getBlockLocations, { locations })
    }
    default:
      return { exception: 'java.io.IOException', message: `no ${method} here` }
  }
}

const accepted = delimited(blockOpResponse, { status: 0 })

/** Accepts the block, then says these bytes when the first packet comes. */
function acceptThen(...bytes: number[]): (socket: Socket) => void {
  return (socket) => {
    socket.once('data', () => {
      socket.write(accepted)
      socket.once('data', () => socket.write(Buffer.from(bytes)))
    })
  }
}

const WRITES: readonly (readonly [string, (socket: Socket) => void, string, RegExp])[] = [
  ['closes the connection', (socket) => socket.end(), 'UNAVAILABLE', /it closed the connection/],
  [
    'speaks HTTP',
    (socket) => socket.once('data', () => socket.write('HTTP/1.1 400 Bad\r\n\r\n')),
    'UNAVAILABLE|PROTOCOL|TIMEOUT',
    /datanode/,
  ],
  [
    'sends a message of absurd length',
    (socket) => socket.once('data', () => socket.write(Buffer.from([0xff, 0xff, 0xff, 0x7f]))),
    'PROTOCOL',
    /not an answer of the data port/,
  ],
  [
    'refuses the block',
    (socket) => socket.once('data', () => socket.write(delimited(blockOpResponse, { status: 1, message: 'no' }))),
    'UNAVAILABLE',
    /refused the block with ERROR: no/,
  ],
  ['says nothing', (socket) => socket.resume(), 'TIMEOUT', /not a byte in 500 ms/],
  ['never acknowledges', acceptThen(), 'TIMEOUT', /no acknowledgement in 500 ms/],
  [
    'acknowledges another packet',
    acceptThen(4, 0x08, 14, 0x10, 0),
    'PROTOCOL',
    /it is for packet 7 where 0 was expected/,
  ],
  ['found a wrong checksum', acceptThen(4, 0x08, 0, 0x10, 2), 'UNAVAILABLE', /answered ERROR_CHECKSUM/],
  ['is about to restart', acceptThen(4, 0x08, 3, 0x10, 8), 'UNAVAILABLE', /answered OOB_RESTART/],
  ['acknowledges with nonsense', acceptThen(2, 0x0f, 0xff), 'PROTOCOL', /not an acknowledgement/],
  [
    'sends an acknowledgement of absurd length',
    acceptThen(0xff, 0xff, 0xff, 0xff, 0x7f),
    'PROTOCOL',
    /not an acknowledgement/,
  ],
]

describe('a write to a datanode that', () => {
  test.each(WRITES)('%s', async (_, behave, codes, says) => {
    const { fileSystem, calls, datanode } = await withDatanode(behave)
    const upload = await fileSystem.createUpload('a')
    await upload.write(Buffer.from('content'))
    const error = await expectError(upload.makeDurable(), { outcome: 'unknown', operation: 'create', path: 'a' })
    expect(error.code).toMatch(new RegExp(`^(${codes})$`))
    expect(error.message).toMatch(says)
    expect(await upload.end().catch((again: unknown) => again)).toBe(error)
    await upload.abort()
    expect(calls).toContain('recoverLease')
    for (const socket of datanode.sockets) socket.resume()
    await expect.poll(() => datanode.sockets.size).toBe(0)
  })

  test('has a name that does not resolve', async () => {
    const configuration = { 'dfs.client.use.datanode.hostname': 'true' }
    const { fileSystem, calls } = await withDatanode(() => {}, { configuration })
    const error = await expectError(fileSystem.create('a', Buffer.from('x')), {
      code: 'UNAVAILABLE',
      outcome: 'unknown',
    })
    expect(error.message).toMatch(/no-such-host\.invalid/)
    expect(calls.filter((method) => method === 'abandonBlock')).toHaveLength(1)
  })

  test('never reports the block: the close gives up after its time', async () => {
    const acknowledging = (socket: Socket): void => {
      socket.once('data', () => {
        socket.write(accepted)
        socket.once('data', () => socket.write(Buffer.from([4, 0x08, 0, 0x10, 0, 4, 0x08, 2, 0x10, 0])))
      })
    }
    const { fileSystem, calls } = await withDatanode(acknowledging)
    const error = await expectError(fileSystem.create('a', Buffer.from('x')), { code: 'TIMEOUT', outcome: 'unknown' })
    expect(error.message).toMatch(/have not reported its last block after 200 ms \(closeWaitMs\)/)
    expect(calls.filter((method) => method === 'complete').length).toBeGreaterThan(2)
  })
})

test('an upload that is open and idle has its lease renewed and its pipeline kept, until it ends', async () => {
  let heartbeats = 0
  const behave = (socket: Socket): void => {
    socket.once('data', () => {
      socket.write(accepted)
      socket.once('data', () => {
        socket.write(Buffer.from([4, 0x08, 0, 0x10, 0]))
        socket.on('data', (chunk: Buffer) => {
          if (chunk.byteLength !== 31) return
          heartbeats += 1
          socket.write(Buffer.from([4, 0x08, 1, 0x10, 0]))
        })
      })
    })
  }
  const { fileSystem, calls, datanode } = await withDatanode(behave, { heartbeatMs: 5, leaseRenewalMs: 5 })
  const renewals = (): number => calls.filter((method) => method === 'renewLease').length
  const upload = await fileSystem.createUpload('a')
  await upload.write(Buffer.from('x'))
  await upload.makeDurable()
  await expect.poll(() => Math.min(heartbeats, renewals())).toBeGreaterThan(3)
  await upload.abort()
  await expect.poll(() => datanode.sockets.size).toBe(0)
  const before = renewals()
  await fileSystem.stat('a').catch(() => undefined)
  await fileSystem.stat('a').catch(() => undefined)
  expect(renewals()).toBeLessThanOrEqual(before + 1)
})

const beginning = delimited(blockOpResponse, {
  status: 0,
  readOpChecksumInfo: { checksum: { type: 2, bytesPerChecksum: 512 }, chunkOffset: 0 },
})
const absurd = delimited(blockOpResponse, {
  status: 0,
  readOpChecksumInfo: { checksum: { type: 2, bytesPerChecksum: 0 }, chunkOffset: 0 },
})

const READS: readonly (readonly [string, Uint8Array | undefined, string, RegExp])[] = [
  ['closes the connection', new Uint8Array(0), 'UNAVAILABLE', /it closed the connection/],
  ['says nothing', undefined, 'UNAVAILABLE', /not a byte in 500 ms/],
  ['refuses', delimited(blockOpResponse, { status: 1, message: 'gone' }), 'CORRUPT', /refused with ERROR: gone/],
  ['has checksums of no bytes', absurd, 'UNAVAILABLE', /checksums of 0 bytes each/],
  [
    'sends a packet of absurd length',
    Buffer.concat([beginning, Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 25])]),
    'UNAVAILABLE',
    /a packet of 2147483643 bytes/,
  ],
  [
    'ends the block early',
    Buffer.concat([
      beginning,
      Buffer.from([
        0, 0, 0, 4, 0, 25, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0x18, 1, 0x25, 0, 0, 0, 0,
      ]),
    ]),
    'CORRUPT',
    /the replica ends at 0 of 1000000 bytes/,
  ],
]

describe('a read from a datanode that', () => {
  test.each(READS)('%s', async (_, bytes, code, says) => {
    const { fileSystem, datanode } = await withDatanode((socket) => {
      socket.once('data', () => {
        if (bytes === undefined) return
        if (bytes.byteLength === 0) socket.end()
        else socket.write(bytes)
      })
    })
    const error = await expectError(fileSystem.read('a'), { outcome: 'not-applied', operation: 'read', path: 'a' })
    expect(error.code).toBe(code)
    expect(error.message).toMatch(says)
    for (const socket of datanode.sockets) socket.resume()
    await expect.poll(() => datanode.sockets.size).toBe(0)
  })
})
