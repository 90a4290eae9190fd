// Pins what namenodes say while they do not serve: as a standby, in safe mode, while they start (docs/assumptions.md, H36
// to H38).
import { describe, expect, test } from 'vitest'
import { eventually } from '../assumptions/eventually.js'
import { type Answer, begin, send } from '../assumptions/wire.js'
import { errorOf, WireServer } from '../assumptions/wire-server.js'
import { useCluster } from './own-cluster.js'
import { sharedHadoopVersion } from './shared-cluster.js'

const hadoop = sharedHadoopVersion()

type Call = Parameters<WireServer['ask']>

/** What a namenode answers without knowing where blocks are. */
const reads: readonly Call[] = [
  ['GET', '/a', 'GETFILESTATUS'],
  ['GET', '/', 'LISTSTATUS'],
  ['GET', '/', 'LISTSTATUS_BATCH'],
]

const blockReads: readonly Call[] = [
  ['GET', '/a', 'GET_BLOCK_LOCATIONS'],
  ['GET', '/a', 'OPEN'],
]

/** None of them would do anything if it were let through. */
const mutations: readonly Call[] = [
  ['PUT', '/a', 'MKDIRS'],
  ['PUT', '/a', 'RENAME', { destination: '/none/b' }],
  ['PUT', '/a', 'RENAME', { destination: '/none/b', renameoptions: 'NONE' }],
  ['POST', '/a', 'TRUNCATE', { newlength: '1000' }],
  ['POST', '/a', 'CONCAT', { sources: '/none' }],
  ['DELETE', '/none', 'DELETE'],
]

const standbySays = {
  status: 403,
  exception: 'StandbyException',
  javaClassName: 'org.apache.hadoop.ipc.StandbyException',
}
const safeModeSays = { status: 403, exception: 'SafeModeException' }
const startingSays = {
  status: 403,
  exception: 'RetriableException',
  message: /^org\.apache\.hadoop\.hdfs\.server\.namenode\.SafeModeException: /,
}

/** Asks one after the other, and expects the same of each. */
async function expectEach(server: WireServer, calls: readonly Call[], expected: object): Promise<void> {
  for (const call of calls)
    expect(errorOf(await server.ask(...call)), `${call[2]} of ${call[1]}`).toMatchObject(expected)
}

/** What a request came to, as one word: the exception, the status, or the error of the connection. */
async function wordOf(answer: Promise<Answer>): Promise<string> {
  const heard = await answer.catch((error: NodeJS.ErrnoException) => ({ code: error.code ?? error.message }))
  if ('code' in heard) return heard.code
  const { exception, status } = errorOf(heard)
  return exception ?? `status ${status}`
}

