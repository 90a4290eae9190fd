// The simulation: one seed one run, faults at every step, crashes, sleep, time that moves only when it must.
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { FileSystemError } from '../../../src/file-system/file-system-error.js'
import { faults, randomFaults, roughProbabilities, Simulation, scriptedFaults } from '../../../src/testing/index.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (content: Uint8Array | undefined): string | undefined =>
  content === undefined ? undefined : Buffer.from(content).toString()

/** A little of everything; goes on after failures. */
async function busyWork(fileSystem: FileSystem, id: () => string): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const name = `tmp/${id()}`
    await attempt(() => fileSystem.create(name, bytes(`round ${round}`), { parents: 'create' }))
    await attempt(() => fileSystem.append(name, bytes('more'), { base: 7 }))
    await attempt(() => fileSystem.truncate(name, { length: 3, waitMs: 1_000 }))
    await attempt(() => fileSystem.rename(name, `log-${round}`, { mode: 'claim' }))
    await attempt(async () => {
      for await (const entry of fileSystem.list('')) await fileSystem.stat(entry.path)
    })
  }
}

async function attempt(action: () => Promise<unknown>): Promise<void> {
  try {
    await action()
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error
  }
}

async function roughRun(seed: number): Promise<Simulation> {
  const simulation = new Simulation({
    seed,
    policy: randomFaults(),
    onCrash: (crashed) => {
      if (crashed.name.length > 3) return
      const next = simulation.process(`${crashed.name}'`)
      next.run(({ fileSystem, random }) => busyWork(fileSystem, () => random.id()))
    },
  })
  for (const name of ['a', 'b'])
    simulation.process(name).run(({ fileSystem, random }) => busyWork(fileSystem, () => random.id()))
  await simulation.run()
  await simulation.run({ until: 'idle' })
  return simulation
}

describe('one seed', () => {
  it('gives one run, to the last line of the trace', async () => {
    const [first, second, other] = await Promise.all([roughRun(3), roughRun(3), roughRun(4)])
    expect(first.trace()).toBe(second.trace())
    expect(first.inspect()).toEqual(second.inspect())
    expect(first.trace()).not.toBe(other.trace())
    expect(first.steps).toBeGreaterThan(50)
  })

  it('meets every kind of fault', async () => {
    const met = new Set<string>()
    for (let seed = 0; seed < 60; seed++) {
      const trace = (await roughRun(seed)).trace()
      for (const [kind, pattern] of Object.entries({
        never: /never arrives/,
        late: /steps later/,
        lostReply: /reply .*was executed/,
        refused: /connection refused/,
        cut: /with \d+ of \d+ bytes\n/,
        halfOpen: /half open/,
        datanodeDeath: /the datanode died/,
        crash: /the process crashes/,
        sleep: / sleeps/,
        timePasses: /\+[1-9]\d{4}ms/,
      } satisfies Record<keyof typeof roughProbabilities, RegExp>)) {
        if (pattern.test(trace)) met.add(kind)
      }
    }
    expect([...met].sort()).toEqual(Object.keys(roughProbabilities).sort())
  })
})

