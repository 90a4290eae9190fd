// Nothing of a crashed process runs on, whatever it was waiting for; and what others did between two of its requests shows.
import { describe, expect, it } from 'vitest'
import { faults, type ScriptedFault, Simulation, scriptedFaults } from '../../../src/testing/index.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('a process that crashes', () => {
  it('while it waits for an upload to take its bytes, does not hear that they were taken', async () => {
    const fault: ScriptedFault = { stage: 'bytes', fate: faults.crashAfterSending() }
    const simulation = new Simulation({ seed: 1, policy: scriptedFaults([fault]) })
    let wentOn = false
    simulation.process('a').run(async ({ fileSystem }) => {
      const upload = await fileSystem.createUpload('x')
      const wait = upload.write(new Uint8Array(2_000))
      expect(wait).toBeInstanceOf(Promise)
      await wait
      wentOn = true
    })
    await simulation.run({ until: 'idle' })
    expect(simulation.inspect().get('x')).toMatchObject({ isOpen: false, bytes: new Uint8Array(2_000) })
    expect([simulation.process('a').state, wentOn]).toEqual(['crashed', false])
  })

  it('while it sleeps, does not keep the clock busy, nor wakes up', async () => {
    const simulation = new Simulation({ seed: 1 })
    const startMs = simulation.nowMs
    let wentOn = false
    const process = simulation.process('a').run(async ({ clock }) => {
      await clock.sleep(60_000)
      wentOn = true
    })
    await simulation.run({ until: () => true })
    process.crash()
    expect(await simulation.run({ until: 'idle' })).toBe('idle')
    expect([wentOn, simulation.nowMs]).toEqual([false, startMs])
    expect(() => process.run(async () => undefined)).toThrow(/has crashed/)
  })

  it('while it is stopped, is not woken any more', async () => {
    const policy = scriptedFaults([{ process: 'a', step: 1, fate: faults.sleep() }])
    const simulation = new Simulation({ seed: 1, policy })
    let wentOn = false
    const process = simulation.process('a').run(async ({ fileSystem }) => {
      await fileSystem.mkdirs('d')
      wentOn = true
    })
    expect(await simulation.run()).toBe('asleep')
    process.crash()
    process.wake()
    expect(await simulation.run({ until: 'idle' })).toBe('idle')
    expect([wentOn, simulation.directories()]).toEqual([false, ['d']])
  })

  it('while a refusal is on its way back, has nothing carried out once more', async () => {
    const simulation = new Simulation({ seed: 1 })
    for (const path of ['x', 'y']) simulation.plant(path, bytes(path))
    const process = simulation.process('a').run(({ fileSystem }) => fileSystem.rename('x', 'y', { mode: 'claim' }))
    await simulation.run({ until: () => simulation.trace().includes('FileAlreadyExistsException') })
    process.crash({ request: 'executes' })
    simulation.remove('y')
    await simulation.run({ until: 'idle' })
    expect([...simulation.inspect().keys()]).toEqual(['x'])
  })

  it('leaves alone what it had given up before', async () => {
    const unanswered: ScriptedFault = { request: 'RENAME', fate: faults.unanswered({ afterSteps: 50 }) }
    const simulation = new Simulation({ seed: 1, policy: scriptedFaults([unanswered]) })
    simulation.plant('x', bytes('x'))
    const process = simulation.process('a').run(({ fileSystem }) => fileSystem.rename('x', 'y', { mode: 'claim' }))
    await simulation.run()
    process.crash({ request: 'never' })
    await simulation.run({ until: 'idle' })
    expect([...simulation.inspect().keys()]).toEqual(['y'])
  })
})

describe('between two requests of one append', () => {
  /** `b` renames the file when `a` stands at the step. */
  async function renamedAt(step: number): Promise<unknown> {
    const simulation = new Simulation({
      seed: 1,
      policy: scriptedFaults([{ process: 'a', step, fate: faults.sleep() }]),
    })
    simulation.plant('x', bytes('base'))
    const a = simulation.process('a')
    a.run(({ fileSystem }) => fileSystem.append('x', bytes('more'), { base: 4 }))
    await simulation.run()
    const b = simulation.process('b').run(({ fileSystem }) => fileSystem.rename('x', 'y', { mode: 'claim' }))
    await simulation.run({ until: () => !b.isBusy })
    a.wake()
    await simulation.run()
    expect(a.outcome?.status).toBe('rejected')
    return (a.outcome as { reason: unknown }).reason
  }

  it('the name may go: before the namenode is asked, nothing has happened; after that, its outcome is unknown', async () => {
    // 2: the namenode's answer is under way. 6: the upload's answer is; the length is checked by a name that is gone.
    expect(await renamedAt(2)).toMatchObject({ code: 'NOT_FOUND', outcome: 'unknown' })
    expect(await renamedAt(6)).toMatchObject({ code: 'NOT_FOUND', outcome: 'unknown' })
    const simulation = new Simulation({ seed: 1 })
    const a = simulation.process('a').run(({ fileSystem }) => fileSystem.append('x', bytes('more'), { base: 4 }))
    await simulation.run()
    expect(a.outcome).toMatchObject({ reason: { code: 'NOT_FOUND', outcome: 'not-applied' } })
  })
})
