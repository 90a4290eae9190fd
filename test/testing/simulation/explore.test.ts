// Exploration: every sequence of choices once, and the run that fails told by its choices.
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { isFileSystemError } from '../../../src/file-system/file-system-error.js'
import { explore, exploredFaults, faults, Simulation, type Step, scriptedFaults } from '../../../src/testing/index.js'

const one = new TextEncoder().encode('1')

describe('explore', () => {
  it('runs every sequence of choices once', async () => {
    const seen: string[] = []
    const result = await explore(async (choose) => {
      const first = choose(3)
      seen.push(first === 1 ? '1' : `${first}${choose(2)}`)
    })
    expect(seen).toEqual(['00', '01', '1', '20', '21'])
    expect(result).toEqual({ runs: 5, isExhaustive: true })
  })

  it('stops at its limit, and says so', async () => {
    const result = await explore(async (choose) => void choose(100), { runsMax: 7 })
    expect(result).toEqual({ runs: 7, isExhaustive: false })
  })

  it('tells the choices of a run that fails, and repeats just that', async () => {
    const runs: number[] = []
    const program = async (choose: (optionCount: number) => number) => {
      const sum = choose(4) * 10 + choose(4)
      runs.push(sum)
      if (sum === 21) throw new Error('found')
    }
    await expect(explore(program)).rejects.toThrow('run 10, choices [2, 1]: Error: found')
    runs.length = 0
    await expect(explore(program, { only: [2, 1] })).rejects.toThrow('found')
    expect(runs).toEqual([21])
    expect(await explore(program, { only: [2, 2] })).toEqual({ runs: 1, isExhaustive: false })
  })

  it('notices a program that does not repeat itself', async () => {
    let runs = 0
    const moody = async (choose: (optionCount: number) => number) => {
      runs += 1
      choose(2)
      choose(runs + 1)
    }
    await expect(explore(moody)).rejects.toThrow(/not deterministic/)
  })

  it('finds every interleaving of two requests', async () => {
    const orders = new Set<string>()
    const { runs } = await explore(async (choose) => {
      const order: string[] = []
      const policy = scriptedFaults([], {
        choose: (steps) => choose(steps.length),
      })
      const simulation = new Simulation({
        seed: 1,
        policy: {
          ...policy,
          decide: ({ process }) => {
            order.push(process)
            return undefined
          },
        },
      })
      for (const name of ['a', 'b']) simulation.process(name).run(({ fileSystem }) => fileSystem.mkdirs(name))
      await simulation.run()
      orders.add(order.join(''))
    })
    expect([...orders].sort()).toEqual(['aabb', 'abab', 'abba', 'baab', 'baba', 'bbaa'])
    expect(runs).toBe(6)
  })
})

describe('exploredFaults', () => {
  /** Adds one byte, and again if it was not answered, unless `settles` says to look first. */
  async function addOne(fileSystem: FileSystem, settles: boolean): Promise<void> {
    try {
      await fileSystem.append('x', one, { base: 0 })
    } catch (error) {
      if (!isFileSystemError(error)) throw error
      if (error.outcome !== 'not-applied' && settles) return
      await fileSystem.append('x', one, { base: 0 }).catch(() => undefined)
    }
  }

  const fates = (step: Step) => (step.kind === 'mutation' ? [faults.unanswered(), faults.never()] : [])

  async function lengths(settles: boolean, faultsMax: number): Promise<{ lengths: number[]; runs: number }> {
    const found = new Set<number>()
    const { runs, isExhaustive } = await explore(async (choose) => {
      const simulation = new Simulation({ seed: 1, policy: exploredFaults(choose, { fates, faultsMax }) })
      simulation.plant('x', new Uint8Array(0))
      simulation.process('a').run(({ fileSystem }) => addOne(fileSystem, settles))
      await simulation.run({ until: 'idle' })
      found.add(simulation.inspect().get('x')!.bytes.byteLength)
    })
    expect(isExhaustive).toBe(true)
    return { lengths: [...found].sort(), runs }
  }

  it('tries every fate at every step, so many in a run', async () => {
    expect(await lengths(true, 0)).toEqual({ lengths: [1], runs: 1 })
    // An upload has four steps: open, bytes, complete, reply; two fates each.
    expect(await lengths(true, 1)).toEqual({ lengths: [0, 1], runs: 9 })
    // Repeated, it is there twice; or not at all, where the lease of the first attempt keeps out the second.
    const one = await lengths(false, 1)
    const two = await lengths(false, 2)
    expect([one.lengths, two.lengths]).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ])
    expect(one.runs).toBe(9)
    expect(two.runs).toBeGreaterThan(25)
  })

  it('switches between processes as often as it may', async () => {
    const runsWith = async (switchesMax: number) => {
      const { runs } = await explore(async (choose) => {
        const policy = exploredFaults(choose, { fates: () => [], faultsMax: 0, switchesMax })
        const simulation = new Simulation({ seed: 1, policy })
        for (const name of ['a', 'b']) simulation.process(name).run(({ fileSystem }) => fileSystem.mkdirs(name))
        await simulation.run()
      })
      return runs
    }
    // aabb, bbaa; then also abba, baab; then also abab, baba.
    expect([await runsWith(0), await runsWith(1), await runsWith(2)]).toEqual([2, 4, 6])
  })
})
