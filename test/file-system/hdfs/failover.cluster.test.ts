// A real pair of namenodes: the standby is passed over, a failover is followed by uploads that are open, and a call whose namenode died
// with the reply is settled by the other one, whose retry cache comes with the edit log.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readHadoopConfiguration } from '../../../src/file-system/hdfs/configuration/hadoop-configuration.js'
import { createHdfsFileSystem } from '../../../src/file-system/hdfs/hdfs-file-system.js'
import { openFileSystem } from '../../../src/file-system/open.js'
import { useCluster } from '../../cluster/own-cluster.js'
import { startFaultProxy } from '../../fault-proxy/proxy.js'
import { someBytes } from './scratch-directory.js'

const cluster = useCluster({ kafka: false, httpfs: false, namenodes: 2, datanodes: 1, closeDelayMs: 10 })

function addresses(): { readonly host: string; readonly port: number }[] {
  return cluster().description.namenodes.map(({ rpcPort }) => ({ host: '127.0.0.1', port: rpcPort }))
}

function hdfsUrls(): string[] {
  return addresses().map(({ host, port }) => `hdfs://${host}:${port}`)
}

describe('a pair of namenodes', () => {
  test('is found by the name of its nameservice in Hadoop’s own files', async () => {
    const directory = join(cluster().description.directory, 'datanode-0', 'conf')
    const configuration = await readHadoopConfiguration(directory)
    const { user } = cluster().description
    await using fileSystem = await openFileSystem('hdfs://testcluster/by-name', { configuration, user })
    await fileSystem.create('a', Buffer.from('abc'), { parents: 'create' })
    expect(Buffer.from(await fileSystem.read('a')).toString()).toBe('abc')
    await using byDefault = await openFileSystem('hdfs:///by-name', { configuration, user })
    expect((await byDefault.stat('a'))?.length).toBe(3)
  })

  test('is followed through failovers in the middle of uploads, and a lost reply is settled by the other one', async () => {
    const { user } = cluster().description
    await using proxy = startFaultProxy()
    const [first, second] = addresses()
    // Namenode 0 is active and stands last, behind a proxy.
    const namenodes = [second!, await proxy.route(first!, 'bytes')]
    await using fileSystem = createHdfsFileSystem({ namenodes, root: '/', user, failoverWaitMs: 60_000 })
    const content = someBytes(10_000)
    const upload = await fileSystem.createUpload('a', { blockSizeBytes: 4_096 })
    await upload.write(content.subarray(0, 5_000))
    await upload.makeDurable()

    // The rename is done, and its reply never comes: the namenode is killed before it could be asked again.
    await fileSystem.create('old', Buffer.from('x'))
    const silent = proxy.arm({}, { kind: 'half-open', direction: 'response', afterBytes: 0 })
    const renamed = fileSystem.rename('old', 'new', { mode: 'claim' })
    const struck = await silent.triggered
    await cluster().namenodes[0]!.kill()
    struck.cut()
    await cluster().makeActive(1)
    await renamed
    expect(await fileSystem.stat('old')).toBeUndefined()

    await upload.write(content.subarray(5_000, 9_000))
    expect(await upload.makeDurable()).toBe(9_000)
    await cluster().namenodes[0]!.start()
    await cluster().makeActive(0)
    await upload.write(content.subarray(9_000))
    expect(await upload.end()).toBe(10_000)
    expect(Buffer.from(await fileSystem.read('a')).equals(content)).toBe(true)
    expect(await fileSystem.append('a', content.subarray(0, 10), { base: 10_000 })).toBe(10_010)
  })
  test.each(['hdfs', 'webhdfs'])(
    'H48 an observer is passed over, for what it shows may be old: %s',
    async (protocol) => {
      const active = (await cluster().active())! as 0 | 1
      const observer = active === 0 ? 1 : 0
      const { user } = cluster().description
      const urls = protocol === 'hdfs' ? hdfsUrls() : cluster().webhdfsUrls
      const hosts = [urls[observer]!, urls[active]!].map((url) => url.replace(`${protocol}://`, ''))
      await cluster().setObserver(observer, true)
      try {
        await using writer = await openFileSystem(`${urls[active]}/`, { user })
        await writer.create(`observed-by-${protocol}`, Buffer.from('abc'))
        // Its first request is a read, which an observer answers, in the state of some minutes ago.
        await using reader = await openFileSystem(`${protocol}://${hosts.join(',')}/`, { user })
        expect((await reader.stat(`observed-by-${protocol}`))?.length).toBe(3)
        await using alone = await openFileSystem(`${urls[observer]}/`, { user })
        expect(await alone.stat(`observed-by-${protocol}`)).toBeUndefined()
      } finally {
        await cluster().setObserver(observer, false)
      }
    },
  )
})
