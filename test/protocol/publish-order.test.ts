// In which order the actions of a record run: those of one file one after the other, files side by side.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Action } from '../../src/protocol/log-record.js'
import { publishLanes, sourceOf } from '../../src/protocol/publish-order.js'
import { checkProperty } from './sample-records.js'

test('a file has one lane, a manifest one of its own', () => {
  const actions: readonly Action[] = [
    { do: 'rename', serial: 1, from: 'a', to: 'b' },
    { do: 'rename', from: 'm', to: 'n' },
    { do: 'rename', serial: 2, from: 'c', to: 'd' },
    { do: 'delete', serial: 1, path: 'e' },
    { do: 'rename', from: 'o', to: 'p' },
  ]
  const [first, second, third, fourth, fifth] = actions
  expect(publishLanes(actions)).toEqual([[first, fourth], [second], [third], [fifth]])
})

test('nothing is lost, nothing added, and each serial keeps its order', () => {
  const anyAction = fc
    .tuple(fc.option(fc.nat({ max: 3 }), { nil: undefined }), fc.uuid())
    .map(([serial, from]): Action => ({ do: 'rename', ...(serial === undefined ? {} : { serial }), from, to: 'x' }))
  checkProperty(
    fc.property(fc.array(anyAction), (actions) => {
      const lanes = publishLanes(actions)
      expect(lanes.flat()).toHaveLength(actions.length)
      for (const lane of lanes) {
        if (lane[0]?.serial === undefined) expect(lane).toHaveLength(1)
        else expect(lane).toEqual(actions.filter(({ serial }) => serial === lane[0]!.serial))
      }
    }),
  )
})

test('what an action consumes', () => {
  expect(sourceOf({ do: 'rename', from: 'a', to: 'b' })).toBe('a')
  expect(sourceOf({ do: 'concat', serial: 0, source: 'a', target: 'b' })).toBe('a')
  expect(sourceOf({ do: 'delete', serial: 0, path: 'a' })).toBe('a')
})
