// What real HDFS refuses, by WebHDFS and by HttpFS: no permission, quotas, limits of the server.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import type { WebHdfsOptions, WebHdfsScheme } from '../../../src/file-system/webhdfs/options.js'
import { createWebHdfsFileSystem } from '../../../src/file-system/webhdfs/webhdfs-file-system.js'
import type { ClusterAddresses } from '../../cluster/cluster-addresses.js'
import { sharedCluster, sharedHadoopVersion } from '../../cluster/shared-cluster.js'
import { expectError } from './expect-error.js'

const bytes = Buffer.from('abc')
const QUOTA_UNLIMITED = '9223372036854775807'
const schemes: readonly WebHdfsScheme[] = sharedHadoopVersion() === '3.4.2' ? ['webhdfs', 'httpfs'] : ['webhdfs']

describe.each(schemes)('%s', (scheme) => {
  const root = `/refusals-${scheme}-${randomUUID()}`
  const opened: FileSystem[] = []
  let cluster: ClusterAddresses
  let superuser: FileSystem

  function open(options: Partial<WebHdfsOptions> = {}): FileSystem {
    const { hostname, port } = new URL(scheme === 'webhdfs' ? cluster.webhdfsUrl : cluster.httpfsUrl)
    const fileSystem = createWebHdfsFileSystem({
      scheme,
      namenodes: [{ host: hostname, port: Number(port) }],
      root,
      user: cluster.description.user,
      ...options,
    })
    opened.push(fileSystem)
    return fileSystem
  }

  /** The superuser's own request to the namenode, for what the port has no verb for. */
  async function administer(path: string, query: string): Promise<void> {
    const url = `${cluster.webhdfsHttpUrl}${root}/${path}?user.name=${cluster.description.user}&${query}`
    const response = await fetch(url, { method: 'PUT' })
    expect(response.status, await response.text()).toBe(200)
  }

  beforeAll(async () => {
    cluster = await sharedCluster()
    superuser = open()
    await superuser.mkdirs('')
  })
  afterAll(async () => {
    for (const fileSystem of opened) await fileSystem.close()
  })

  test('no permission', async () => {
    await superuser.create('private/file', bytes, { parents: 'create' })
    await administer('private', 'op=SETPERMISSION&permission=700')
    const eve = open({ user: 'eve' })
    const refused = { code: 'PERMISSION', outcome: 'not-applied', retry: 'never' } as const
    await expectError(eve.stat('private/file'), refused)
    await expectError(eve.read('private/file'), refused)
    await expectError(eve.list('private')[Symbol.asyncIterator]().next(), refused)
    await expectError(eve.mkdirs('private/d'), refused)
    await expectError(eve.create('private/new', bytes), refused)
    await expectError(eve.create('private/new', bytes, { parents: 'create' }), refused)
    await expectError(eve.delete('private/file'), refused)
    await expectError(eve.rename('private/file', 'private/b', { mode: 'claim' }), refused)
    await expectError(eve.truncate('private/file', { length: 0, waitMs: 0 }), refused)
    await expectError(eve.concat('private/file', ['private/b']), refused)
    await expectError(eve.isOpenForWrite('private/file'), refused)
    // The namenode refuses before the redirect; HttpFS is the datanode at once.
    const outcome = scheme === 'webhdfs' ? 'not-applied' : 'unknown'
    await expectError(eve.append('private/file', bytes, { base: 3 }), { ...refused, outcome })
    expect(await superuser.read('private/file')).toHaveLength(3)
  })

  test('nobody acts for another without leave', async () => {
    await expectError(open({ user: 'eve', doas: 'bob' }).mkdirs('x'), { code: 'PERMISSION', outcome: 'not-applied' })
    const bob = open({ doas: 'bob' })
    await administer('', 'op=SETPERMISSION&permission=777')
    await bob.create('by-bob', bytes)
    const response = await fetch(`${cluster.webhdfsHttpUrl}${root}/by-bob?op=GETFILESTATUS`)
    expect(await response.json()).toMatchObject({ FileStatus: { owner: 'bob' } })
  })

  test('quota of names', async () => {
    await superuser.mkdirs('names')
    await administer('names', `op=SETQUOTA&namespacequota=2&storagespacequota=${QUOTA_UNLIMITED}`)
    await superuser.create('names/first', bytes)
    const refused = { code: 'QUOTA', outcome: 'not-applied', retry: 'never' } as const
    await expectError(superuser.create('names/second', bytes), refused)
    await expectError(superuser.mkdirs('names/directory'), refused)
    await superuser.create('outside', bytes)
    await expectError(superuser.rename('outside', 'names/outside', { mode: 'move' }), refused)
    expect(await superuser.stat('names/second')).toBeUndefined()
    expect(await superuser.stat('outside')).toMatchObject({ length: 3 })
  })

  test('quota of space: noticed when the file is there, so its outcome is unknown', async () => {
    await superuser.mkdirs('space')
    await superuser.create('space/before', bytes)
    await administer('space', `op=SETQUOTA&namespacequota=${QUOTA_UNLIMITED}&storagespacequota=1000`)
    await expectError(superuser.create('space/after', bytes), { code: 'QUOTA', outcome: 'unknown', retry: 'never' })
    expect(await superuser.stat('space/after')).toMatchObject({ length: 0 })
    await expectError(superuser.append('space/before', bytes, { base: 3 }), { code: 'QUOTA', outcome: 'unknown' })
    expect(await superuser.read('space/before')).toHaveLength(3)
  })

  test('a large upload that the quota stops in the middle', async () => {
    await superuser.mkdirs('stopped')
    // Room for one block with its replicas, and not for the second.
    const blockSizeBytes = 2 ** 20
    await administer(
      'stopped',
      `op=SETQUOTA&namespacequota=${QUOTA_UNLIMITED}&storagespacequota=${2 * blockSizeBytes + 1000}`,
    )
    const upload = await superuser.createUpload('stopped/file', { blockSizeBytes })
    const write = async (): Promise<unknown> => {
      for (let chunk = 0; chunk < 400; chunk += 1) await upload.write(Buffer.alloc(100_000))
      return upload.end()
    }
    await expectError(write(), { code: 'QUOTA', outcome: 'unknown', operation: 'create' })
  })

  test('limits of the server', async () => {
    const refused = { code: 'INVALID_ARGUMENT', outcome: 'not-applied' } as const
    await expectError(superuser.create('a', bytes, { replication: 600 }), refused)
    await expectError(superuser.create('a', bytes, { blockSizeBytes: 10 }), refused)
    expect(await superuser.stat('a')).toBeUndefined()
  })
})
