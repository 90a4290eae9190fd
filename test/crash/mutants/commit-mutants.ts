// Mutants of the rules under "A commit" and "Open".
import type { Mutant } from './mutant.js'

const random = { in: 'random runs', runsMax: 300 } as const

/** By the design's section "A commit, step by step". */
export const commitMutants: readonly Mutant[] = [
  {
    name: 'the order of a serial is ignored',
    rule: 'actions on one serial run strictly in the recorded order',
    file: 'protocol/publish-order.ts',
    find: 'const lane = action.serial === undefined ? undefined : bySerial.get(action.serial)',
    replace: 'const lane = undefined as Action[] | undefined',
    hunt: random,
  },
  {
    name: 'uploads begin while the attempt before is not published',
    rule: 'uploads of k + 1 to a file that k touches start only then',
    file: 'engine/task-writer.ts',
    find: 'if (this.#carryingOut !== undefined) await this.#carryingOut.catch(() => undefined)',
    replace: '',
    hunt: { ...random, options: { workload: { bufferedBytesMax: 1 } } },
  },
  {
    name: 'a failed upload is cut to the committed length',
    rule: "a failed upload reclaims with keep = that upload's checked base, not the committed length",
    file: 'engine/upload.ts',
    find: 'const { serial, directory, checkedLength: keep, writersGone, takesMore } = target',
    replace: 'const { serial, directory, baseLength: keep, writersGone, takesMore } = target',
    hunt: {
      ...random,
      options: {
        weather: 'broken',
        workload: { bufferedBytesMax: 1, keys: 1, recordsPerFileMax: 1_000, mode: 'append' },
      },
    },
  },
  {
    name: 'what is there already is written again',
    rule: 'a write whose id lies below the position is skipped',
    file: 'engine/intake.ts',
    find: 'if (position !== undefined && id!.offset < position) {',
    replace: 'if (position !== undefined && id!.offset < position - 1n) {',
    hunt: random,
  },
  {
    name: 'a commit is told of before it is published',
    rule: 'commit() resolves when published',
    file: 'engine/decisions.ts',
    find: 'const { sequence } = this.#state\n    await this.#publish()',
    replace: 'const { sequence } = this.#state',
    hunt: random,
  },
  {
    name: 'an abort does not settle',
    rule: 'abort() first settles k',
    file: 'engine/task-writer.ts',
    find: 'await this.#decisions.settle()\n      records =',
    replace: 'records =',
    hunt: random,
  },
  {
    name: 'an abort leaves what was uploaded',
    rule: 'it reclaims every file that was uploaded to',
    file: 'engine/losses.ts',
    find: 'if (target?.reachedDataFile === true) lost.set(target.serial, target)',
    replace: '',
    hunt: random,
  },
  {
    name: 'an abort does not put where the files are now',
    rule: 'if that changed a name or made a copy, ends by putting and publishing a commit without offsets that lists them',
    file: 'engine/losses.ts',
    find: 'if (planned.length > 0) {',
    replace: 'if (planned.length < 0) {',
    hunt: random,
  },
  {
    name: 'positions stay when an attempt is aborted',
    rule: 'discards k + 1',
    file: 'engine/intake.ts',
    find: 'this.before = undefined\n    this.attempt = new Attempt()\n    this.#nextSerial = state.nextSerial',
    replace:
      'this.before = this.attempt.recordCount > 0 ? this.attempt : this.before\n    this.attempt = new Attempt()\n    this.#nextSerial = state.nextSerial',
    hunt: random,
  },
  {
    name: 'a file that this commit seals is filled by the next attempt',
    rule: 'a file may be sealed by attempt k only when no later attempt holds bytes for it',
    file: 'engine/intake.ts',
    find: 'const sealed = isSealedHere || this.before?.sealedKeys.has(key) === true',
    replace: 'const sealed = isSealedHere',
    hunt: {
      ...random,
      options: {
        weather: 'fair',
        workload: { keys: 1, recordsPerFileMax: 4, recordsPerAttemptMax: 4, mode: 'append' },
      },
    },
  },
]

