// Mutants of the rules under "The commit log": putting records, settling them, checkpoints and what they let go.
import type { Mutant } from './mutant.js'

const random = { in: 'random runs', runsMax: 300 } as const
/** For what needs several things at once. Which runs have them shifts with every step that the engine adds. */
const rare = { in: 'random runs', runsMax: 2_000 } as const
const small = { in: 'family', workload: 'append', every: 1, runsMax: 300 } as const
const failovers = { ...small, family: 'a rename is shown, and lost in a failover' } as const
const repeatedFailovers = {
  ...small,
  family: 'a rename is repeated and lost in a failover, and its late copy in another',
  every: 7,
} as const
const freedNumbers = {
  ...small,
  family: 'a sleeper wakes when its number is free',
  workload: 'frequent checkpoints',
} as const

/**
 * By the design's section "The commit log". Of its rules these have no mutant: that a gap is corruption only when a second fold shows it, and that a
 * fold ends with a listing, because nothing that the simulation can do makes a difference (a reader begins at the newest checkpoint, below
 * which everything may go, and a claim on a number that was freed finds out by its own listing): test/engine/read-log.test.ts has them.
 * That who was not answered does not release is a second lock on the door: a file whose append or truncate is in doubt has another name by then; test/multi-output-failures.test.ts.
 * Checksums and versions: test/engine/bad-logs.test.ts. That a claim reads again what it touched needs three writers:
 * test/scenarios/failover-and-another-record.txt.
 */
