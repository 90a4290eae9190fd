// A real pair of namenodes: the standby is passed over, a failover is followed, a dead active one is waited out.
import { describe, expect, test } from 'vitest'
import { createWebHdfsFileSystem } from '../../../src/file-system/webhdfs/webhdfs-file-system.js'
import { useCluster } from '../../cluster/own-cluster.js'

const cluster = useCluster({ kafka: false, httpfs: false, namenodes: 2, datanodes: 1, closeDelayMs: 10 })

describe('a pair of namenodes', () => {
  test('the adapter follows the active one', async () => {
    const namenodes = cluster().description.namenodes.map(({ httpPort }) => ({ host: '127.0.0.1', port: httpPort }))
    const options = { scheme: 'webhdfs', root: '/', user: cluster().description.user } as const
    // Namenode 0 is active and stands last.
    await using fileSystem = createWebHdfsFileSystem({
      ...options,
      namenodes: namenodes.toReversed(),
      failoverWaitMs: 60_000,
    })
    await fileSystem.mkdirs('d')
    expect(await fileSystem.create('d/a', Buffer.from('abc'))).toBe(3)
    const upload = await fileSystem.appendUpload('d/a', { base: 3 })
    await upload.write(Buffer.from('de'))

    await cluster().makeActive(1)
    expect(await upload.end(), 'an upload goes on through a failover').toBe(5)
    expect(await fileSystem.append('d/a', Buffer.from('f'), { base: 5 })).toBe(6)
    await fileSystem.rename('d/a', 'd/b', { mode: 'claim' })
    expect(Buffer.from(await fileSystem.read('d/b')).toString()).toBe('abcdef')

    await cluster().namenodes[1]?.kill()
    const during = Promise.all([
      fileSystem.stat('d/b'),
      fileSystem.mkdirs('e'),
      fileSystem.create('d/c', Buffer.from('x')),
    ])
    await cluster().makeActive(0)
    expect(await during).toMatchObject([{ length: 6 }, undefined, 1])
  })
})