/**
 * By the design's section "Open (claim), step by step". These of its rules make no difference that the simulation could show. Several generations of a file:
 * a copy takes its name and the file before it goes in one record, which is published before anybody reclaims. A second listing before a file
 * counts as gone: a further name sorts behind the one before, so a listing meets one or the other. test/engine/reclaim.test.ts has both.
 */
export const openMutants: readonly Mutant[] = [
  {
    name: 'a claim supersedes what is unfinished',
    rule: 'a claim or checkpoint does not supersede it',
    file: 'protocol/fold.ts',
    find: 'epoch: record.epoch,\n    owner: record.writer,',
    replace: 'epoch: record.epoch,\n    unfinished: undefined,\n    owner: record.writer,',
    hunt: {
      in: 'family',
      family: 'a writer dies at every step',
      workload: 'append',
      every: 1,
      runsMax: 300,
    },
  },
  {
    name: 'an open does not publish',
    rule: 'publish what the newest record that lists anything asks for',
    file: 'engine/open-task.ts',
    find: "plan.publish.length > 0 ? 'unpublished' : 'published'",
    replace: "plan.publish.length < 0 ? 'unpublished' : 'published'",
    hunt: random,
  },
  {
    name: 'an open takes over what it must not',
    rule: "unless takeover: 'ifReleased' forbids it",
    file: 'engine/open-task.ts',
    find: "if (takeover === 'ifReleased' && !state.released) throw notReleased(context, state)",
    replace: '',
    hunt: random,
  },
  {
    name: 'a length is believed while the file is open',
    rule: 'wait until it is closed; still open: copy the committed prefix to a temp',
    file: 'protocol/reclaim-decision.ts',
    find: "if (file.state === 'maybe-open') return 'copy'",
    replace: '',
    hunt: random,
  },
  {
    name: 'a file that is closed and longer is not cut',
    rule: 'closed and longer: TRUNCATE',
    file: 'protocol/reclaim-decision.ts',
    find: "if (file.length === file.keep) return 'keep'",
    replace: "if (file.length >= file.keep) return 'keep'",
    hunt: random,
  },
  {
    name: 'an open does not put where the files are now',
    rule: 'put one commit without offsets that lists the new paths and the copies',
    file: 'engine/open-task.ts',
    find: 'await decisions.decideAndPublish(planCommit(epoch.header(), { offsets: noOffsets, files: planned }))',
    replace: '',
    hunt: random,
  },
  {
    name: 'the file that was copied stays',
    rule: 'the old one deleted',
    file: 'protocol/plan-commit.ts',
    find: 'return [...concats(serial, temp, further), rename, ...deletions]',
    replace: 'return [...concats(serial, temp, further), rename]',
    hunt: random,
  },
  {
    name: 'temps of older epochs go before their record is published',
    rule: 'steps 3 and 6: delete the tmp/ of older epochs after publishing',
    file: 'engine/open-task.ts',
    find: 'await decisions.settle()\n',
    replace: 'await deleteOlderTemps(context, plan.deleteTmpBelowEpoch)\n  await decisions.settle()\n',
    hunt: random,
  },
  {
    name: 'temps of older epochs stay',
    rule: 'delete the tmp/ directories of older epochs',
    file: 'engine/open-task.ts',
    find: 'await deleteOlderTemps(context, plan.deleteTmpBelowEpoch)\n  return',
    replace: 'return',
    hunt: random,
  },
  {
    name: 'fenced by a later claim counts as lost data',
    rule: 'DATA_LOST (after reading the log once more: a later claim means FENCED)',
    file: 'engine/fenced.ts',
    find: 'if (state.epoch <= epoch.number) return',
    replace: 'if (state.epoch >= epoch.number) return',
    hunt: { ...random, options: { weather: 'sleepy', workload: { mode: 'append' } } },
  },
]
