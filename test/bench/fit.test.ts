// The fit behind the bench's curves.
import { expect, test } from 'vitest'
import { fitPower } from '../../bench/questions/fit.js'

test('finds the exponent, and what is above linear', () => {
  const points = (exponent: number) => [1, 10, 100].map((x) => [x, 3 * x ** exponent] as const)
  expect(fitPower(points(0.5))).toMatchObject({ isAboveLinear: false })
  expect(fitPower(points(1))?.exponent).toBeCloseTo(1)
  expect(fitPower(points(1))?.factor).toBeCloseTo(3)
  expect(fitPower(points(1))?.isAboveLinear).toBe(false)
  expect(fitPower(points(1.5))).toMatchObject({ isAboveLinear: true })
})

test('has nothing to say of a single point', () => {
  expect(fitPower([[10, 1]])).toBeUndefined()
  expect(
    fitPower([
      [10, 1],
      [10, 2],
    ]),
  ).toBeUndefined()
})
