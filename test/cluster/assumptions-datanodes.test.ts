// Pins what becomes of uploads whose datanode dies (docs/assumptions.md, H35).
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { begin, type Sending, send } from '../assumptions/wire.js'
import { errorOf, WireServer } from '../assumptions/wire-server.js'
import { useCluster } from './own-cluster.js'
import { sharedHadoopVersion } from './shared-cluster.js'

const hadoop = sharedHadoopVersion()

const old = 'old'.repeat(1_000)
const sentBytes = 300_000

/** Of so many redirects, some name a datanode that is one of two. */
const redirectsAsked = 40

/** Until the lease of a dead writer is recovered: the soft limit of 60 s, and a recovery. */
const takeoverWaitMs = 120_000
const takeoverIntervalMs = 500

// One test after the other: the first kills the datanode, the others look at what it has left.
describe(`a datanode that dies, ${hadoop}`, () => {
  const cluster = useCluster({ hadoop, kafka: false, httpfs: false, datanodes: 2, closeDelayMs: 10 })
  let namenode: WireServer
  let dead: { readonly httpPort: number; readonly transferPort: number }
  /** Leads past the dead one. */
  let elsewhere: { readonly excludedatanodes: string }

  /** Appends to a file through a datanode, and is open when this resolves. */
  async function appendThrough(file: string, location: string): Promise<Sending> {
    const upload = begin('POST', location)
    upload.request.write(Buffer.alloc(sentBytes, 'x'))
    await namenode.untilOpen(file)
    return upload
  }

  /** How many of many redirects name the dead one. */
  async function redirectsToDead(method: string, path: string, op: string, parameters = {}): Promise<number> {
    let named = 0
    for (let n = 0; n < redirectsAsked; n++) {
      if (new URL(await namenode.locate(method, path, op, parameters)).port === String(dead.httpPort)) named += 1
    }
    return named
  }

  test('H35 the upload that it handles loses its connection; one that only passes through it goes on', async () => {
    const { description, webhdfsHttpUrl } = cluster()
    namenode = new WireServer(new URL(webhdfsHttpUrl).origin, description.user)
    for (const file of ['/a', '/b', '/untouched']) expect((await namenode.create(file, old)).status).toBe(201)
    const [doomed, survivor] = description.datanodes
    dead = doomed!
    elsewhere = { excludedatanodes: `127.0.0.1:${dead.transferPort}` }
    const past = { excludedatanodes: `127.0.0.1:${survivor!.transferPort}` }
    const lost = await appendThrough('/a', await namenode.locate('POST', '/a', 'APPEND', past))
    const kept = await appendThrough('/b', await namenode.locate('POST', '/b', 'APPEND', elsewhere))
    await cluster().datanodes[0]!.kill()
    // A reset, where the dead process had bytes that it had not read.
    await expect(lost.answer).rejects.toThrow(/socket hang up|ECONNRESET/)
    kept.request.end('x'.repeat(sentBytes))
    expect((await kept.answer).status).toBe(200)
    expect(await namenode.length('/b')).toBe(old.length + 2 * sentBytes)
  })

  test('H35 the namenode goes on naming it, for new files and old; whoever goes there is refused the connection', async () => {
    expect(await redirectsToDead('PUT', '/new', 'CREATE')).toBeGreaterThan(0)
    expect(await redirectsToDead('POST', '/untouched', 'APPEND')).toBeGreaterThan(0)
    expect(await redirectsToDead('PUT', '/new', 'CREATE', elsewhere)).toBe(0)
    expect(await redirectsToDead('POST', '/untouched', 'APPEND', elsewhere)).toBe(0)
    await expect(send('POST', `http://127.0.0.1:${dead.httpPort}/webhdfs/v1/b`)).rejects.toThrow('ECONNREFUSED')
    expect((await namenode.create('/new', 'x', elsewhere)).status).toBe(201)
    expect((await namenode.append('/untouched', 'x', elsewhere)).status).toBe(200)
  })

  test('H35 its file can be renamed, and is refused to others until the lease has been recovered, at a prefix', async () => {
    const renamed = await namenode.ask('PUT', '/a', 'RENAME', { destination: '/c' })
    expect(renamed.body.toString()).toBe('{"boolean":true}')
    const refusals: (string | undefined)[] = []
    for (let waitedMs = 0; waitedMs < takeoverWaitMs; waitedMs += takeoverIntervalMs) {
      const answer = await namenode.append('/c', 'y', elsewhere)
      if (answer.status === 200) break
      const { status, exception } = errorOf(answer)
      expect(status).toBe(403)
      if (refusals.at(-1) !== exception) refusals.push(exception)
      await delay(takeoverIntervalMs)
    }
    expect(refusals).toEqual(['AlreadyBeingCreatedException', 'RecoveryInProgressException'])
    const read = await send('GET', await namenode.locate('GET', '/c', 'OPEN'))
    const content = read.body.toString()
    expect(content.startsWith(old)).toBe(true)
    expect(content.slice(old.length)).toMatch(/^x*y$/)
    expect(content.length).toBeLessThanOrEqual(old.length + sentBytes + 1)
  })
})
