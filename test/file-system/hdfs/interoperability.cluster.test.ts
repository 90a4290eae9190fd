// Beside Hadoop's own tools: what one wrote the other reads, checksums and appends included. And what a real cluster refuses.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { createHdfsFileSystem } from '../../../src/file-system/hdfs/hdfs-file-system.js'
import type { HdfsOptions } from '../../../src/file-system/hdfs/options.js'
import { useCluster } from '../../cluster/own-cluster.js'
import { expectError } from '../webhdfs/expect-error.js'
import { someBytes } from './scratch-directory.js'

const cluster = useCluster({ kafka: false, httpfs: false, datanodes: 2, closeDelayMs: 10 })

function open(options: Partial<HdfsOptions> = {}): FileSystem {
  const { hostname: host, port } = new URL(cluster().hdfsUrl)
  const { user } = cluster().description
  return createHdfsFileSystem({ namenodes: [{ host, port: Number(port) }], root: '/', user, ...options })
}

function shell(...words: string[]): Promise<string> {
  return cluster().runHadoopTool('org.apache.hadoop.fs.FsShell', words)
}

function admin(...words: string[]): Promise<string> {
  return cluster().runHadoopTool('org.apache.hadoop.hdfs.tools.DFSAdmin', words)
}

describe('with Hadoop’s own client', () => {
  test('what one wrote the other reads and appends to, with equal checksums', async () => {
    await using fileSystem = open()
    const local = await mkdtemp(join(tmpdir(), 'interoperability-'))
    onTestFinished(() => rm(local, { recursive: true }))
    const content = someBytes(2_500_001)
    const more = someBytes(70_000, 7)
    const blockSizeBytes = 2 ** 20
    await writeFile(join(local, 'content'), content)
    await writeFile(join(local, 'more'), more)

    await fileSystem.create('ours', content, { blockSizeBytes })
    await shell('-D', `dfs.blocksize=${blockSizeBytes}`, '-put', join(local, 'content'), '/theirs')
    expect(Buffer.from(await fileSystem.read('theirs')).equals(content)).toBe(true)
    await shell('-get', '/ours', join(local, 'fetched'))
    expect((await readFile(join(local, 'fetched'))).equals(content)).toBe(true)

    await shell('-appendToFile', join(local, 'more'), '/ours')
    await fileSystem.append('theirs', more, { base: content.byteLength })
    const whole = Buffer.concat([content, more])
    expect(Buffer.from(await fileSystem.read('ours')).equals(whole)).toBe(true)
    expect(Buffer.from(await fileSystem.read('theirs')).equals(whole)).toBe(true)
    const sums = (await shell('-checksum', '/ours', '/theirs')).split('\n').filter((line) => line.includes('CRC32C'))
    expect(sums.map((line) => line.split(/\s+/)[0])).toEqual(['/ours', '/theirs'])
    expect(new Set(sums.map((line) => line.trim().split(/\s+/).slice(1).join(' '))).size).toBe(1)
  })
})

describe('a cluster refuses', () => {
  test('what is over a quota, what has no room, and who may not', async () => {
    await using fileSystem = open()
    await fileSystem.mkdirs('narrow')
    await admin('-setSpaceQuota', '1m', '/narrow')
    await expectError(fileSystem.create('narrow/a', Buffer.from('x')), {
      code: 'QUOTA',
      outcome: 'unknown',
      path: 'narrow/a',
    })
    // What the namenode excludes are the datanodes without room for a whole block.
    const full = await expectError(fileSystem.create('huge', Buffer.from('x'), { blockSizeBytes: 2 ** 44 }), {
      code: 'UNAVAILABLE',
      outcome: 'unknown',
      retry: 'later',
    })
    expect(full.message).toMatch(/could only be written to 0 of the 1 minReplication nodes/)
    await expectError(fileSystem.create('small', Buffer.from('x'), { blockSizeBytes: 7 }), {
      code: 'INVALID_ARGUMENT',
      outcome: 'not-applied',
    })

    await using guest = open({ doas: 'guest' })
    await expectError(guest.create('a', Buffer.from('x')), { code: 'PERMISSION', outcome: 'not-applied' })
    await expectError(guest.rename('small', 'b', { mode: 'move' }), { outcome: 'not-applied' })
    await using impostor = open({ user: 'guest', doas: 'somebody' })
    const refused = await expectError(impostor.stat('a'), { outcome: 'not-applied', retry: 'never' })
    expect(refused.code).toMatch(/^(PERMISSION|AUTHENTICATION)$/)
    expect(refused.message).toMatch(/guest is not allowed to impersonate somebody/)
  })

  test('everything that changes something in safe mode; and a namenode that restarts is waited for', async () => {
    await using fileSystem = open()
    await fileSystem.create('before', Buffer.from('abc'))
    const upload = await fileSystem.createUpload('open')
    await upload.write(someBytes(1_000))
    expect(await upload.makeDurable()).toBe(1_000)
    await admin('-safemode', 'enter')
    await expectError(fileSystem.mkdirs('d'), { code: 'SAFE_MODE', outcome: 'not-applied', retry: 'later' })
    await admin('-safemode', 'leave')

    await cluster().namenode.stop()
    await expectError(fileSystem.stat('before'), { code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'later' })
    await cluster().namenode.start()
    expect((await fileSystem.stat('before'))?.length).toBe(3)
    await upload.write(someBytes(1_000, 2))
    expect(await upload.end(), 'an upload goes on when its namenode is back').toBe(2_000)
  })
})
