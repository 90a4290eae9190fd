// The log as its one writer sees it: only what can be read, and folded, is ever put.
import { expect, test } from 'vitest'
import { Decisions } from '../../src/engine/decisions.js'
import { openTask } from '../../src/engine/open-task.js'
import { readLog } from '../../src/engine/read-log.js'
import { noOffsets } from '../../src/model/offsets.js'
import type { CommitContent } from '../../src/protocol/plan-commit.js'
import { planCommit } from '../../src/protocol/plan-commit.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { sampleContext } from './sample-context.js'

async function opened(): Promise<{
  decisions: Decisions
  commit: (content: Partial<CommitContent>) => Promise<number>
}> {
  const context = sampleContext(new MemoryFileSystem())
  const { epoch, state } = await openTask(context, 'always')
  const decisions = new Decisions(context, epoch, state)
  const commit = (content: Partial<CommitContent>): Promise<number> =>
    decisions.decideAndPublish(planCommit(epoch.header(), { offsets: noOffsets, files: [], ...content }))
  return { decisions, commit }
}

const offsets = (from: bigint, until: bigint) => ({ offsets: new Map([['t', new Map([[0, { from, until }]])]]) })

test.each<[string, Partial<CommitContent>, RegExp]>([
  ['breaks a rule of the log', offsets(3n, 7n), /breaks a rule of the log is not put.*start at 3, but 5 was committed/],
  ['holds what JSON cannot', { metadata: { share: Number.NaN, rest: 1 }, watermarkMs: Number.NaN }, /watermarkMs/],
])('a record that %s is not put, and the task goes on', async (_what, content, complaint) => {
  const { decisions, commit } = await opened()
  await commit(offsets(0n, 5n))
  await expect(commit(content)).rejects.toThrow(complaint)
  await expect(commit(content)).rejects.toThrow(TypeError)
  expect(decisions.state.sequence).toBe(1)
  await commit(offsets(5n, 6n))
  expect(decisions.state.sequence).toBe(2)
})

test('the state is what readers fold, not what the caller still holds in its hands', async () => {
  const fileSystem = new MemoryFileSystem()
  const context = sampleContext(fileSystem)
  const { epoch, state } = await openTask(context, 'always')
  const decisions = new Decisions(context, epoch, state)
  const metadata = { place: 'here' }
  await decisions.decideAndPublish(planCommit(epoch.header(), { offsets: noOffsets, files: [], metadata }))
  metadata.place = 'there'
  expect(decisions.state.metadata).toEqual({ place: 'here' })
  expect(decisions.state).toEqual((await readLog(context)).state)
})
