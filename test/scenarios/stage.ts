// Plays a script: writers on a simulated HDFS, each line one after the other, and a report of what came of it.

import type { Visibility } from '../../src/engine/job-file.js'
import type { Mode } from '../../src/model/mode.js'
import { MultiOutput } from '../../src/multi-output.js'
import type { Flight } from '../../src/testing/simulation/flight.js'
import type { SimulatedProcess } from '../../src/testing/simulation/simulated-process.js'
import { Simulation } from '../../src/testing/simulation/simulation.js'
import { Violations } from '../crash/checker/violations.js'
import { Witness } from '../crash/witness.js'
import { Ambush, isFate } from './ambush.js'
import { lineFormat, type ScriptRecord, TOPIC } from './line-format.js'
import { describeEnd, describeError, describeEvent, describePlan } from './report.js'
import type { Command } from './script.js'

const STEPS_MAX = 20_000
const JOB = 'scenario'

interface Writer {
  readonly process: SimulatedProcess
  output: MultiOutput<ScriptRecord> | undefined
  nextOffset: bigint
}

/** What the lines `options …` and the words behind `open a` set: as in MultiOutputOptions, but for the limits. */
type Settings = Readonly<Record<string, string>>

/** Plays commands and answers what happened, line by line. */
export async function play(commands: readonly Command[]): Promise<string> {
  const stage = new Stage()
  for (const command of commands) await stage.play(command)
  return await stage.end()
}

class Stage {
  readonly #lines: string[] = []
  readonly #ambush = new Ambush()
  readonly #violations = new Violations()
  readonly #simulation: Simulation
  readonly #witness: Witness
  readonly #writers = new Map<string, Writer>()
  #settings: Settings = {}

