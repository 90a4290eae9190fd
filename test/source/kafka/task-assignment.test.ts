import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignTasks, taskOf } from '../../../src/source/kafka/task-assignment.js'

test('a partition has the same task for ever', () => {
  // CRC-32C of "123456789" is 0xe3069283.
  expect(taskOf('123456789', 0, 1_000)).toBe(0xe3069283 % 1_000)
  expect(taskOf('123456789', 5, 1_000)).toBe((0xe3069283 + 5) % 1_000)
  expect(taskOf('日本', 0, 7)).toBe(taskOf('日本', 7, 7))
  expect(taskOf('orders', 3, 1)).toBe(0)
})

test('who comes takes no more than its share, who goes leaves its own, and nothing else moves', () => {
  const tasks = [0, 1, 2, 3, 4]
  const show = (members: Record<string, number[]>) =>
    Object.fromEntries(
      assignTasks(
        Object.entries(members).map(([memberId, held]) => ({ memberId, held })),
        tasks,
      ),
    )
  expect(show({ a: [] })).toEqual({ a: [0, 1, 2, 3, 4] })
  expect(show({ a: tasks, b: [] })).toEqual({ a: [0, 1, 2], b: [3, 4] })
  expect(show({ a: [0, 1, 2], b: [3, 4], c: [] })).toEqual({ a: [0, 1], b: [3, 4], c: [2] })
  expect(show({ a: [0, 1], c: [2] })).toEqual({ a: [0, 1, 4], c: [2, 3] })
  expect(show({ a: [0, 1, 9], b: [0, 1] })).toEqual({ a: [0, 1, 4], b: [2, 3] })
})

test('each task has one member, shares differ by one at most, and who holds less than a share keeps all of it', () => {
  const member = fc.record({ held: fc.uniqueArray(fc.integer({ min: 0, max: 12 })) })
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 6 }), fc.integer({ min: 0, max: 12 }), (given, count) => {
      const tasks = Array.from({ length: count }, (_, task) => task)
      const members = given.map(({ held }, i) => ({ memberId: `m${i}`, held }))
      const shares = assignTasks(members, tasks)
      expect([...shares.values()].flat().sort((a, b) => a - b)).toEqual(tasks)
      const counts = [...shares.values()].map((share) => share.length)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      for (const { memberId, held } of members) {
        const own = held.filter(
          (task) => task < count && members.every((m) => m.memberId === memberId || !m.held.includes(task)),
        )
        if (own.length === held.length && held.length <= Math.floor(count / members.length)) {
          expect(shares.get(memberId)).toEqual(expect.arrayContaining(own))
        }
      }
    }),
  )
})
