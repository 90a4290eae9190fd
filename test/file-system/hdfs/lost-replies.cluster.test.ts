// A reply that is lost, at each request of each verb: the call is sent again under its id, and the namenode's retry cache (or the
// nature of the method) makes one of two. Without the id a rename would find no source, an append its own lease.
import { describe, expect, onTestFinished, test } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { type FaultProxy, startFaultProxy } from '../../fault-proxy/proxy.js'
import { expectError } from '../webhdfs/expect-error.js'
import { scratchDirectory, someBytes } from './scratch-directory.js'

/** More requests than any of the verbs below sends to the namenode. */
const REQUESTS_MAX = 12

interface Setting {
  readonly fileSystem: FileSystem
  readonly proxy: FaultProxy
}

/** A client whose namenode stands behind a proxy, and which has made its first connection. */
async function behindProxy(): Promise<Setting> {
  const scratch = await scratchDirectory()
  const proxy = startFaultProxy()
  const address = await proxy.route(scratch.rpc, 'bytes')
  const fileSystem = scratch.open({ namenodes: [address], failoverPauseMs: 20 })
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  await fileSystem.create('warm-up', Buffer.from('x'))
  return { fileSystem, proxy }
}

const VERBS: Readonly<Record<string, (fileSystem: FileSystem, nth: number) => Promise<void>>> = {
  create: async (fileSystem, nth) => {
    const content = someBytes(3_000, nth + 1)
    expect(await fileSystem.create(`created-${nth}`, content, { blockSizeBytes: 1_024 })).toBe(3_000)
    expect(Buffer.from(await fileSystem.read(`created-${nth}`))).toEqual(content)
  },
  append: async (fileSystem, nth) => {
    await fileSystem.append('warm-up', someBytes(700), { base: 1 + nth * 700 })
    expect((await fileSystem.stat('warm-up'))?.length).toBe(1 + (nth + 1) * 700)
  },
  'makeDurable, and on': async (fileSystem, nth) => {
    const upload = await fileSystem.createUpload(`durable-${nth}`)
    await upload.write(someBytes(100))
    expect(await upload.makeDurable()).toBe(100)
    await upload.write(someBytes(100))
    expect(await upload.end()).toBe(200)
  },
  'rename without replacing': (fileSystem, nth) =>
    fileSystem.rename(nth === 0 ? 'warm-up' : `claimed-${nth - 1}`, `claimed-${nth}`, { mode: 'claim' }),
  'rename that replaces': async (fileSystem, nth) => {
    await fileSystem.create(`old-${nth}`, Buffer.from('old'))
    await fileSystem.create(`new-${nth}`, Buffer.from('new'))
    await fileSystem.rename(`new-${nth}`, `old-${nth}`, { mode: 'replace' })
    expect(Buffer.from(await fileSystem.read(`old-${nth}`)).toString()).toBe('new')
  },
  delete: async (fileSystem, nth) => {
    await fileSystem.mkdirs(`d/${nth}`)
    expect(await fileSystem.delete(`d/${nth}`)).toBe('deleted')
  },
  concat: async (fileSystem, nth) => {
    await fileSystem.create(`target-${nth}`, Buffer.from('ab'))
    await fileSystem.create(`source-${nth}`, Buffer.from('cd'))
    await fileSystem.concat(`target-${nth}`, [`source-${nth}`])
    expect(Buffer.from(await fileSystem.read(`target-${nth}`)).toString()).toBe('abcd')
  },
}

describe('a lost reply', () => {
  test.each(Object.keys(VERBS))('N6 done once, whichever request lost its reply: %s', async (verb) => {
    const { fileSystem, proxy } = await behindProxy()
    let struck = 0
    for (let nth = 0; nth < REQUESTS_MAX; nth += 1) {
      const lost = proxy.arm({}, { kind: 'cut-after' }, { skip: nth })
      const met = lost.triggered.then(
        () => true,
        () => false,
      )
      await VERBS[verb]!(fileSystem, nth)
      lost.disarm()
      if (await met) struck += 1
      else break
    }
    expect(struck, 'replies that were lost').toBeGreaterThan(0)
  })

  test('a request that never arrived is sent again, too', async () => {
    const { fileSystem, proxy } = await behindProxy()
    const lost = proxy.arm({}, { kind: 'cut-before' })
    await fileSystem.rename('warm-up', 'renamed', { mode: 'claim' })
    await lost.triggered
    expect(await fileSystem.stat('renamed')).toMatchObject({ length: 1 })
  })

  test('truncate is not sent twice: it might cut off what came since', async () => {
    const { fileSystem, proxy } = await behindProxy()
    const lost = proxy.arm({}, { kind: 'cut-after' })
    await expectError(fileSystem.truncate('warm-up', { length: 0, waitMs: 1_000 }), {
      code: 'UNAVAILABLE',
      outcome: 'unknown',
      operation: 'truncate',
    })
    await lost.triggered
  })

  test('a namenode that is silent: the call is sent again elsewhere, and what cannot be settled is unknown', async () => {
    const scratch = await scratchDirectory()
    const proxy = startFaultProxy()
    onTestFinished(() => proxy[Symbol.asyncDispose]())
    const address = await proxy.route(scratch.rpc, 'bytes')
    const fileSystem = scratch.open({
      namenodes: [address],
      replyTimeoutMs: 300,
      failoverWaitMs: 1,
      failoverPauseMs: 1_000,
    })
    await fileSystem.mkdirs('d')
    // The first sending, and the one that follows it at once.
    const silent = proxy.arm({}, { kind: 'swallow-reply' }, { times: 2 })
    await expectError(fileSystem.rename('d', 'e', { mode: 'move' }), { code: 'TIMEOUT', outcome: 'unknown', path: 'd' })
    await silent.occurrence(2)
    expect(await fileSystem.stat('e')).toMatchObject({ type: 'directory' })
  })
})
