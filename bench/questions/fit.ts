// How a figure grows: the exponent b of y = a·x^b through points, by least squares on logarithms.

/** Above it growth is called more than linear: timer noise and a warm start move an exponent by so much. */
const LINEAR_MAX = 1.1

export interface Fit {
  readonly factor: number
  readonly exponent: number
  readonly isAboveLinear: boolean
}

/** Undefined with less than two different x, or figures that are not above nought. */
export function fitPower(points: readonly (readonly [number, number])[]): Fit | undefined {
  const logs = points.filter(([x, y]) => x > 0 && y > 0).map(([x, y]) => [Math.log(x), Math.log(y)] as const)
  const meanX = mean(logs.map(([x]) => x))
  const meanY = mean(logs.map(([, y]) => y))
  const spreadX = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  if (logs.length < 2 || spreadX === 0) return undefined
  const exponent = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spreadX
  return { factor: Math.exp(meanY - exponent * meanX), exponent, isAboveLinear: exponent > LINEAR_MAX }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
