// An open as a value: the steps that it will take.
import { expect, test } from 'vitest'
import { explainOpen } from '../../src/protocol/explain.js'
import { planOpen } from '../../src/protocol/plan-open.js'
import { emptyState } from '../../src/protocol/task-state.js'
import { change, claim, commit, fold } from './sample-records.js'

const publish = [{ do: 'rename', serial: 0, from: 'tmp/data-1', to: 'd/part' }] as const

test('of a task that nobody ever had', () => {
  expect(planOpen(emptyState, 'append')).toEqual({
    epoch: 1,
    claimSequence: 0,
    publish: [],
    fence: [],
    deleteTmpBelowEpoch: 1,
  })
})

test('of one whose owner vanished: publish, fence, record, clean', () => {
  const plan = planOpen(fold(claim(1), commit(1, { files: [change(0)], publish })), 'append')
  expect(plan).toMatchObject({
    epoch: 2,
    claimSequence: 2,
    publish,
    fence: [{ serial: 0, length: 10 }],
    deleteTmpBelowEpoch: 2,
  })
  expect(explainOpen(plan)).toEqual([
    '1. claim epoch 2 as 000000000002.json',
    '2. publish again: rename tmp/data-1 to d/part',
    '3. reclaim d/part-00000-00000000-000001.000001.txt, keep 10 bytes',
    '4. put a commit without offsets that lists the new paths; publish it',
    '5. delete tmp/ of epochs below 2',
  ])
})

test('of one whose owner released it: nobody is fenced', () => {
  const plan = planOpen(fold(claim(1), commit(1, { files: [change(0)] }), commit(1, { released: true })), 'append')
  expect(plan).toMatchObject({ epoch: 2, publish: [], fence: [] })
  expect(explainOpen(plan)).toEqual(['1. claim epoch 2 as 000000000003.json', '2. delete tmp/ of epochs below 2'])
})

test('of one that was claimed after a release and then left alone: the claimant may have written', () => {
  const state = fold(claim(1), commit(1, { files: [change(0)] }), commit(1, { released: true }), claim(2))
  expect(planOpen(state, 'append').fence).toMatchObject([{ serial: 0 }])
})

test('sealed files are not fenced', () => {
  expect(planOpen(fold(claim(1), commit(1, { files: [change(0, { sealed: true })] })), 'append').fence).toEqual([])
})

test.each(['concat', 'new-file'] as const)('of a job in mode %s: nobody ever wrote to a data file', (mode) => {
  const plan = planOpen(fold(claim(1), commit(1, { files: [change(0)], publish })), mode)
  expect(plan).toMatchObject({ publish, fence: [], deleteTmpBelowEpoch: 2 })
})
