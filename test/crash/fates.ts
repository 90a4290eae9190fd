// What can become of a step, for runs that try everything: each fate that leads to a world of its own.
import { type Fate, faults } from '../../src/testing/simulation/fault.js'
import type { SmallStep } from './small-run.js'

/** A fate with a name, for reports. */
export interface NamedFate {
  readonly name: string
  readonly fate: Fate
}

/** In the middle of what the next writer does, and after everything. */
const SOON_STEPS = 40
const LATE_STEPS = 10_000

/** The process dies at the step. At `reply` and for reads this is the same as dying before the next request, so it is left out there. */
export function deathsAt({ stage, kind, pendingBytes }: SmallStep): readonly NamedFate[] {
  if (kind === 'read') return stage === 'arrive' ? [{ name: 'dies', fate: faults.crash() }] : []
  const half = Math.floor(pendingBytes / 2)
  switch (stage) {
    case 'arrive':
    case 'open':
      return [
        { name: 'dies, never arrives', fate: faults.crash() },
        { name: 'dies, executed', fate: faults.crashAfterSending() },
        { name: 'dies, arrives soon', fate: faults.crashAfterSending({ afterSteps: SOON_STEPS }) },
        { name: 'dies, arrives late', fate: faults.crashAfterSending({ afterSteps: LATE_STEPS }) },
      ]
    case 'bytes':
      return [
        { name: 'dies, half arrives', fate: faults.crashAfterSending({ keptBytes: half }) },
        { name: 'dies, all arrive soon', fate: faults.crashAfterSending({ afterSteps: SOON_STEPS }) },
        { name: 'dies, half open', fate: faults.crashAfterSending({ keptBytes: half, upload: 'half-open' }) },
        {
          name: 'dies with the datanode',
          fate: faults.crashAfterSending({ keptBytes: half, upload: 'datanode-dies' }),
        },
      ]
    case 'complete':
    case 'persist':
      return [
        { name: 'dies, closed', fate: faults.crashAfterSending() },
        { name: 'dies, closed soon', fate: faults.crashAfterSending({ afterSteps: SOON_STEPS }) },
        { name: 'dies, half open', fate: faults.crashAfterSending({ upload: 'half-open' }) },
        { name: 'dies with the datanode', fate: faults.crashAfterSending({ upload: 'datanode-dies' }) },
      ]
    case 'drop':
    case 'reply':
      return []
  }
}

/** The process lives on and is not answered, or refused. */
export function silencesAt({ stage, kind, pendingBytes }: SmallStep): readonly NamedFate[] {
  if (kind === 'read') return stage === 'arrive' ? [{ name: 'not answered', fate: faults.never() }] : []
  const half = Math.floor(pendingBytes / 2)
  switch (stage) {
    case 'arrive':
    case 'open':
      return [
        { name: 'refused', fate: faults.refuse() },
        { name: 'never arrives', fate: faults.never() },
        { name: 'executed, not answered', fate: faults.unanswered() },
        { name: 'arrives soon', fate: faults.unanswered({ afterSteps: SOON_STEPS }, 'UNAVAILABLE') },
        { name: 'arrives late', fate: faults.unanswered({ afterSteps: LATE_STEPS }) },
      ]
    case 'bytes':
      return [
        { name: 'cut', fate: faults.cut(half) },
        { name: 'half open', fate: faults.halfOpen(half) },
        { name: 'the datanode dies', fate: faults.datanodeDeath(half) },
        { name: 'arrives soon', fate: faults.unanswered({ afterSteps: SOON_STEPS }) },
      ]
    case 'complete':
    case 'persist':
      return [
        { name: 'closed, not answered', fate: faults.unanswered() },
        { name: 'closed soon', fate: faults.unanswered({ afterSteps: SOON_STEPS }) },
        { name: 'half open', fate: faults.halfOpen(pendingBytes) },
        { name: 'the datanode dies', fate: faults.datanodeDeath(pendingBytes) },
      ]
    case 'reply':
      return [{ name: 'the reply is lost', fate: faults.unanswered() }]
    case 'drop':
      return []
  }
}