describe('a crash', () => {
  /** Appends, with the crash at the k-th step; answers what is in the file when all is over. */
  async function crashAt(
    step: number,
    fate: ReturnType<typeof faults.crash>,
  ): Promise<{ left: string | undefined; ranOn: boolean }> {
    const simulation = new Simulation({ seed: 1, policy: scriptedFaults([{ process: 'a', step, fate }]) })
    simulation.plant('x', bytes('base'))
    let ranOn = false
    simulation.process('a').run(async ({ fileSystem }) => {
      await fileSystem.append('x', bytes('more'), { base: 4 }).finally(() => {
        ranOn = true
      })
    })
    expect(await simulation.run()).toBe('ended')
    expect(simulation.process('a').state === 'crashed').toBe(!ranOn)
    await simulation.run({ until: 'idle' })
    return { left: text(simulation.inspect().get('x')?.bytes), ranOn }
  }

  it('at each step of an append leaves nothing or all of it, and nothing of the process runs on', async () => {
    const results: Record<'lost' | 'sent', (string | undefined)[]> = { lost: [], sent: [] }
    for (let step = 1; step <= 8; step++) {
      const lost = await crashAt(step, faults.crash())
      const sent = await crashAt(step, faults.crashAfterSending())
      expect([lost.ranOn, sent.ranOn]).toEqual([false, false])
      results.lost.push(lost.left)
      results.sent.push(sent.left)
    }
    // arrive and reply of the look at the namenode; open, bytes, complete, reply of the upload; arrive and reply of the check.
    const all = 'basemore'
    expect(results.lost).toEqual(['base', 'base', 'base', 'base', all, all, all, all])
    expect(results.sent).toEqual(['base', 'base', all, all, all, all, all, all])
    expect((await crashAt(9, faults.crash())).ranOn).toBe(true)
  })

  it('lets what was sent happen long afterwards', async () => {
    const policy = scriptedFaults([{ request: 'RENAME', fate: faults.crashAfterSending({ afterSteps: 1_000 }) }])
    const simulation = new Simulation({ seed: 1, policy })
    simulation.plant('x', bytes('x'))
    simulation.process('a').run(({ fileSystem }) => fileSystem.rename('x', 'y', { mode: 'claim' }))
    await simulation.run()
    simulation.process('b').run(async ({ fileSystem }) => {
      for (let round = 0; round < 100; round++) await fileSystem.stat('x')
    })
    await simulation.run()
    expect([...simulation.inspect().keys()]).toEqual(['x'])
    await simulation.run({ until: 'idle' })
    expect([...simulation.inspect().keys()]).toEqual(['y'])
  })

  it('calls for a successor', async () => {
    const simulation = new Simulation({
      seed: 1,
      policy: scriptedFaults([{ process: 'a', step: 1, fate: faults.crash() }]),
      onCrash: () => simulation.process('b').run(({ fileSystem }) => fileSystem.mkdirs('by-b')),
    })
    simulation.process('a').run(({ fileSystem }) => fileSystem.mkdirs('by-a'))
    await simulation.run()
    expect(simulation.directories()).toEqual(['by-b'])
  })
})

