import { expect, test } from 'vitest'
import { closeHint } from '../../src/cli/close-hint.js'
import type { Logger } from '../../src/engine/logger.js'
import type { Observation } from '../../src/file-system/layers/observe.js'

function hinting(location: string | readonly string[]) {
  const said: string[] = []
  const note = (_fields: object, message: string): void => {
    said.push(message)
  }
  const logger: Logger = { debug: note, info: note, warn: note, error: note }
  const hear = closeHint(location, logger)
  const closes = (count: number, durationMs: number, more: Partial<Observation> = {}): void => {
    const observation = {
      operation: 'append',
      step: 'whole',
      path: 'a',
      bytes: 1,
      entries: 0,
      outcome: 'done',
    } as const
    for (let n = 0; n < count; n++) hear?.({ ...observation, durationMs, ...more })
  }
  return { said, hear, closes }
}

test('closes of 0.4 s over HTTP: it says once what is quicker', () => {
  const { said, closes } = hinting(['webhdfs://nn1:9870/data', 'webhdfs://nn2:9870/data'])
  closes(24, 20)
  closes(7, 410)
  expect(said).toEqual([])
  closes(1, 430, { operation: 'create', step: 'end' })
  expect(said).toEqual([expect.stringContaining('over hdfs://nn1:8020/')])
  closes(100, 410)
  expect(said).toHaveLength(1)
})

test('quick closes, slow uploads, failures and other operations are no reason', () => {
  const { said, closes } = hinting('swebhdfs://nn1:9871/data')
  closes(20, 410, { operation: 'rename' })
  closes(20, 410, { outcome: 'unknown' })
  closes(20, 410, { step: 'begin' })
  closes(25, 20)
  closes(7, 5_000)
  expect(said).toEqual([])
})

test('elsewhere nobody listens', () => {
  expect(hinting('hdfs://nn1:8020/data').hear).toBeUndefined()
  expect(hinting('file:///data').hear).toBeUndefined()
})
