// The table "What happens if" of docs/protocol.md on real HDFS, its other half: replies that are lost, attempts that fail, files that others
// touch. (Late requests: late-requests.cluster.test.ts. Servers that go away: servers.cluster.test.ts. What a namenode forgets in a failover cannot be brought about from outside.)
import { beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/model/clock.js'
import type { ClusterAddresses } from '../cluster/cluster-addresses.js'
import { sharedCluster } from '../cluster/shared-cluster.js'
import type { Fault, Match } from '../fault-proxy/fault.js'
import { dataFilesOf, StrangersHand } from './hdfs-files.js'
import {
  appendingAtDatanode,
  type NumberedWriter,
  ProxiedLocation,
  publishing,
  puttingRecord,
  SOME_RECORDS,
} from './proxied-location.js'

let cluster: ClusterAddresses
beforeAll(async () => {
  cluster = await sharedCluster()
}, 180_000)

const MANY = 1_000

describe.concurrent('lost replies', () => {
  test.each<[string, Match, Fault]>([
    ["the record's rename is cut off", puttingRecord, { kind: 'cut-after' }],
    ["the record's rename is never answered", puttingRecord, { kind: 'swallow-reply' }],
    ["an action's rename is cut off", publishing, { kind: 'cut-after' }],
    ['an append is cut off behind its answer', appendingAtDatanode, { kind: 'cut-after' }],
    [
      'an append is cut off within its bytes',
      appendingAtDatanode,
      { kind: 'cut-body', direction: 'request', afterBytes: 100 },
    ],
    ['a datanode takes an append and never answers', appendingAtDatanode, { kind: 'hold' }],
    [
      'a datanode takes a new file and never answers',
      { op: 'CREATE', hop: 'redirected', path: /data-/ },
      { kind: 'hold' },
    ],
  ])('%s: the commit resolves all the same', async (_, match, fault) => {
    await using at = new ProxiedLocation(cluster)
    const connection = { firstByteTimeoutMs: 4_000, progressTimeoutMs: 4_000 }
    const writer = await at.open({ connection, roll: { recordsMax: 25 } })
    await writer.attempt(SOME_RECORDS)
    const armed = at.proxy.arm(match, fault)
    await writer.attempt(4 * SOME_RECORDS)
    const { release } = await armed.triggered
    release()
    expect(writer.until).toBe(5n * BigInt(SOME_RECORDS))
    await writer.attempt(SOME_RECORDS)
    await writer.die()
    await at.expectExact()
  })

  test('two claim at once, and each loses its reply: one of them commits', async () => {
    await using at = new ProxiedLocation(cluster)
    const before = await at.open()
    await before.attempt(SOME_RECORDS)
    await before.die()
    at.proxy.arm(puttingRecord, { kind: 'cut-after' }, { times: 2 })
    const opened = await Promise.allSettled([at.open(), at.open()])
    const writers = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const attempts = await Promise.allSettled(writers.map((writer) => writer.attempt(SOME_RECORDS)))
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const failures = [...opened, ...attempts].flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(failures).toMatchObject([{ code: 'FENCED' }])
    await at.expectExact()
  })

  test.each([
    ['and was not carried out', 'cut-before'],
    ['and was carried out', 'cut-after'],
  ] as const)('a truncate is not answered, %s: the file gets another name and is looked at again', async (_, kind) => {
    await using at = new ProxiedLocation(cluster)
    await leaveUndecidedBytes(at)
    const reclaimed: string[] = []
    at.proxy.arm({ op: 'TRUNCATE' }, { kind }, { times: MANY })
    const next = await at.open({ hooks: { reclaim: ({ how }) => reclaimed.push(how) } })
    // What was carried out has the right length when it is looked at again, or is still being cut: then it is copied too.
    if (kind === 'cut-before') expect(reclaimed).toContain('copied')
    expect(reclaimed).not.toContain('truncated')
    expect(reclaimed.length).toBeGreaterThan(0)
    await next.attempt(SOME_RECORDS)
    await next.die()
    await at.expectExact()
  })

  test('an append to a temp is not answered: its content goes to another temp', async () => {
    await using at = new ProxiedLocation(cluster)
    const writer = await at.open({ bufferedBytesMax: 3_000 })
    const toTemp: Match = { op: 'APPEND', hop: 'redirected', path: /\/tmp\/.*data-/ }
    const lost = at.proxy.arm(toTemp, { kind: 'cut-after' })
    await writer.attempt(10 * SOME_RECORDS)
    await lost.triggered
    expect(writer.until).toBe(10n * BigInt(SOME_RECORDS))
    await writer.die()
    await at.expectExact()
  })

  test('an attempt fails while the next one is being filled: both come again', async () => {
    await using at = new ProxiedLocation(cluster)
    const writer = await at.open()
    await writer.attempt(SOME_RECORDS)
    const broken = at.proxy.arm(
      appendingAtDatanode,
      { kind: 'cut-body', direction: 'request', afterBytes: 10 },
      { times: MANY },
    )
    await writer.write(SOME_RECORDS)
    const commit = writer.committing()
    await writer.write(SOME_RECORDS)
    expect(await commit).toMatchObject({ code: 'COMMIT_FAILED' })
    await expect(writer.write(1)).rejects.toMatchObject({ code: 'ABORTED' })
    broken.disarm()
    await writer.abort()
    expect(writer.until).toBe(BigInt(SOME_RECORDS))
    await writer.attempt(SOME_RECORDS)
    await writer.die()
    await at.expectExact()
  })

  test('an open upload fails while the commit before is decided: the commit stays, the attempt behind it comes again', async () => {
    await using at = new ProxiedLocation(cluster)
    const writer = await at.open({ streamThresholdBytes: 500, roll: { recordsMax: 10 } })
    await writer.write(SOME_RECORDS)
    const held = at.proxy.arm(puttingRecord, { kind: 'hold' })
    const commit = writer.committing()
    const record = await held.triggered
    const failing = at.proxy.arm(
      { op: 'CREATE', hop: 'redirected', path: /data-/ },
      { kind: 'cut-before' },
      { times: MANY },
    )
    await writer.write(2 * SOME_RECORDS).catch(() => undefined)
    await failing.triggered
    record.release()
    expect(await commit).toBe('committed')
    failing.disarm()
    await expect(writer.output.commit()).rejects.toThrow('abort()')
    await writer.abort()
    expect(writer.until).toBe(BigInt(SOME_RECORDS))
    await writer.attempt(3 * SOME_RECORDS)
    await writer.die()
    await at.expectExact()
  })

  test('files are sealed by a commit while the next attempt has records for their keys: these begin new files', async () => {
    await using at = new ProxiedLocation(cluster)
    const sealed: string[] = []
    const writer = await at.open({ roll: { recordsMax: 5 }, hooks: { seal: ({ path }) => sealed.push(path) } })
    await writer.write(2 * SOME_RECORDS)
    const held = at.proxy.arm(puttingRecord, { kind: 'hold' })
    const commit = writer.committing()
    const record = await held.triggered
    await writer.write(SOME_RECORDS)
    record.release()
    expect(await commit).toBe('committed')
    const lengths = async () =>
      new Map((await dataFilesOf(cluster, at.directory)).map(({ path, bytes }) => [path, bytes.length]))
    const [before, sealedByTheFirst] = [await lengths(), [...sealed]]
    await writer.output.commit()
    const after = await lengths()
    expect(sealedByTheFirst.length).toBeGreaterThan(0)
    for (const path of sealedByTheFirst) expect(after.get(path)).toBe(before.get(path))
    await writer.die()
    await at.expectExact()
  })

  test('another job, another mode: refused', async () => {
    await using at = new ProxiedLocation(cluster)
    const writer = await at.open()
    await writer.attempt(SOME_RECORDS)
    await expect(at.open({ job: 'another' })).rejects.toMatchObject({ code: 'JOB_MISMATCH' })
    await expect(at.open({ mode: 'new-file' })).rejects.toMatchObject({ code: 'JOB_MISMATCH' })
    await writer.attempt(SOME_RECORDS)
    await at.expectExact()
  })

  test('a data file lost bytes, or is gone: DATA_LOST names it, and once it is back the next open goes on', async () => {
    await using at = new ProxiedLocation(cluster)
    const writer = await at.open()
    await writer.attempt(SOME_RECORDS)
    await writer.die()
    const hand = new StrangersHand(cluster, at.directory)
    for (const remains of [0.5, 0]) {
      const [file] = await dataFilesOf(cluster, at.directory)
      await hand.delete(file!.path)
      if (remains > 0) await hand.create(file!.path, file!.bytes.subarray(0, Math.floor(file!.bytes.length * remains)))
      const directory = file!.path.split('/')[0]!
      const failure: { code?: string; message?: string } = await at.open().then(
        () => ({}),
        (error: Error) => error,
      )
      expect(failure.code).toBe('DATA_LOST')
      expect(failure.message).toContain(directory)
      const [short] = (await dataFilesOf(cluster, at.directory)).filter(({ path }) => path.startsWith(`${directory}/`))
      if (short !== undefined) await hand.delete(short.path)
      await hand.create(short?.path ?? file!.path, file!.bytes)
    }
    await (await at.open()).attempt(SOME_RECORDS)
    await at.expectExact()
  })

  test.each([
    ['none', 2 ** 20],
    ['gzip', 2 ** 20],
    ['gzip', 200],
  ] as const)(
    'somebody else writes into a data file (%s, uploads open from %i bytes on): named, and cut off',
    async (compression, streamThresholdBytes) => {
      await using at = new ProxiedLocation(cluster)
      const options = { compression, streamThresholdBytes }
      const writer = await at.open(options)
      await writer.attempt(SOME_RECORDS)
      const hand = new StrangersHand(cluster, at.directory)
      const touched = (await dataFilesOf(cluster, at.directory))[0]!.path
      await hand.append(touched, Buffer.from('a stranger was here\n'))
      await expect(writer.attempt(4 * SOME_RECORDS)).rejects.toMatchObject({
        code: 'FOREIGN_FILE',
        path: touched,
      })
      await writer.abort()
      await writer.attempt(SOME_RECORDS)
      await writer.die()
      // And where nobody was writing: the takeover cuts it.
      await hand.append((await dataFilesOf(cluster, at.directory))[0]!.path, Buffer.from('and came back\n'))
      await at.expectExact(options)
    },
  )

  test('clocks that differ by an hour: files are sealed early or late, and that is all', async () => {
    await using at = new ProxiedLocation(cluster)
    for (const aheadMs of [0, 3_600_000, -3_600_000, 0]) {
      const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs }
      const writer = await at.open({ roll: { fileAgeMsMax: 1_800_000, idleMsMax: 1_200_000 }, environment: { clock } })
      await writer.attempt(SOME_RECORDS)
      await writer.attempt(SOME_RECORDS)
      await writer.die()
    }
    await at.expectExact()
  })
})

/** A writer that dies with bytes behind the committed ones in files that it appends to. */
async function leaveUndecidedBytes(at: ProxiedLocation): Promise<void> {
  const writer: NumberedWriter = await at.open()
  await writer.attempt(SOME_RECORDS)
  await writer.write(SOME_RECORDS)
  const undecided = at.proxy.arm(puttingRecord, { kind: 'hold' })
  void writer.committing()
  await undecided.triggered
  await writer.die()
}
