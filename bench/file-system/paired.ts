// Measures two ways of doing the same thing in pairs, one after the other in changing order, so that what else the machine
// does hits both.

/** The two ways; each resolves when its work is done. */
export interface Pair {
  adapter(round: number): Promise<void>
  bare(round: number): Promise<void>
}

export interface PairedResult {
  /** Milliseconds of each round. */
  readonly adapterMs: readonly number[]
  readonly bareMs: readonly number[]
  /** Speed of the adapter as a share of the bare one's, round by round: above 1 it is the quicker one. */
  readonly ratios: readonly number[]
  /** The same by the processor time of all threads of this process, garbage collection and compression included: what else runs hardly shows in it. */
  readonly cpuRatios: readonly number[]
}

/**
 * One round to warm up, which is not counted, then `rounds` pairs. Each round does the work of either way `slices` times, in turns:
 * the finer, the less the rest of the machine matters.
 */
export async function measurePaired(
  pair: Pair,
  { rounds, slices = 1 }: { readonly rounds: number; readonly slices?: number },
): Promise<PairedResult> {
  const result = { adapter: [] as number[], bare: [] as number[] }
  const cpuRatios: number[] = []
  for (let round = -1; round < rounds; round += 1) {
    const spentMs = { adapter: 0, bare: 0 }
    const spentCpuUs = { adapter: 0, bare: 0 }
    for (let slice = 0; slice < slices; slice += 1) {
      const order = (round + slice) % 2 === 0 ? (['adapter', 'bare'] as const) : (['bare', 'adapter'] as const)
      for (const way of order) {
        const startMs = performance.now()
        const cpuBefore = process.cpuUsage()
        await pair[way](round)
        spentMs[way] += performance.now() - startMs
        const { user, system } = process.cpuUsage(cpuBefore)
        spentCpuUs[way] += user + system
      }
    }
    if (round < 0) continue
    for (const way of ['adapter', 'bare'] as const) result[way].push(spentMs[way])
    cpuRatios.push(spentCpuUs.bare / spentCpuUs.adapter)
  }
  const { adapter, bare } = result
  return { adapterMs: adapter, bareMs: bare, ratios: adapter.map((ms, round) => bare[round]! / ms), cpuRatios }
}

/** Median, quartiles and extremes. */
export interface Spread {
  readonly median: number
  readonly lowerQuartile: number
  readonly upperQuartile: number
  readonly min: number
  readonly max: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => {
    const position = share * (sorted.length - 1)
    const below = sorted[Math.floor(position)]!
    return below + (sorted[Math.ceil(position)]! - below) * (position - Math.floor(position))
  }
  return { median: at(0.5), lowerQuartile: at(0.25), upperQuartile: at(0.75), min: at(0), max: at(1) }
}

/** `median [lower quartile – upper quartile] (min … max)` */
export function showSpread(values: readonly number[], unit: string, digits = 0): string {
  const { median, lowerQuartile, upperQuartile, min, max } = spreadOf(values)
  const show = (value: number): string => value.toFixed(digits)
  return `${show(median)}${unit} [${show(lowerQuartile)}–${show(upperQuartile)}] (${show(min)}…${show(max)})`
}
