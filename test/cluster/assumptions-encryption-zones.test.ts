// Directories that HDFS encrypts: what goes over HTTP, where a datanode encrypts; what hdfs:// refuses, which would write or read the
// bytes as they lie there; and that CONCAT is refused (docs/assumptions.md, H51).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FileSystem } from '../../src/file-system/file-system.js'
import { openFileSystem } from '../../src/file-system/open.js'
import { text } from '../../src/format/text.js'
import { MultiOutput } from '../../src/multi-output.js'
import { useCluster } from './own-cluster.js'

const keys = mkdtempSync(join(tmpdir(), 'keys-'))
afterAll(() => rmSync(keys, { recursive: true }))
const provider = `jceks://file${join(keys, 'keys.jceks')}`

const cluster = useCluster({
  kafka: false,
  httpfs: false,
  datanodes: 1,
  closeDelayMs: 10,
  settings: { 'hadoop.security.key.provider.path': provider },
})

function shell(...words: string[]): Promise<string> {
  return cluster().runHadoopTool('org.apache.hadoop.fs.FsShell', words)
}

function open(over: 'webhdfs' | 'hdfs', directory: string = 'zone'): Promise<FileSystem> {
  const { hdfsUrl, webhdfsUrl, description } = cluster()
  return openFileSystem(`${over === 'hdfs' ? hdfsUrl : webhdfsUrl}/${directory}`, { user: description.user })
}

beforeAll(async () => {
  await cluster().runHadoopTool('org.apache.hadoop.crypto.key.KeyShell', ['create', 'key', '-size', '128'])
  // A namenode reads its keys when it starts.
  await cluster().namenode.stop()
  await cluster().namenode.start()
  await using root = await open('hdfs', '')
  await root.mkdirs('zone')
  const zone = ['-createZone', '-keyName', 'key', '-path', '/zone']
  await cluster().runHadoopTool('org.apache.hadoop.hdfs.tools.CryptoAdmin', zone)
})

test('H51 over HTTP a datanode encrypts: written, appended to, read by Hadoop', async () => {
  await using fileSystem = await open('webhdfs')
  for (const line of ['one', 'two']) {
    const output = await MultiOutput.open<string>({ fileSystem, job: 'zone', format: text() })
    void output.write(line)
    await output.commit()
    await output.close()
  }
  await fileSystem.create('there', Buffer.from('clear'))
  expect(await shell('-cat', '/zone/part-*', '/zone/there')).toContain('one\ntwo\nclear')
})

test('H51 CONCAT is refused, and mode concat with it, before there is a job', async () => {
  await using fileSystem = await open('webhdfs', 'zone/sub')
  for (const path of ['a', 'b']) await fileSystem.create(path, Buffer.from(path), { parents: 'create' })
  const concat = fileSystem.concat('a', ['b'])
  await expect(concat).rejects.toMatchObject({ code: 'UNSUPPORTED', outcome: 'not-applied' })
  await expect(concat).rejects.toThrow('concat can not be called for files in an encryption zone')
  await using native = await open('hdfs', 'zone/sub')
  await expect(native.concat('a', ['b'])).rejects.toMatchObject({ code: 'UNSUPPORTED', outcome: 'not-applied' })
  const opened = MultiOutput.open({ fileSystem, job: 'zone', format: text(), mode: 'concat' })
  await expect(opened).rejects.toMatchObject({ code: 'WRONG_OPTIONS' })
  await expect(opened).rejects.toThrow(
    /mode 'concat' does not work below .*encryption zone.*Use mode 'append', or 'new-file'/,
  )
  expect(await fileSystem.stat('_multi_output/job.json')).toBeUndefined()
})

test('hdfs:// makes nothing, appends to nothing and reads nothing there, and says why', async () => {
  await using http = await open('webhdfs')
  await http.create('closed', Buffer.from('clear'))
  await using native = await open('hdfs')
  const refused = { code: 'UNSUPPORTED', outcome: 'not-applied', message: expect.stringMatching(/encrypted.*webhdfs:/) }
  await expect(native.create('made', Buffer.from('raw'))).rejects.toMatchObject(refused)
  await expect(native.createUpload('made')).rejects.toMatchObject(refused)
  expect(await native.stat('made')).toBeUndefined()
  await expect(native.append('closed', Buffer.from('raw'), { base: 5 })).rejects.toMatchObject(refused)
  expect(Buffer.from(await http.read('closed')).toString()).toBe('clear')
  await expect(native.read('closed')).rejects.toMatchObject(refused)
  await using below = await open('hdfs', 'zone/other')
  await expect(MultiOutput.open({ fileSystem: below, job: 'zone', format: text() })).rejects.toMatchObject({
    message: expect.stringMatching(/encrypted.*webhdfs:/),
  })
})
