// The highest memory outside of V8's heap while something runs, above what it was before.

export interface PeakMemory {
  /** Bytes, at most, in ArrayBuffers and Buffers. */
  readonly arrayBuffersBytes: number
  /** Bytes, at most, outside of the heap, ArrayBuffers among them. */
  readonly externalBytes: number
}

/** How often it is looked at. Whoever works calls `sample` as well, because a busy loop lets no timer run. */
const SAMPLE_INTERVAL_MS = 5

/** Runs the work and gives the peak. Node must run with --expose-gc, so that the work before does not count. */
export async function peakMemoryOf(work: (sample: () => void) => Promise<void>): Promise<PeakMemory> {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('run node with --expose-gc')
  gc()
  const before = process.memoryUsage()
  let arrayBuffersBytes = 0
  let externalBytes = 0
  const sample = (): void => {
    const now = process.memoryUsage()
    arrayBuffersBytes = Math.max(arrayBuffersBytes, now.arrayBuffers - before.arrayBuffers)
    externalBytes = Math.max(externalBytes, now.external - before.external)
  }
  const timer = setInterval(sample, SAMPLE_INTERVAL_MS)
  try {
    await work(sample)
    sample()
  } finally {
    clearInterval(timer)
  }
  return { arrayBuffersBytes, externalBytes }
}