  constructor() {
    this.#simulation = new Simulation({
      seed: 'scenario',
      policy: {
        decide: (step) => {
          const fate = this.#ambush.policy.decide(step)
          this.#witness.foresee(step)
          return fate
        },
      },
      onEvent: (event) => {
        this.#witness.see(event)
        const line = describeEvent(event)
        if (line !== undefined) this.#say(line)
      },
    })
    this.#witness = new Witness(this.#simulation, this.#violations, { readersSee: 'anything', taskCount: 1 })
  }

  #say(line: string): void {
    this.#lines.push(`  ${line}`)
  }

  async play({ line, words }: Command): Promise<void> {
    this.#lines.push(`> ${line}`)
    const [verb = '', ...rest] = words
    if (isFate(verb)) {
      const [process = '', what = ''] = rest
      return this.#ambush.layFate(verb, { process, ...requestOf(what) })
    }
    if (verb === 'before' || verb === 'after') return this.#layDeed(verb, rest)
    if (verb === 'options') {
      this.#settings = { ...this.#settings, ...settingsOf(rest) }
      return
    }
    const deed = this.#deeds[verb]
    if (deed !== undefined) {
      deed(rest)
      return await this.#run(() => verb !== 'late-arrives' || this.#late.length === 0)
    }
    await this.#playWriter(verb, rest)
  }

  #layDeed(when: 'before' | 'after', [process = '', what = '', verb = '', ...rest]: readonly string[]): void {
    const deed = this.#deeds[verb]
    if (deed === undefined) throw new TypeError(`'${verb}' cannot happen ${when} a request`)
    this.#ambush.layDeed(when, () => deed(rest), { process, ...requestOf(what) })
  }

  /** What happens to the world, and not to a writer. */
  readonly #deeds: Readonly<Record<string, (words: readonly string[]) => void>> = {
    'fail-over': () => {
      this.#say(
        this.#witness.failOver()
          ? 'the namenode fails over; its last change was not durable, and is undone'
          : 'the namenode fails over; nothing is lost',
      )
    },
    'late-arrives': () => {
      for (const flight of this.#late) flight.dueStep = 0
    },
    'cut-file': ([path = '', length = '']) =>
      this.#simulation.alter(this.#fileIn(path), (bytes) => bytes.slice(0, Number(length))),
    'scribble-file': ([path = '', text = '']) =>
      this.#simulation.alter(this.#fileIn(path), (bytes) =>
        Buffer.concat([bytes, Buffer.from(text.replaceAll('\\n', '\n'))]),
      ),
    'put-file': ([path = '', text = '']) => this.#simulation.plant(path, Buffer.from(text)),
    'remove-file': ([path = '']) => this.#simulation.remove(this.#fileIn(path)),
    clock: ([seconds = '']) => this.#simulation.advance(Number(seconds.replace(/s$/, '')) * 1_000),
  }

  /** Requests whose clients follow them no more, and that can still do something. */
  get #late(): Flight[] {
    const flights = [...this.#simulation.processes.values()].flatMap((process) => [...process.flights])
    return flights.filter(({ isOrphan, isOver, isIdle }) => isOrphan && !isOver && !isIdle)
  }

  #fileIn(directory: string): string {
    const path = [...this.#simulation.inspect().keys()].find((each) => each.startsWith(`${directory}/`))
    if (path === undefined) throw new TypeError(`there is no file in ${directory}`)
    return path
  }

  async #playWriter(verb: string, [name = '', ...rest]: readonly string[]): Promise<void> {
    const writer = this.#writerOf(name)
    const { process } = writer
    switch (verb) {
      case 'crash':
        process.crash()
        return
      case 'wake':
        process.wake()
        break
      case 'write':
        return await this.#write(writer, rest)
      case 'finish':
        break
      case 'begin':
        this.#begin(writer, rest[0] ?? '', rest.slice(1))
        return
      default:
        this.#begin(writer, verb, rest)
    }
    await this.#run(() => !process.isBusy || process.state !== 'running')
    if (process.state === 'asleep') this.#say(`${name} sleeps`)
    if (process.state === 'crashed') this.#say(`${name} is dead`)
  }

  #writerOf(name: string): Writer {
    let writer = this.#writers.get(name)
    if (writer === undefined) {
      writer = { process: this.#simulation.process(name), output: undefined, nextOffset: 0n }
      this.#writers.set(name, writer)
    }
    return writer
  }

  /** In memory, unless that is full: then until there is room. */
  async #write(writer: Writer, [key = '', ...values]: readonly string[]): Promise<void> {
    let isWritten = false
    const writeAll = async (): Promise<void> => {
      for (const value of values) {
        const offset = writer.nextOffset++
        const wait = outputOf(writer).write({ key, value }, { id: { topic: TOPIC, partition: 0, offset } })
        this.#say(`offset ${offset}`)
        if (wait !== undefined) await wait
      }
    }
    writer.process.run(() =>
      writeAll()
        .catch((error: unknown) => this.#say(`refused: ${describeError(error)}`))
        .finally(() => {
          isWritten = true
        }),
    )
    await this.#run(() => isWritten || writer.process.state === 'crashed')
  }

  #begin(writer: Writer, verb: string, words: readonly string[]): void {
    const { name } = writer.process
    const doing = {
      open: () => this.#open(writer, settingsOf(words)),
      commit: async () => {
        const { sequence, records } = await outputOf(writer).commit()
        this.#say(`${name} has committed ${records} records; the newest record of the log is ${sequence}`)
      },
      abort: async () => {
        await outputOf(writer).abort()
        this.#goOn(writer, 'has aborted')
      },
      close: async () => {
        await outputOf(writer).close()
        this.#say(`${name} has closed`)
      },
    }[verb]
    if (doing === undefined) throw new TypeError(`nobody knows how to '${verb}'`)
    writer.process.run(async () => {
      try {
        await doing()
      } catch (error) {
        this.#say(`${name}: ${verb} fails: ${describeError(error)}`)
      }
    })
  }

  async #open(writer: Writer, own: Settings): Promise<void> {
    const { process } = writer
    const settings = { ...this.#settings, ...own }
    const pid = [...this.#writers.values()].indexOf(writer) + 1
    const number = (name: string, otherwise: number): number => Number(settings[name] ?? otherwise)
    writer.output = await MultiOutput.open<ScriptRecord>(
      {
        fileSystem: process.fileSystem,
        job: settings.job ?? JOB,
        partitioner: ({ key }) => key,
        format: lineFormat,
        mode: (settings.mode ?? 'append') as Mode,
        visibility: (settings.visibility ?? 'live') as Visibility,
        ...(settings.fileName === undefined ? {} : { fileName: settings.fileName }),
        roll: {
          recordsMax: number('recordsMax', 1_000),
          fileAgeMsMax: number('fileAgeMsMax', 2 ** 40),
          ...(settings.blocksMax === undefined ? {} : { blocksMax: number('blocksMax', 100) }),
        },
        bufferedBytesMax: number('bufferedBytesMax', 2 ** 20),
        takeoverWaitMs: 100,
        truncateWaitMs: 1_000,
        retryForMs: 0,
        logger: {
          debug() {},
          warn() {},
          error() {},
          info: (fields) => {
            for (const line of describePlan(fields)) this.#say(line)
          },
        },
      },
      {
        clock: process.clock,
        random: process.random,
        process: { host: process.name, bootId: '', pidNamespace: '', pid, startTime: '' },
        isSurelyGone: () => false,
        checkpointLimits: { commitsMax: number('checkpointCommitsMax', 100), bytesMin: 2 ** 20 },
      },
    )
    this.#goOn(writer, 'has opened')
  }

  #goOn(writer: Writer, what: string): void {
    writer.nextOffset = outputOf(writer).committed.offsets.get(TOPIC)?.get(0)?.until ?? 0n
    this.#say(`${writer.process.name} ${what}, and goes on from offset ${writer.nextOffset}`)
  }

  async #run(isOver: () => boolean): Promise<void> {
    const until = (): boolean => {
      this.#ambush.doNext()
      return isOver()
    }
    const end = await this.#simulation.run({ until, stepsMax: STEPS_MAX })
    if (end === 'stuck') this.#say('nothing can go on')
  }

  /** The report, and at its end the files, the log, and what is still to be said. */
  async end(): Promise<string> {
    const { unsprung } = this.#ambush
    if (unsprung.length > 0) throw new TypeError(`nobody ran into: ${unsprung.join('; ')}`)
    const lines = [...this.#lines, ...describeEnd(this.#simulation)]
    lines.push(...this.#violations.found.map(({ kind, complaint }) => `COMPLAINT ${kind}: ${complaint}`))
    return `${lines.join('\n')}\n`
  }
}

function outputOf({ output, process }: Writer): MultiOutput<ScriptRecord> {
  if (output === undefined) throw new TypeError(`${process.name} has not opened`)
  return output
}

function settingsOf(words: readonly string[]): Settings {
  return Object.fromEntries(words.map((word) => word.split('=', 2) as [string, string]))
}

/** `record`: the next one; `record#2`: the one after that. */
function requestOf(what: string): { readonly request: string; readonly nth: number } {
  const [request = '', nth = '1'] = what.split('#')
  return { request, nth: Number(nth) }
}