describe('an upload that goes wrong', () => {
  async function appendWith(fate: ReturnType<typeof faults.cut>, stage: 'open' | 'bytes' | 'complete' | 'reply') {
    const simulation = new Simulation({ seed: 1, policy: scriptedFaults([{ operation: 'append', stage, fate }]) })
    simulation.plant('x', bytes('base'))
    const { fileSystem } = simulation.process('a')
    let error: unknown
    simulation.process('a').run(async () => {
      error = await fileSystem.append('x', bytes('0123456789'), { base: 4 }).catch((reason: unknown) => reason)
    })
    await simulation.run()
    return { simulation, error }
  }
  const lookAt = async (
    simulation: Simulation,
    look: (fileSystem: FileSystem) => Promise<unknown>,
  ): Promise<unknown> => {
    let seen: unknown
    simulation.process('observer').run(async ({ fileSystem }) => {
      seen = await look(fileSystem).catch((error: unknown) => (error as FileSystemError).code)
    })
    await simulation.run()
    return seen
  }

  it('cut at a byte: closed with what arrived, unknown to its client', async () => {
    const { simulation, error } = await appendWith(faults.cut(3), 'bytes')
    expect(error).toMatchObject({ code: 'UNAVAILABLE', outcome: 'unknown', operation: 'append' })
    await simulation.run({ until: 'idle' })
    const file = simulation.inspect().get('x')!
    expect([text(file.bytes), file.isOpen]).toEqual(['base012', false])
  })

  it('half open: the lease is held for as long as the connection stays', async () => {
    const { simulation, error } = await appendWith(faults.halfOpen(3), 'bytes')
    expect(error).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' })
    simulation.advance(10 * 60_000)
    expect(await lookAt(simulation, (fs) => fs.append('x', bytes('!'), { base: 4 }))).toBe('LEASE_HELD')
    expect(await lookAt(simulation, (fs) => fs.truncate('x', { length: 4, waitMs: 0 }))).toBe('LEASE_HELD')
    expect(await lookAt(simulation, (fs) => fs.isOpenForWrite('x'))).toBe(true)
    expect(await lookAt(simulation, (fs) => fs.stat('x'))).toMatchObject({ length: 4 })
    expect(await lookAt(simulation, async (fs) => text(await fs.read('x')))).toBe('base')
    await lookAt(simulation, (fs) => fs.rename('x', 'y', { mode: 'claim' }))
    simulation.endHalfOpenUploads()
    await simulation.run({ until: 'idle' })
    const file = simulation.inspect().get('y')!
    expect([text(file.bytes), file.isOpen]).toEqual(['base012', false])
  })

  it('its datanode dead: the lease stays for a minute, then the next writer has it recovered', async () => {
    const { simulation } = await appendWith(faults.datanodeDeath(5), 'bytes')
    await simulation.run({ until: 'idle' })
    const append = () => lookAt(simulation, (fs) => fs.append('x', bytes('!'), { base: 9 }))
    expect(await append()).toBe('LEASE_HELD')
    simulation.advance(59_000)
    expect(await append()).toBe('LEASE_HELD')
    expect(await lookAt(simulation, (fs) => fs.isOpenForWrite('x'))).toBe(true)
    simulation.advance(2_000)
    expect(await append()).toBe('LEASE_HELD')
    simulation.advance(300)
    expect(await append()).toBe(10)
    expect(text(simulation.inspect().get('x')?.bytes)).toBe('base01234!')
  })

  it('begun long after its client gave up: finds no file where it was renamed, appends where it was not', async () => {
    for (const renamed of [true, false]) {
      const { simulation, error } = await appendWith(faults.unanswered({ afterSteps: 500 }), 'open')
      expect(error).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' })
      expect(await lookAt(simulation, (fs) => fs.isOpenForWrite('x'))).toBe(false)
      expect(await lookAt(simulation, (fs) => fs.stat('x'))).toMatchObject({ length: 4 })
      if (renamed) await lookAt(simulation, (fs) => fs.rename('x', 'y', { mode: 'claim' }))
      await simulation.run({ until: 'idle' })
      const files = [...simulation.inspect()].map(([path, file]) => [path, text(file.bytes)])
      expect(files).toEqual(renamed ? [['y', 'base']] : [['x', 'base0123456789']])
    }
  })

  it('its reply lost: all of it is there, unknown to its client', async () => {
    const { simulation, error } = await appendWith(faults.unanswered(), 'reply')
    // The look at the namenode was the first reply: nothing had been sent yet.
    expect(error).toMatchObject({ code: 'TIMEOUT', outcome: 'not-applied' })
    expect(text(simulation.inspect().get('x')?.bytes)).toBe('base')
    const second = new Simulation({
      seed: 1,
      policy: scriptedFaults([
        { request: 'APPEND', stage: 'reply', nth: 2, fate: faults.unanswered({}, 'UNAVAILABLE') },
      ]),
    })
    second.plant('x', bytes('base'))
    second.process('a').run(({ fileSystem }) => fileSystem.append('x', bytes('more'), { base: 4 }))
    await second.run()
    expect(second.process('a').outcome).toMatchObject({ reason: { code: 'UNAVAILABLE', outcome: 'unknown' } })
    expect(text(second.inspect().get('x')?.bytes)).toBe('basemore')
  })

  it('refused, or answered with an exception: its client knows', async () => {
    const { error } = await appendWith(faults.refuse(), 'open')
    expect(error).toMatchObject({ code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'now' })
    const answered = await appendWith(faults.answer('DSQuotaExceededException', 'the quota is exceeded'), 'open')
    expect(answered.error).toMatchObject({ code: 'QUOTA', outcome: 'unknown' })
  })
})

describe('sleep', () => {
  it('stops a process at a step; its requests go on, and it goes on from there when it is woken', async () => {
    const simulation = new Simulation({
      seed: 1,
      policy: scriptedFaults([{ process: 'a', request: 'RENAME', fate: faults.sleep() }]),
    })
    simulation.plant('x', bytes('x'))
    const seen: string[] = []
    simulation.process('a').run(async ({ fileSystem }) => {
      await fileSystem.rename('x', 'y', { mode: 'claim' })
      seen.push('a goes on')
      await fileSystem.append('y', bytes('!'), { base: 1 })
    })
    expect(await simulation.run()).toBe('asleep')
    expect([...simulation.inspect().keys()]).toEqual(['y'])
    simulation.process('b').run(async ({ fileSystem }) => {
      await fileSystem.rename('y', 'z', { mode: 'claim' })
      seen.push('b is done')
    })
    expect(await simulation.run()).toBe('asleep')
    simulation.process('a').wake()
    expect(await simulation.run()).toBe('ended')
    expect(seen).toEqual(['b is done', 'a goes on'])
    expect(simulation.process('a').outcome).toMatchObject({ reason: { code: 'NOT_FOUND' } })
  })

  it('ends after steps or time when told so', async () => {
    for (const span of [{ forSteps: 50 }, { forMs: 5_000 }]) {
      const simulation = new Simulation({
        seed: 1,
        policy: scriptedFaults([{ process: 'a', step: 1, fate: faults.sleep(span) }]),
      })
      simulation.process('a').run(({ fileSystem }) => fileSystem.mkdirs('d'))
      expect(await simulation.run()).toBe('ended')
    }
  })
})

