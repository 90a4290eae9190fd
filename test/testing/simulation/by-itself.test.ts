// How another project tests its own code: on a faulty HDFS that goes by itself, with the faults that it names.
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { isFileSystemError } from '../../../src/file-system/file-system-error.js'
import { faults, randomFaults, Simulation, scriptedFaults } from '../../../src/testing/index.js'

const line = new TextEncoder().encode('line\n')

/** The code under test: appends as people do, and takes a failure for "nothing happened". */
async function naiveAppend(fileSystem: FileSystem, path: string): Promise<void> {
  while (true) {
    try {
      const { length } = (await fileSystem.stat(path))!
      await fileSystem.append(path, line, { base: length })
      return
    } catch (error) {
      if (!isFileSystemError(error)) throw error
    }
  }
}

function openFaulty(options: Omit<ConstructorParameters<typeof Simulation>[0], 'seed' | 'pace'>): Simulation {
  const simulation = new Simulation({ seed: 1, pace: 'by-itself', ...options })
  simulation.plant('x', new Uint8Array(0))
  return simulation
}

const lengthOf = (simulation: Simulation): number | undefined => simulation.inspect().get('x')?.bytes.byteLength

describe('a simulation that goes by itself', () => {
  it('is a file system like any other', async () => {
    const simulation = openFaulty({})
    const { fileSystem } = simulation.process('mine')
    for (let round = 0; round < 10; round++) await naiveAppend(fileSystem, 'x')
    expect(lengthOf(simulation)).toBe(50)
  })

  it('shows what a lost reply does to code that repeats an append', async () => {
    const fate = faults.unanswered()
    const simulation = openFaulty({ policy: scriptedFaults([{ request: 'APPEND', stage: 'reply', nth: 2, fate }]) })
    await naiveAppend(simulation.process('mine').fileSystem, 'x')
    expect(lengthOf(simulation)).toBe(10)
    expect(simulation.trace()).toMatch(/reply +APPEND x +⇒ TIMEOUT for the client; the request was executed/)
  })

  it('finds such code out by chance, and repeats what it found by its seed', async () => {
    const policy = randomFaults({ lostReply: 0.05 })
    const lengths = async () => {
      const simulation = openFaulty({ policy })
      const { fileSystem } = simulation.process('mine')
      for (let round = 0; round < 40; round++) await naiveAppend(fileSystem, 'x')
      return lengthOf(simulation)
    }
    const first = await lengths()
    expect(first).toBeGreaterThan(200)
    expect(await lengths()).toBe(first)
  })

  it('lets nobody wait for an upload whose file system is closed', async () => {
    const simulation = new Simulation({ seed: 1 })
    const { fileSystem } = simulation.process('mine')
    const failures: unknown[] = []
    const note = (error: unknown) => failures.push(isFileSystemError(error) ? [error.code, error.outcome] : error)
    simulation.process('mine').run(async () => {
      const [writing, ending] = [await fileSystem.createUpload('w'), await fileSystem.createUpload('e')]
      await Promise.all([
        Promise.resolve(writing.write(new Uint8Array(5_000))).catch(note),
        ending.end().catch(note),
        fileSystem.close(),
      ])
      await writing.end().catch(note)
    })
    expect(await simulation.run()).toBe('ended')
    expect(failures).toEqual(Array.from({ length: 3 }, () => ['CLOSED', 'unknown']))
  })

  it('lets waiting cost no time', async () => {
    const { clock } = openFaulty({}).process('mine')
    const startMs = clock.nowMs()
    await clock.sleep(24 * 60 * 60_000)
    expect(clock.nowMs() - startMs).toBe(24 * 60 * 60_000)
  })

  it('lets go of a sleep that is given up', async () => {
    const simulation = new Simulation({ seed: 1 })
    const ends: string[] = []
    simulation.process('a').run(async ({ clock, fileSystem }) => {
      const giveUp = new AbortController()
      const sleep = clock
        .sleep(60_000, { signal: giveUp.signal })
        .then(() => ends.push(`a at ${clock.nowMs() - startMs}`))
      await fileSystem.mkdirs('d')
      giveUp.abort()
      await sleep
      await clock.sleep(60_000, { signal: giveUp.signal })
      ends.push(`again at ${clock.nowMs() - startMs}`)
    })
    const startMs = simulation.nowMs
    expect(await simulation.run()).toBe('ended')
    expect(ends).toEqual(['a at 0', 'again at 0'])
    expect(await simulation.run({ until: 'idle' })).toBe('idle')
    expect(simulation.nowMs).toBe(startMs)
  })
})
