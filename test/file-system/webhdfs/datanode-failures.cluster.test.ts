// Real datanodes that die, or stop, in the middle of an upload: the outcome is unknown, and it is said within the limits.
import { describe, expect, test } from 'vitest'
import webhdfs from 'webhdfs'
import type { FileSystem, Upload } from '../../../src/file-system/file-system.js'
import { FileSystemError } from '../../../src/file-system/file-system-error.js'
import type { WebHdfsOptions } from '../../../src/file-system/webhdfs/options.js'
import { createWebHdfsFileSystem } from '../../../src/file-system/webhdfs/webhdfs-file-system.js'
import { createWebHdfsPackageFileSystem } from '../../../src/file-system/webhdfs-package/webhdfs-package-file-system.js'
import { useCluster } from '../../cluster/own-cluster.js'
import { expectError } from './expect-error.js'

const MEBIBYTE = 2 ** 20
const chunk = Buffer.alloc(MEBIBYTE, 'x')
const FILES_MAX = 40

const cluster = useCluster({ kafka: false, httpfs: false, datanodes: 2, closeDelayMs: 10 })

function open(options: Partial<WebHdfsOptions> = {}): FileSystem & AsyncDisposable {
  const { hostname, port } = new URL(cluster().webhdfsUrl)
  return createWebHdfsFileSystem({
    scheme: 'webhdfs',
    namenodes: [{ host: hostname, port: Number(port) }],
    root: '/',
    user: cluster().description.user,
    ...options,
  })
}

function openPackage(): FileSystem {
  const { hostname: host, port } = new URL(cluster().webhdfsUrl)
  const client = webhdfs.createClient({ host, port, user: cluster().description.user, path: '/webhdfs/v1' })
  return createWebHdfsPackageFileSystem(client, { root: '/', progressTimeoutMs: 60_000 })
}

/** Makes a file of one replica on the datanode, which then handles the appends to it. */
async function fileOn(datanode: number): Promise<string> {
  await using fileSystem = open()
  const port = cluster().description.datanodes[datanode]?.httpPort
  for (let attempt = 0; attempt < FILES_MAX; attempt += 1) {
    const path = `on-${datanode}-${attempt}-${Date.now()}`
    await fileSystem.create(path, Buffer.from('abc'), { replication: 1 })
    const url = `${cluster().webhdfsHttpUrl}/${path}?op=APPEND&noredirect=true&user.name=${cluster().description.user}`
    const { Location } = (await (await fetch(url, { method: 'POST' })).json()) as { Location: string }
    if (Number(new URL(Location).port) === port) return path
  }
  throw new Error(`of ${FILES_MAX} files none lies on datanode ${datanode}`)
}

async function writeChunks(upload: Upload, chunks: number): Promise<void> {
  for (let count = 0; count < chunks; count += 1) await upload.write(chunk)
}

async function writeOn(upload: Upload): Promise<number> {
  await writeChunks(upload, 200)
  return upload.end()
}

describe.each([0, 1])('datanode %i', (index) => {
  test('killed under an upload that it handles: unknown; the next one goes to the other', async () => {
    // Both datanodes are 127.0.0.1, so `excludedatanodes` leaves out either: more attempts make up for that.
    await using fileSystem = open({ progressTimeoutMs: 60_000, datanodeAttemptsMax: 40 })
    const path = await fileOn(index)
    const upload = await fileSystem.appendUpload(path, { base: 3 })
    await writeChunks(upload, 5)
    await cluster().datanodes[index]?.kill()
    try {
      await expectError(writeOn(upload), { outcome: 'unknown', code: 'UNAVAILABLE', operation: 'append', path })
      for (let file = 0; file < 4; file += 1) {
        // Of two replicas: of a single one the namenode would put some on the datanode whose death it has not noticed.
        expect(await fileSystem.create(`${path}-after-${file}`, chunk, { replication: 2 })).toBe(MEBIBYTE)
        expect(await fileSystem.read(`${path}-after-${file}`, { end: 10 })).toHaveLength(10)
      }
    } finally {
      await upload.abort()
      await cluster().datanodes[index]?.start()
    }
  })

  test('killed where it is one of two in the pipeline: the upload ends, complete or unknown', async () => {
    await using fileSystem = open({ progressTimeoutMs: 60_000 })
    const upload = await fileSystem.createUpload(`pipeline-${index}`, { replication: 2 })
    await writeChunks(upload, 5)
    await cluster().datanodes[index]?.kill()
    try {
      const ended: unknown = await writeOn(upload).catch((error: unknown) => error)
      if (ended instanceof FileSystemError) expect(ended.outcome).toBe('unknown')
      else expect(ended).toBe(205 * MEBIBYTE)
    } finally {
      await upload.abort()
      await cluster().datanodes[index]?.start()
    }
  })

  test('killed under an upload through the package: unknown', async () => {
    await using fileSystem = openPackage()
    const path = await fileOn(index)
    const upload = await fileSystem.appendUpload(path, { base: 3 })
    await writeChunks(upload, 5)
    await cluster().datanodes[index]?.kill()
    try {
      await expectError(writeOn(upload), { outcome: 'unknown', code: 'UNAVAILABLE', operation: 'append', path })
    } finally {
      await upload.abort()
      await cluster().datanodes[index]?.start()
    }
  })

  test('stopped under an upload that it handles: TIMEOUT, unknown', async () => {
    await using fileSystem = open({ progressTimeoutMs: 2_000 })
    const path = await fileOn(index)
    const upload = await fileSystem.appendUpload(path, { base: 3 })
    await writeChunks(upload, 5)
    cluster().datanodes[index]?.pause()
    try {
      await expectError(writeOn(upload), { outcome: 'unknown', code: 'TIMEOUT', operation: 'append', retry: 'later' })
    } finally {
      cluster().datanodes[index]?.resume()
      await upload.abort()
    }
  })
})
