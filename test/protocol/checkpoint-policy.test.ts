// When a checkpoint is due, and what it lets go of.
import { describe, expect, test } from 'vitest'
import {
  BYTES_PER_CHECKPOINT_MIN,
  COMMITS_PER_CHECKPOINT_MAX,
  checkpointIsDue,
  firstKeptSequence,
} from '../../src/protocol/checkpoint-policy.js'
import { applyRecord } from '../../src/protocol/fold.js'
import type { TaskState } from '../../src/protocol/task-state.js'
import { emptyState } from '../../src/protocol/task-state.js'
import { checkpoint, claim, commit, fold, placed } from './sample-records.js'

describe('due', () => {
  const min = BYTES_PER_CHECKPOINT_MIN
  test.each<[string, Partial<TaskState>, boolean]>([
    ['not in an empty log', {}, false],
    ['after so many commits', { commitsSinceCheckpoint: COMMITS_PER_CHECKPOINT_MAX }, true],
    ['not one before', { commitsSinceCheckpoint: COMMITS_PER_CHECKPOINT_MAX - 1 }, false],
    [
      'when the log since is larger than the checkpoint',
      { checkpointBytes: 2 * min, bytesSinceCheckpoint: 2 * min + 1 },
      true,
    ],
    ['not when it is as large', { checkpointBytes: 2 * min, bytesSinceCheckpoint: 2 * min }, false],
    ['not for a few bytes over a small checkpoint', { checkpointBytes: 10, bytesSinceCheckpoint: min }, false],
  ])('%s', (_when, parts, due) => {
    expect(checkpointIsDue({ ...emptyState, ...parts })).toBe(due)
  })

  test('a log that is larger than its limits is due, whatever they are', () => {
    expect(checkpointIsDue({ ...emptyState, commitsSinceCheckpoint: 2 }, { commitsMax: 2, bytesMin: 10 })).toBe(true)
    expect(checkpointIsDue({ ...emptyState, bytesSinceCheckpoint: 11 }, { commitsMax: 3, bytesMin: 10 })).toBe(true)
  })
})

test('the last but one checkpoint stays, and all above it', () => {
  const first = fold(claim(1), commit(1))
  expect(firstKeptSequence(first)).toBe(0)
  const second = applyRecord(first, placed([checkpoint(first)], 2)[0]!)
  expect(firstKeptSequence(second)).toBe(0)
  const third = applyRecord(second, placed([commit(1)], 3)[0]!)
  const fourth = applyRecord(third, placed([checkpoint(third)], 4)[0]!)
  expect(firstKeptSequence(fourth)).toBe(2)
  expect(fourth).toMatchObject({ bytesSinceCheckpoint: 0, commitsSinceCheckpoint: 0, checkpointBytes: 100 })
})
