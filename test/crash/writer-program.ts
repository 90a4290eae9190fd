// What a writer does: opens, writes what the source hands out, commits, aborts, and after every failure goes on from what is committed.
import type { MultiOutput } from '../../src/multi-output.js'
import type { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import type { SimulatedProcess } from '../../src/testing/simulation/simulated-process.js'
import { type CrashWorld, positionsOf } from './crash-world.js'
import { type SourceRecord, TOPIC } from './source.js'

/** How one writer behaves. */
export interface WriterPlan {
  /** Times that it opens, after failures too. */
  readonly opensMax: number
  /** What it does with each attempt before it leaves. `pipelines`: it writes on while the commit is under way. */
  readonly attempts: readonly ('commits' | 'pipelines' | 'aborts')[]
  readonly takeover: 'always' | 'ifReleased'
  /** How it leaves: cleanly, or by doing nothing any more. */
  readonly leaves: 'closes' | 'vanishes'
}

const ABORTS_MAX = 4
/** Whose task has no partition waits so long for one: longer than most runs wait for an idle partition. */
export const IDLE_MS = 600
/** Turns of the event loop's innermost queue until a commit that waits for nothing has chosen what it takes; more do no harm. */
const COMMIT_BEGINS_TURNS = 30

/** The program of a process that follows a plan. */
export function writer(
  world: CrashWorld,
  plan: WriterPlan,
  random: SeededRandom,
): (process: SimulatedProcess) => Promise<void> {
  return async (process) => {
    for (let opens = 0; opens < plan.opensMax; opens++) {
      let output: MultiOutput<SourceRecord>
      try {
        output = await world.open(process, plan.takeover)
      } catch (error) {
        if (world.tellError(process, 'open', error) === 'fenced') return
        await process.clock.sleep(1 + random.integer(50))
        continue
      }
      if ((await new Session(world, process, output, plan, random).run()) !== 'opens again') return
    }
  }
}

/** One output in use. */
class Session {
  readonly #world: CrashWorld
  readonly #process: SimulatedProcess
  readonly #output: MultiOutput<SourceRecord>
  readonly #plan: WriterPlan
  readonly #random: SeededRandom
  /** The next offset to ask the source for, by partition. */
  #next = new Map<number, bigint>()

  constructor(
    world: CrashWorld,
    process: SimulatedProcess,
    output: MultiOutput<SourceRecord>,
    plan: WriterPlan,
    random: SeededRandom,
  ) {
    this.#world = world
    this.#process = process
    this.#output = output
    this.#plan = plan
    this.#random = random
  }

  get #partitions(): readonly number[] {
    return this.#world.source.partitionsOf(this.#world.taskOf(this.#process))
  }

  async run(): Promise<'done' | 'fenced' | 'opens again'> {
    this.#replay()
    for (const ending of this.#plan.attempts) {
      try {
        await this.#attempt(ending)
      } catch (error) {
        if (this.#world.tellError(this.#process, 'commit', error) === 'fenced') return await this.#insist()
        const after = await this.#goBack()
        if (after !== 'went back') return after
      }
    }
    return this.#plan.leaves === 'vanishes' ? 'done' : await this.#leave()
  }

  /** Goes on from what is committed; at times from a little before, as sources do whose own positions lag. */
  #replay(): void {
    this.#next = new Map()
    for (const [partition, until] of positionsOf(this.#output)) {
      const behind = this.#random.happens(0.1) ? BigInt(this.#random.integer(4)) : 0n
      this.#next.set(partition, until > behind ? until - behind : 0n)
    }
  }

  async #attempt(ending: 'commits' | 'pipelines' | 'aborts'): Promise<void> {
    await this.#write()
    if (ending === 'aborts') {
      await this.#world.abort(this.#process, this.#output)
      this.#replay()
      return
    }
    const commit = this.#world.commit(this.#process, this.#output)
    if (ending === 'commits') return await commit
    commit.catch(() => undefined)
    // What is written before the commit has begun belongs to it: so let it begin, which takes no step of the simulation.
    for (let turn = 0; turn < COMMIT_BEGINS_TURNS; turn++) await Promise.resolve()
    const write = this.#write()
    write.catch(() => undefined)
    await commit
    await write
  }

  async #write(): Promise<void> {
    const { source, workload } = this.#world
    const partitions = this.#partitions
    if (partitions.length === 0) return await this.#process.clock.sleep(IDLE_MS)
    const records = 1 + this.#random.integer(workload.recordsPerAttemptMax)
    for (let written = 0; written < records; written++) {
      const partition = partitions[this.#random.integer(partitions.length)]!
      const offset = this.#next.get(partition) ?? 0n
      this.#next.set(partition, offset + 1n)
      const record = source.recordAt({ partition, offset })
      if (record === undefined) this.#output.advance({ topic: TOPIC, partition, until: offset + 1n })
      else {
        const wait = this.#output.write(record, { id: { topic: TOPIC, partition, offset } })
        if (wait !== undefined) await wait
      }
    }
  }

  async #goBack(): Promise<'went back' | 'fenced' | 'opens again'> {
    for (let aborts = 0; aborts < ABORTS_MAX; aborts++) {
      try {
        await this.#world.abort(this.#process, this.#output)
        this.#replay()
        return 'went back'
      } catch (error) {
        if (this.#world.tellError(this.#process, 'abort', error) === 'fenced') return await this.#insist()
      }
    }
    return 'opens again'
  }

  /** Whoever was fenced can do nothing any more, however it insists. */
  async #insist(): Promise<'fenced'> {
    const write = this.#partitions.length === 0 ? [] : [() => this.#write()]
    const insisting = [...write, () => this.#output.commit(), () => this.#output.abort()]
    for (const insist of insisting) {
      try {
        await insist()
        this.#world.violations.add('ZOMBIE', `${this.#process.name} was fenced and goes on`)
      } catch (error) {
        this.#world.tellError(this.#process, 'insisting', error)
      }
    }
    await this.#output.close()
    return 'fenced'
  }

  async #leave(): Promise<'done' | 'fenced'> {
    try {
      await this.#world.close(this.#process, this.#output)
      return 'done'
    } catch (error) {
      return this.#world.tellError(this.#process, 'close', error) === 'fenced' ? 'fenced' : 'done'
    }
  }
}
