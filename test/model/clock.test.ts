import { getActiveResourcesInfo } from 'node:process'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/model/clock.js'

const timers = (): number => getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

test('a sleep ends with its signal, and leaves no timer behind', async () => {
  const before = timers()
  const controller = new AbortController()
  const sleeping = systemClock.sleep(3_600_000, { signal: controller.signal })
  expect(timers()).toBe(before + 1)
  controller.abort()
  await sleeping
  expect(timers()).toBe(before)
  await systemClock.sleep(3_600_000, { signal: controller.signal })
})

test('a sleep longer than timers last does not end at once', async () => {
  const controller = new AbortController()
  let hasEnded = false
  const sleeping = systemClock.sleep(Number.POSITIVE_INFINITY, { signal: controller.signal }).then(() => {
    hasEnded = true
  })
  await systemClock.sleep(5)
  expect(hasEnded).toBe(false)
  controller.abort()
  await sleeping
})