export const logMutants: readonly Mutant[] = [
  {
    name: 'a claim takes the epoch that is there',
    rule: "a claim's epoch = previous + 1",
    file: 'protocol/plan-commit.ts',
    find: "return { type: 'claim', ...header, epoch: state.epoch + 1 }",
    replace: "return { type: 'claim', ...header, epoch: Math.max(1, state.epoch) }",
    hunt: random,
  },
  {
    name: 'a record is put before the one before is published',
    rule: 'no record is put while any listed action is unfinished',
    file: 'engine/decisions.ts',
    find: 'const { sequence } = this.#state\n    await this.#publish()',
    replace: 'const { sequence } = this.#state\n    this.#publish().catch(() => undefined)\n    this.#published = true',
    hunt: random,
  },
  {
    name: 'a checkpoint does not publish its manifests',
    rule: "no record is put while any listed action is unfinished, a checkpoint's manifest included",
    file: 'engine/decisions.ts',
    find: "put.record.type === 'claim' ||",
    replace: "put.record.type !== 'commit' ||",
    hunt: random,
  },
  {
    name: 'ids are left out',
    rule: 'our id: won, another id: FENCED',
    file: 'engine/put-record.ts',
    find: "return placed.record.id === this.record.id ? 'ours' : 'other'",
    replace:
      "return placed.record.epoch === this.record.epoch && placed.record.type === this.record.type ? 'ours' : 'other'",
    hunt: random,
  },
  {
    name: 'an unanswered rename of a record counts as done',
    rule: 'lost reply: read s',
    file: 'protocol/settle-put.ts',
    find: "if (seen.rename === 'done') return confirmed(seen)",
    replace: "if (seen.rename !== 'parent-absent') return confirmed(seen)",
    hunt: random,
  },
  {
    name: 'a record whose temp is gone counts as won',
    rule: 'absent and the temp gone: list, read again; still nothing of ours: FENCED',
    file: 'protocol/settle-put.ts',
    find: '// The temp was consumed, or deleted by a later epoch, between our looks.',
    replace: "if (seen.temp === 'absent') return 'won'",
    hunt: freedNumbers,
  },
  {
    name: 'no listing after a win',
    rule: 'won counts only after a listing from s on shows no higher sequence',
    file: 'protocol/settle-put.ts',
    find: 'function confirmed(seen: PutSeen): PutStep {',
    replace: "function confirmed(seen: PutSeen): PutStep {\n  if (seen) return 'won'",
    hunt: freedNumbers,
  },
  {
    name: 'no listing before an abort is believed',
    rule: 'absent counts only after a listing from s on shows no higher sequence',
    file: 'protocol/settle-put.ts',
    find: "if (seen.above === undefined) return 'list-above'\n  return seen.above === 'something' ? 'fenced' : 'undecided'",
    replace: "return 'undecided'",
    hunt: freedNumbers,
  },
  {
    name: 'no settling before an abort',
    rule: 'to abort instead: delete the temp, read s, list',
    file: 'engine/put-record.ts',
    find: 'if (this.#temp === undefined || !this.#renamed) {',
    replace: 'if (this.#temp !== null) {',
    hunt: random,
  },
  {
    name: 'an abort leaves the temp of the record',
    rule: 'to abort instead: delete the temp',
    file: 'engine/put-record.ts',
    find: 'const found = await fileSystem.delete(this.#temp)',
    replace: "const found = 'deleted' as 'deleted' | 'absent'",
    hunt: { ...small, family: 'a record comes late, and its sender cannot look' },
  },
  {
    name: 'a record that was only seen is believed',
    rule: 'what was seen and not answered counts after it was touched: a record that is settled by reading',
    file: 'engine/put-record.ts',
    find: "if ((await this.#context.fileSystem.touch(this.#path)) === 'absent') return { rename: 'not-done' }",
    replace: '',
    hunt: failovers,
  },
  {
    name: 'a record is looked at twice and not touched',
    rule: 'a second look may see the work of another request than the first: only the thing itself can be made durable',
    file: 'engine/put-record.ts',
    find: "if ((await this.#context.fileSystem.touch(this.#path)) === 'absent') return { rename: 'not-done' }",
    replace: "await this.#context.fileSystem.mkdirs(this.#epoch.freshTemp('settled'))",
    hunt: repeatedFailovers,
  },
  {
    name: 'a publish is looked at twice and not touched',
    rule: 'a second look may see the work of another request than the first: only the thing itself can be made durable',
    file: 'engine/publish.ts',
    find: "return action.do === 'rename' && (await fileSystem.touch(action.to)) === 'present' ? 'durable' : 'seen'",
    replace:
      "await fileSystem.mkdirs('_multi_output/tmp/settled'); return (await fileSystem.stat(sourceOf(action))) === undefined ? 'durable' : 'seen'",
    hunt: repeatedFailovers,
  },
  {
    name: 'a claim follows a record that was only seen',
    rule: 'what was seen and not answered counts after it was touched: the record that a claim follows',
    file: 'engine/put-record.ts',
    find: "if ((await this.#context.fileSystem.touch(this.#follows.path)) === 'absent') return true",
    replace: '',
    hunt: { ...small, family: 'a claim follows a record that is lost, and comes again' },
  },
  {
    name: 'a publish that was only seen is believed',
    rule: 'what was seen and not answered counts after it was touched: a rename that is published',
    file: 'engine/publish.ts',
    find: "return action.do === 'rename' && (await fileSystem.touch(action.to)) === 'present' ? 'durable' : 'seen'",
    replace: "return 'durable'",
    hunt: failovers,
  },
  {
    name: 'a deletion is begun behind a rename that was only seen',
    rule: 'actions on one serial: each only after the one before is durable',
    file: 'engine/publish.ts',
    find: "action.do === 'rename' && (await fileSystem.touch(action.to)) === 'present'",
    replace:
      "action.do === 'rename' && (action.from.includes('/copy-') || (await fileSystem.touch(action.to)) === 'present')",
    hunt: {
      ...rare,
      options: {
        weather: 'unheard',
        failOver: 0.9,
        workload: { mode: 'append', keys: 1, streamThresholdBytes: 1, uploadIdleMsMax: 20 },
      },
    },
  },
  {
    name: 'a job that was only seen is believed',
    rule: 'what was seen and not answered counts after it was touched: job.json',
    file: 'engine/job-file.ts',
    find: "(await context.fileSystem.touch(JOB_PATH)) === 'present' ? await readJob(context) : undefined",
    replace: 'await readJob(context)',
    hunt: failovers,
  },
  {
    name: 'a listed record that is gone is corruption',
    rule: 'a gap, or a 404 on a listed record, folds again',
    file: 'engine/read-log.ts',
    find: 'if (records === undefined) continue',
    replace: "if (records === undefined) throw corrupt(logDirectory(reader.task), 'a record is gone')",
    hunt: { ...rare, options: { workload: { checkpointCommitsMax: 1 } } },
  },
  {
    name: 'garbage collection takes one checkpoint more',
    rule: 'records below the last but one checkpoint are deleted',
    file: 'protocol/checkpoint-policy.ts',
    find: 'return state.checkpointBefore ?? 0',
    replace: 'return state.checkpoint ?? 0',
    hunt: random,
  },
  {
    name: 'garbage is collected from the newest on',
    rule: 'by listing and in ascending order',
    file: 'engine/checkpoint.ts',
    find: 'for (const sequence of await listSequences(context, -1)) {\n    if (sequence >= firstKept) return',
    replace:
      'for (const sequence of (await listSequences(context, -1)).reverse()) {\n    if (sequence >= firstKept) continue',
    hunt: { ...random, options: { weather: 'deadly', workload: { checkpointCommitsMax: 1 } } },
  },
  {
    name: 'a checkpoint forgets the open files',
    rule: 'the whole folded state as of the record before',
    file: 'protocol/fold.ts',
    find: 'openFiles: [...state.openFiles.values()],\n    sealedFiles: [],',
    replace: 'openFiles: [...state.openFiles.values()].slice(1),\n    sealedFiles: [],',
    hunt: random,
  },
  {
    name: 'a sealed entry stays in the state and goes to a manifest',
    rule: 'a sealed entry is in the state or in a manifest, never in both',
    file: 'protocol/fold.ts',
    find: 'openFiles: [...state.openFiles.values()],\n    sealedFiles: [],',
    replace: 'openFiles: [...state.openFiles.values()],\n    sealedFiles: state.sealedFiles,',
    hunt: random,
  },
  {
    name: 'a sealed entry goes to no manifest',
    rule: 'a checkpoint also publishes a manifest of the files sealed since the last one',
    file: 'engine/checkpoint.ts',
    find: 'for (const file of state.sealedFiles) {',
    replace: 'for (const file of state.sealedFiles.slice(1)) {',
    hunt: random,
  },
  {
    name: 'a writer that was fenced lives on',
    rule: 'FENCED: this writer is dead',
    file: 'engine/writer-health.ts',
    find: "if (isMultiOutputError(error, 'FENCED')) this.#fenced ??= error",
    replace: 'if (isMultiOutputError(error) && error === this.#fenced) this.#fenced ??= error',
    hunt: random,
  },
]
