// What a script has laid in wait for a request: a fate, or something else that happens then.
import type { Fate, FaultPolicy, Step } from '../../src/testing/simulation/fault.js'
import { faults } from '../../src/testing/simulation/fault.js'
import { isRequest } from './requests.js'

/** Where in the life of a request: as it arrives, while its bytes arrive, or at its answer. */
type Moment = 'arrival' | 'bytes' | 'answer'

/** Whose request it waits for, which kind, and the how manieth of those that are still to come. */
interface Awaited {
  readonly process: string
  readonly request: string
  readonly nth: number
}

/** Something that waits for a step. It strikes once. */
interface Trap {
  readonly process: string
  readonly request: string
  readonly at: Moment
  remaining: number
  readonly fate?: (step: Step) => Fate
  /** Done just before the step. */
  readonly before?: () => void
  /** Done between the step and the next. */
  readonly after?: () => void
}

/** Comes when it is called, and not by itself. */
const MUCH_LATER_STEPS = 1_000_000

const half = ({ pendingBytes }: Step): number => Math.floor(pendingBytes / 2)
const late = { afterSteps: MUCH_LATER_STEPS }

/** The fates by the words of a script. What is late is executed when the script says so. */
const fates: Readonly<Record<string, { readonly at: Moment; readonly fate: (step: Step) => Fate }>> = {
  'lose-request': { at: 'arrival', fate: () => faults.never() },
  'lose-reply': { at: 'answer', fate: () => faults.unanswered() },
  late: { at: 'arrival', fate: () => faults.unanswered(late) },
  'cut-half': { at: 'bytes', fate: (step) => faults.cut(half(step)) },
  'half-open': { at: 'bytes', fate: (step) => faults.halfOpen(half(step)) },
  'disk-full': { at: 'arrival', fate: () => faults.answer('DSQuotaExceededException', 'the quota is used up') },
  'refuse-for-good': {
    at: 'arrival',
    fate: () =>
      faults.answer(
        'SnapshotException',
        'Concat: the source file is referred by some other reference in some snapshot.',
      ),
  },
  'sleep-after': { at: 'answer', fate: () => faults.sleep() },
  'crash-before': { at: 'arrival', fate: () => faults.crash() },
  'crash-half': { at: 'bytes', fate: (step) => faults.crashAfterSending({ keptBytes: half(step) }) },
  'crash-half-open': {
    at: 'bytes',
    fate: (step) => faults.crashAfterSending({ keptBytes: half(step), upload: 'half-open' }),
  },
  'crash-late': { at: 'arrival', fate: () => faults.crashAfterSending(late) },
  'crash-after': { at: 'answer', fate: () => faults.crashAfterSending() },
}

/** Whether a word of a script lays a fate in wait. */
export function isFate(word: string): boolean {
  return Object.hasOwn(fates, word)
}

/** All traps of a run, and the policy that springs them. */
export class Ambush {
  readonly #traps: Trap[] = []
  #next: (() => void)[] = []

  /** A fate for the n-th request of a kind that the process is to make. */
  layFate(word: string, { nth, ...awaited }: Awaited): void {
    this.#traps.push({ ...awaited, remaining: nth, ...fates[word]! })
  }

  /** Does something just before the n-th request of a kind arrives, or when it was answered. */
  layDeed(when: 'before' | 'after', deed: () => void, { nth, ...awaited }: Awaited): void {
    const at = when === 'before' ? 'arrival' : 'answer'
    this.#traps.push({ ...awaited, at, remaining: nth, [when]: deed })
  }

  /** Does now what was to be done after the step that has just happened. Called between steps. */
  doNext(): void {
    const deeds = this.#next
    this.#next = []
    for (const deed of deeds) deed()
  }

  /** What nobody ran into. */
  get unsprung(): readonly string[] {
    return this.#traps.map(({ process, request }) => `${process} ${request}`)
  }

  /** For the simulation. */
  get policy(): FaultPolicy {
    return { decide: (step) => this.#decide(step) }
  }

  #decide(step: Step): Fate | undefined {
    let fate: Fate | undefined
    for (const trap of [...this.#traps]) {
      if (trap.process !== step.process || momentOf(step) !== trap.at || !isRequest(trap.request, step)) continue
      trap.remaining -= 1
      if (trap.remaining > 0) continue
      this.#traps.splice(this.#traps.indexOf(trap), 1)
      trap.before?.()
      if (trap.after !== undefined) this.#next.push(trap.after)
      fate ??= trap.fate?.(step)
    }
    return fate
  }
}

function momentOf({ stage }: Step): Moment | undefined {
  switch (stage) {
    case 'arrive':
    case 'open':
      return 'arrival'
    case 'bytes':
      return 'bytes'
    case 'reply':
      return 'answer'
    case 'persist':
    case 'complete':
    case 'drop':
      return undefined
  }
}
