// A processor profile as its hottest places.
import type { Profiler } from 'node:inspector'

/** One function, and its share of the samples, those of what it calls not counted. */
export interface HotLine {
  readonly where: string
  readonly share: number
}

const LINES = 10

/** The ten functions in which most time was spent. */
export function hotLines(profile: Profiler.Profile): HotLine[] {
  const self = new Map<string, number>()
  let total = 0
  for (const { callFrame, hitCount = 0 } of profile.nodes) {
    const { functionName, url, lineNumber } = callFrame
    if (functionName === '(idle)') continue
    const file = url.slice(url.lastIndexOf('/src/') + 1)
    const where = url === '' ? functionName : `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`
    self.set(where, (self.get(where) ?? 0) + hitCount)
    total += hitCount
  }
  const hottest = [...self].sort((a, b) => b[1] - a[1]).slice(0, LINES)
  return hottest.map(([where, hits]) => ({ where, share: hits / total }))
}
