// How fast a run is: over the last seconds, so that it can be believed and does not jump about.
import type { PipelineStatus } from '../../pipeline/pipeline-options.js'

/** Over so long. */
const WINDOW_MS = 5_000
const SAMPLES_MAX = 64

/** How fast, and for how long yet. */
export interface Rates {
  readonly recordsPerSecond: number
  readonly bytesPerSecond: number
  /** Known where the source tells how much there is in all. */
  readonly leftMs?: number
}

interface Sample {
  readonly atMs: number
  readonly records: number
  readonly bytes: number
  readonly doneFraction: number | undefined
}

/** Measures the speed of a run by looking at it now and then. */
export class RateMeter {
  readonly #samples: Sample[] = []

  /** Takes a look in, and answers what the looks of the last seconds say. */
  measure({ records, bytes, source }: PipelineStatus, atMs: number): Rates {
    const now: Sample = { atMs, records, bytes, doneFraction: source.doneFraction }
    const samples = this.#samples
    samples.push(now)
    // The one before the window stays: it is where the window begins.
    while (samples.length > 2 && (samples[1]!.atMs <= atMs - WINDOW_MS || samples.length > SAMPLES_MAX)) samples.shift()
    const first = samples[0]!
    const seconds = (now.atMs - first.atMs) / 1000
    if (seconds <= 0) return { recordsPerSecond: 0, bytesPerSecond: 0 }
    const left = timeLeft(samples.find(({ doneFraction }) => doneFraction !== undefined) ?? first, now)
    return {
      recordsPerSecond: Math.max(0, now.records - first.records) / seconds,
      bytesPerSecond: Math.max(0, now.bytes - first.bytes) / seconds,
      ...(left === undefined ? {} : { leftMs: left }),
    }
  }
}

function timeLeft(first: Sample, now: Sample): number | undefined {
  if (first.doneFraction === undefined || now.doneFraction === undefined) return undefined
  const gained = now.doneFraction - first.doneFraction
  return gained > 0 ? ((1 - now.doneFraction) / gained) * (now.atMs - first.atMs) : undefined
}
