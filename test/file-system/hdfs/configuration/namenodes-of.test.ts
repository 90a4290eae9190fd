import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { readHadoopConfiguration } from '../../../../src/file-system/hdfs/configuration/hadoop-configuration.js'
import { namenodesOf } from '../../../../src/file-system/hdfs/configuration/namenodes-of.js'
import { resolveOptions } from '../../../../src/file-system/hdfs/options.js'

async function directoryWith(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hadoop-conf-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  return directory
}

const HA = {
  'dfs.nameservices': 'a, events',
  'dfs.ha.namenodes.events': 'nn1,nn2',
  'dfs.namenode.rpc-address.events.nn1': 'one:9000',
  'dfs.namenode.rpc-address.events.nn2': '[::1]:9001',
  'dfs.namenode.rpc-address.a': 'alone:8020',
} as const

test('site files are read as Hadoop reads them', async () => {
  const directory = await directoryWith({
    'core-site.xml': `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="c.xsl"?>
      <configuration>
        <!-- <property><name>commented</name><value>out</value></property> -->
        <property><name>fs.defaultFS</name><value> hdfs://\${the.host}:9000 </value><final>true</final></property>
        <property><name>the.host</name><value>nn-\${env.HDFS_TEST_SUFFIX}</value></property>
        <property><name>escaped</name><value>a &lt;b&gt; &amp; &#x63;\${unknown}</value><description>x</description></property>
        <property><name>both</name><value>core</value></property>
      </configuration>`,
    'hdfs-site.xml': '<configuration><property><name>both</name><value>hdfs</value></property></configuration>',
  })
  vi.stubEnv('HDFS_TEST_SUFFIX', '7')
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(await readHadoopConfiguration(directory)).toEqual({
    'fs.defaultFS': 'hdfs://nn-7:9000',
    'the.host': 'nn-7',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it stays as it is.
    escaped: 'a <b> & c${unknown}',
    both: 'hdfs',
  })
})

test('a directory without them holds nothing; files that are none are refused', async () => {
  expect(await readHadoopConfiguration(await directoryWith({}))).toEqual({})
  await expect(readHadoopConfiguration(await directoryWith({ 'core-site.xml': '<html/>' }))).rejects.toThrow(
    /no <configuration>/,
  )
  const including = '<configuration><xi:include href="other.xml"/></configuration>'
  await expect(readHadoopConfiguration(await directoryWith({ 'hdfs-site.xml': including }))).rejects.toThrow(
    /includes other files/,
  )
})

test('hosts, nameservices and the default file system lead to namenodes', () => {
  expect(namenodesOf([{ host: 'nn' }, { host: '::1', port: 9000 }], HA)).toEqual({
    authority: 'nn:8020,[::1]:9000',
    addresses: [
      { host: 'nn', port: 8020 },
      { host: '::1', port: 9000 },
    ],
  })
  const events = {
    authority: 'events',
    addresses: [
      { host: 'one', port: 9000 },
      { host: '::1', port: 9001 },
    ],
  }
  expect(namenodesOf([{ host: 'events' }], HA)).toEqual(events)
  expect(namenodesOf([], { ...HA, 'fs.defaultFS': 'hdfs://events' })).toEqual(events)
  expect(namenodesOf([{ host: 'a' }], HA).addresses).toEqual([{ host: 'alone', port: 8020 }])
  expect(namenodesOf([{ host: 'events', port: 8020 }], HA).addresses).toEqual([{ host: 'events', port: 8020 }])
})

test.each([
  [[], {}, /no namenode is named; name one, or have HADOOP_CONF_DIR/],
  [[], { 'fs.defaultFS': 's3a://bucket' }, /fs.defaultFS of the configuration is s3a:\/\/bucket, which is not HDFS/],
  [[{ host: 'x' }], { 'dfs.nameservices': 'x', 'dfs.ha.namenodes.x': 'a,b' }, /but no dfs.namenode.rpc-address.x.a/],
  [[{ host: 'nn', port: 0 }], {}, /namenode nn has the port 0/],
])('what leads nowhere says what is missing', (given, configuration, says) => {
  expect(() => namenodesOf(given, configuration)).toThrow(says)
})

test('options that are none are refused by name; sizes are read as Hadoop writes them', () => {
  const place = { namenodes: [{ host: 'nn' }], root: '/data/', user: 'etl' }
  expect(() => resolveOptions({ ...place, heartbeatMs: 0 })).toThrow(/heartbeatMs is 0/)
  expect(() => resolveOptions({ ...place, root: 'data' })).toThrow(/root must be an absolute path/)
  expect(() => resolveOptions({ ...place, durability: 'maybe' as 'synced' })).toThrow(/durability is maybe/)
  const configuration = { 'dfs.blocksize': '64m', 'dfs.replication': '2', 'dfs.client.use.datanode.hostname': 'true' }
  expect(resolveOptions({ ...place, configuration })).toMatchObject({
    root: '/data',
    blockSizeBytes: 64 * 2 ** 20,
    replication: 2,
    usesDatanodeHostname: true,
  })
  expect(() => resolveOptions({ ...place, configuration: { 'dfs.blocksize': 'large' } })).toThrow(
    /dfs.blocksize of the configuration is "large"/,
  )
})
