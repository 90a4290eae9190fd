// Mutants of the rules of mode `concat`, and of what readers never see.
import type { Mutant } from './mutant.js'

const concat = { in: 'random runs', runsMax: 300, options: { concat: 'always' } } as const
/** Two CONCATs of a file in one record: what is uploaded early, and what comes after it. */
const severalParts = {
  ...concat,
  options: { concat: 'always', workload: { bufferedBytesMax: 1, keys: 1, recordsPerFileMax: 1_000 } },
} as const
const refused = { ...concat, options: { concat: 'always', workload: { mode: 'concat', snapshotEvery: 2 } } } as const
const hidden = { ...concat, options: { concat: 'always', workload: { visibility: 'sealed' } } } as const
const newFile = { in: 'random runs', runsMax: 300, options: { workload: { mode: 'new-file' } } } as const

/**
 * By docs/protocol.md, "The modes", and docs/decisions/concat.md. Not among them, but in test/multi-output-concat.test.ts: that a replacement repeats what else is unfinished (it takes
 * two refused files in one commit, of which a rival publishes one between the refusal and the look), that its length is compared (a late CONCAT and a failover, both while it is
 * copied), and that blocks are counted (no record is wrong where they are not).
 */
export const concatMutants: readonly Mutant[] = [
  {
    name: 'a CONCAT without an answer counts as done',
    rule: 'done means that the source is absent',
    file: 'engine/publish.ts',
    find: 'if ((await context.fileSystem.stat(sourceOf(action))) !== undefined) {',
    replace: "if (action.do !== 'concat' && (await context.fileSystem.stat(sourceOf(action))) !== undefined) {",
    hunt: concat,
  },
  {
    name: 'a CONCAT before the decision',
    rule: 'after the decision rename it beside the target, then CONCAT',
    file: 'engine/task-writer.ts',
    find: 'const sequence = await this.#decisions.decideAndPublish(record)',
    replace:
      "for (const each of record.publish) { if (each.do === 'concat') await this.#context.fileSystem.concat(each.target, [each.source]); if (each.do === 'rename' && each.to.includes('.concat-')) await this.#context.fileSystem.rename(each.from, each.to, { mode: 'move' }) }\n    const sequence = await this.#decisions.decideAndPublish(record)",
    hunt: concat,
  },
  {
    name: 'the actions of one file in any order, with CONCAT',
    rule: 'actions on one serial run strictly in the recorded order',
    file: 'protocol/publish-order.ts',
    find: 'const lane = action.serial === undefined ? undefined : bySerial.get(action.serial)',
    replace: 'const lane = undefined as Action[] | undefined',
    hunt: severalParts,
  },
  {
    name: 'CONCATs that are seen done are not looked at again',
    rule: 'what was only seen may not be durable',
    file: 'engine/publish.ts',
    find: "return action.do === 'rename' && (await fileSystem.touch(action.to)) === 'present' ? 'durable' : 'seen'",
    replace: "return 'durable'",
    hunt: { ...concat, runsMax: 1_000, options: { concat: 'always', failOver: 0.6, weather: 'unheard' } },
  },
  {
    name: 'what is uploaded later in an attempt is appended to the first temp',
    rule: 'nothing is ever appended to',
    file: 'engine/upload.ts',
    find: "const temp = await writeTemp(context, epoch, 'data', content, context.createOptions)\n  target.parts?.push({ temp, bytes })",
    replace:
      "const there = target.parts?.[0]\n  const temp = there?.temp ?? (await writeTemp(context, epoch, 'data', content, context.createOptions))\n  if (there !== undefined) await context.fileSystem.append(temp, content, { base: there.bytes })\n  if (there === undefined) target.parts?.push({ temp, bytes })\n  else there.bytes += bytes",
    hunt: severalParts,
  },
  {
    name: 'later parts of a new file become visible one by one',
    rule: 'readers see all that a commit adds to a file at once',
    file: 'protocol/plan-commit.ts',
    find: 'return [...concats(serial, temp, further), rename, ...deletions]',
    replace: 'return [rename, ...concats(serial, path, further), ...deletions]',
    hunt: severalParts,
  },
  {
    name: 'parts in the wrong order',
    rule: 'CONCAT in the order of the uploads',
    file: 'protocol/plan-commit.ts',
    find: "return sources.map((source) => ({ do: 'concat', serial, source, target }))",
    replace: "return sources.toReversed().map((source) => ({ do: 'concat', serial, source, target }))",
    hunt: severalParts,
  },
  {
    name: 'a hidden file is shown before its last CONCAT',
    rule: 'dot-hidden until the record that seals them is published',
    file: 'protocol/plan-commit.ts',
    find: "if (target !== path) actions.push({ do: 'rename', serial, from: target, to: path })\n      return actions",
    replace:
      "if (target !== path) return [{ do: 'rename', serial, from: target, to: path }, ...actions.slice(0, -1), { do: 'concat', serial, source, target: path }]\n      return actions",
    hunt: hidden,
  },
  {
    name: 'an open file is not hidden',
    rule: "'sealed' keeps them dot-hidden",
    file: 'engine/file-plan.ts',
    find: "const shown = fresh.visibility === 'sealed' ? 'hidden' : 'visible'",
    replace: "const shown = 'visible' as 'hidden' | 'visible'",
    hunt: hidden,
  },
  {
    name: 'CONCATs that are refused for good are tried for ever',
    rule: 'a decided CONCAT that has become impossible is replaced',
    file: 'engine/publish.ts',
    find: "const isForGood = code === 'UNSUPPORTED' || code === 'INVALID_ARGUMENT'",
    replace: 'const isForGood = false',
    hunt: refused,
  },
  {
    name: 'a replacement in the wrong order',
    rule: 'copy the target and all its remaining sources, in order',
    file: 'engine/replace-file.ts',
    find: 'const paths = there.map(([name]) => name)',
    replace: 'const paths = there.map(([name]) => name).toReversed()',
    hunt: refused,
  },
  {
    name: 'a replacement leaves what it was made from',
    rule: 'and deletes the old target and those sources',
    file: 'engine/replace-file.ts',
    find: 'replaces: there.flat()',
    replace: 'replaces: there[0]!',
    hunt: refused,
  },
  {
    name: 'a replacement is published without a record',
    rule: '4: copies are temps until a record lists them',
    file: 'engine/decisions.ts',
    find: 'await this.#decide(planCommit(this.#epoch.header(), { offsets: noOffsets, files, again }))',
    replace:
      'await publish(this.#context, this.#epoch, planCommit(this.#epoch.header(), { offsets: noOffsets, files, again }).publish)',
    hunt: refused,
  },
  {
    name: 'a takeover fences data files that nobody writes to',
    rule: 'no fencing: nothing ever writes to a data file',
    file: 'protocol/plan-open.ts',
    find: "fence: state.released || mode !== 'append' ? [] : [...state.openFiles.values()],",
    replace: 'fence: state.released ? [] : [...state.openFiles.values()],',
    hunt: concat,
  },
  {
    name: 'a file of mode new-file is gone on with',
    rule: 'new-file: sealed at every commit',
    file: 'engine/seal-choice.ts',
    find: "policy.mode === 'new-file' ? 'mode' :",
    replace: "policy.mode === ('never' as string) ? 'mode' :",
    hunt: newFile,
  },
]