// One test after the other, on one pair of namenodes with a datanode.
describe(`namenodes that do not serve, ${hadoop}`, () => {
  const cluster = useCluster({ hadoop, kafka: false, httpfs: false, datanodes: 1, namenodes: 2 })

  function namenode(index: 0 | 1): WireServer {
    const { namenodes, user } = cluster().description
    return new WireServer(`http://127.0.0.1:${namenodes[index]!.httpPort}`, user)
  }

  test('H36 a standby refuses reads and mutations with StandbyException under 403', async () => {
    expect((await namenode(0).create('/a', 'before')).status).toBe(201)
    const append: Call = ['POST', '/a', 'APPEND']
    await expectEach(namenode(1), [...reads, ...blockReads, ...mutations, append], standbySays)
  })

  test('H36 but a CREATE it redirects, and the datanode carries it out at the active one', async () => {
    expect((await namenode(1).create('/b', 'by the standby')).status).toBe(201)
    expect(await namenode(0).length('/b')).toBe(14)
  })

  test('H36 a redirect names the pair, so an upload outlives the change from one namenode to the other', async () => {
    const location = await namenode(0).locate('POST', '/a', 'APPEND')
    expect(new URL(location).searchParams.get('namenoderpcaddress')).toBe('testcluster')
    const upload = begin('POST', location)
    upload.request.write(', during')
    await namenode(0).untilOpen('/a')
    await cluster().makeActive(1)
    await expectEach(namenode(0), reads, standbySays)
    upload.request.end(', after')
    expect((await upload.answer).status).toBe(200)
    const read = await send('GET', await namenode(1).locate('GET', '/a', 'OPEN'))
    expect(read.body.toString()).toBe('before, during, after')
    await cluster().makeActive(0)
  })

  /** Entries that the call added to the edit log; the fewest of three tries, for the log is also rolled now and then. */
  async function editsOf(call: Call): Promise<number> {
    const edits: number[] = []
    for (let tries = 0; tries < 3; tries++) {
      const before = await lastTransaction()
      await namenode(0).ask(...call)
      edits.push((await lastTransaction()) - before)
    }
    return Math.min(...edits)
  }

  async function lastTransaction(): Promise<number> {
    const answer = await send('GET', `${namenode(0).url}/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo`)
    const { beans } = JSON.parse(answer.body.toString()) as { beans: readonly { JournalTransactionInfo: string }[] }
    const { LastAppliedOrWrittenTxId } = JSON.parse(beans[0]!.JournalTransactionInfo) as Record<string, string>
    return Number(LastAppliedOrWrittenTxId)
  }

  test('H42 SETTIMES of what is there always adds to the edit log; what changes nothing adds nothing', async () => {
    const now = String(Date.now())
    expect(await editsOf(['PUT', '/a', 'SETTIMES', { modificationtime: now }])).toBe(1)
    expect(await editsOf(['PUT', '/', 'SETTIMES', { modificationtime: now }])).toBe(1)
    const absent = await namenode(0).ask('PUT', '/none', 'SETTIMES', { modificationtime: now })
    expect(errorOf(absent)).toMatchObject({ status: 404, exception: 'FileNotFoundException' })
    expect(await editsOf(['PUT', '/none', 'SETTIMES', { modificationtime: now }])).toBe(0)
    await namenode(0).ask('PUT', '/d', 'MKDIRS')
    expect(await editsOf(['PUT', '/d', 'MKDIRS'])).toBe(0)
    const length = String(await namenode(0).length('/a'))
    expect(await editsOf(['POST', '/a', 'TRUNCATE', { newlength: length }])).toBe(0)
    expect(await editsOf(['DELETE', '/none', 'DELETE'])).toBe(0)
  })

  test('H37 in safe mode mutations are refused with SafeModeException under 403, reads answered', async () => {
    const safeMode = (command: 'enter' | 'leave') =>
      cluster().runHadoopTool('org.apache.hadoop.hdfs.tools.DFSAdmin', ['-safemode', command])
    await safeMode('enter')
    await expectEach(namenode(0), mutations, safeModeSays)
    await expectEach(namenode(0), [...reads, blockReads[0]!], { status: 200 })
    // Uploads are redirected all the same: the datanode brings the refusal.
    expect(errorOf(await namenode(0).append('/a', 'x'))).toMatchObject(safeModeSays)
    expect(errorOf(await namenode(0).create('/none', 'x'))).toMatchObject(safeModeSays)
    const read = await send('GET', await namenode(0).locate('GET', '/a', 'OPEN'))
    expect(read.body.toString()).toBe('before, during, after')
    await safeMode('leave')
    expect((await namenode(0).append('/a', 'x')).status).toBe(200)
  })

  test('H38 a namenode that starts is refused, retriable or a standby; active, but without its blocks, retriable', async () => {
    await cluster().datanodes[0]!.kill()
    await Promise.all(cluster().namenodes.map((server) => server.kill()))
    const heard = new Set<string>()
    // Resolves when it serves, and so not before its datanode is back.
    const serving = cluster().namenodes[0]!.start()
    serving.catch(() => {
      // Awaited at the end.
    })
    await eventually(
      'the first answer of a standby',
      async () => {
        heard.add(await wordOf(namenode(0).ask('GET', '/a', 'GETFILESTATUS')))
        return heard.has('StandbyException')
      },
      1,
    )
    const known = ['ECONNREFUSED', 'ECONNRESET', 'RetriableException', 'StandbyException', 'HTTP 404']
    expect(known).toEqual(expect.arrayContaining([...heard]))

    await cluster().makeActive(0)
    await expectEach(namenode(0), mutations, startingSays)
    await expectEach(namenode(0), reads, { status: 200 })
    await expectEach(namenode(0), blockReads, startingSays)
    await cluster().datanodes[0]!.start()
    await serving
    await expectEach(namenode(0), [mutations[5]!], { status: 200 })
  })
})