describe('time', () => {
  it('moves only when nothing else can happen, to the next moment that is waited for', async () => {
    const simulation = new Simulation({ seed: 1 })
    const startMs = simulation.nowMs
    const order: string[] = []
    simulation.process('a').run(async ({ clock }) => {
      await clock.sleep(60_000)
      order.push(`a after ${clock.nowMs() - startMs}`)
    })
    simulation.process('b').run(async ({ clock, fileSystem }) => {
      for (let round = 0; round < 50; round++) await fileSystem.mkdirs(`d${round}`)
      order.push(`b after ${clock.nowMs() - startMs}`)
      await clock.sleep(10)
      order.push(`b after ${clock.nowMs() - startMs}`)
    })
    await simulation.run()
    expect(order).toEqual(['b after 0', 'b after 10', 'a after 60000'])
  })

  it('moves when the policy says so, before a step', async () => {
    const fate = faults.deliver(5_000)
    const simulation = new Simulation({ seed: 1, policy: scriptedFaults([{ stage: 'reply', fate }]) })
    let seenMs = 0
    simulation.process('a').run(async ({ clock, fileSystem }) => {
      const startMs = clock.nowMs()
      await fileSystem.mkdirs('d')
      seenMs = clock.nowMs() - startMs
    })
    await simulation.run()
    expect(seenMs).toBe(5_000)
  })

  it('lets a truncation inside a block go on in the background', async () => {
    const simulation = new Simulation({ seed: 1 })
    simulation.plant('x', bytes('0123456789'))
    simulation.process('a').run(({ fileSystem }) => fileSystem.truncate('x', { length: 4, waitMs: 100 }))
    await simulation.run()
    expect(simulation.process('a').outcome).toMatchObject({ reason: { code: 'TIMEOUT', outcome: 'unknown' } })
    expect(simulation.inspect().get('x')?.isOpen).toBe(true)
    simulation.advance(200)
    expect(simulation.inspect().get('x')).toMatchObject({ isOpen: false, bytes: bytes('0123') })
  })
})

describe('a run', () => {
  it('tells a program that waits for nothing from one that is over', async () => {
    const simulation = new Simulation({ seed: 1 })
    simulation.process('a').run(() => new Promise(() => undefined))
    expect(await simulation.run()).toBe('stuck')
  })

  it('takes too many steps for an endless loop, and shows the end of the trace', async () => {
    const simulation = new Simulation({ seed: 9 })
    simulation.process('a').run(async ({ fileSystem }) => {
      while (true) await fileSystem.stat('x')
    })
    await expect(simulation.run({ stepsMax: 50 })).rejects.toThrow(/seed 9: .* after 50 steps[\s\S]*GETFILESTATUS x/)
  })

  it('lets the policy order the steps: every interleaving of two renames onto one name', async () => {
    const winners = new Set<string>()
    for (let order = 0; order < 16; order++) {
      let bits = order
      const choose = () => {
        const bit = bits & 1
        bits >>= 1
        return bit
      }
      const simulation = new Simulation({ seed: 1, policy: scriptedFaults([], { choose }) })
      for (const name of ['a', 'b']) {
        simulation.plant(name, bytes(name))
        simulation.process(name).run(({ fileSystem }) => fileSystem.rename(name, 'prize', { mode: 'claim' }))
      }
      await simulation.run()
      const outcomes = ['a', 'b'].map((name) => simulation.process(name).outcome?.status)
      expect(outcomes.sort()).toEqual(['fulfilled', 'rejected'])
      winners.add(text(simulation.inspect().get('prize')?.bytes)!)
    }
    expect([...winners].sort()).toEqual(['a', 'b'])
  })
})

describe('files', () => {
  it('are planted and altered past the protocol', async () => {
    const simulation = new Simulation({ seed: 1 })
    simulation.plant('d/x', bytes('abc'))
    simulation.alter('d/x', (content) => content.map((byte) => byte ^ 1))
    expect(text(simulation.inspect().get('d/x')?.bytes)).toBe('`cb')
    expect(() => simulation.alter('nothing', (content) => content)).toThrow(/no file nothing/)
  })
})
