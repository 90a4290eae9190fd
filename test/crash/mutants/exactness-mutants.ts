// Mutants of the rules under "Why it is exact": the decision, the name as a capability, the burnt name, nothing without a record.
import type { Mutant } from './mutant.js'

const random = { in: 'random runs', runsMax: 300 } as const

/** By the design's section "Why it is exact". */
export const exactnessMutants: readonly Mutant[] = [
  {
    name: 'a record replaces the one that stands there',
    rule: '1: one file appearing under a name that must not exist',
    file: 'engine/put-record.ts',
    find: "{ mode: 'claim' }",
    replace: "{ mode: 'replace' }",
    hunt: random,
  },
  {
    name: 'no fence',
    rule: '2: then renames every file the old one could still be writing to',
    file: 'protocol/plan-open.ts',
    find: "fence: state.released || mode !== 'append' ? [] : [...state.openFiles.values()],",
    replace: 'fence: [],',
    hunt: random,
  },
  {
    name: 'a fenced file is cut without a new name',
    rule: '2: a name is a capability',
    file: 'engine/reclaim.ts',
    find: 'const next: DataFileName = { ...generations.highest, generation: epoch.nextGeneration() }',
    replace: 'const next: DataFileName = generations.highest; if (next !== undefined) return next',
    hunt: random,
  },
  {
    name: "a generation that is not of one's own epoch",
    rule: '2: a generation of one’s own epoch',
    file: 'engine/reclaim.ts',
    find: 'const next: DataFileName = { ...generations.highest, generation: epoch.nextGeneration() }',
    replace:
      'const highest = generations.highest.generation; const next: DataFileName = { ...generations.highest, generation: { epoch: highest.epoch, counter: highest.counter + 1 } }',
    hunt: random,
  },
  {
    name: 'no refusal of a higher epoch',
    rule: '2: whoever meets a generation of a higher epoch than its own is FENCED',
    file: 'protocol/reclaim-decision.ts',
    find: "if (highest.generation.epoch > file.epoch) return { found: 'later-epoch', name: naming.format(highest) }",
    replace: '',
    hunt: random,
  },
  {
    name: 'an unanswered append is repeated at once',
    rule: '3: the file is reclaimed under its next generation, then written again',
    file: 'engine/upload.ts',
    find: "if (error.outcome === 'unknown') epoch.hasUnanswered = true",
    replace: "if (error.outcome === 'unknown') { epoch.hasUnanswered = true; return }",
    hunt: random,
  },
  {
    name: 'an unanswered append of a temp is repeated at once',
    rule: '3, for temps: a fresh temp name, or a copy',
    file: 'engine/upload.ts',
    find: 'const temp = await copyPrefix(context, epoch, path, target.checkedLength)',
    replace: 'const temp = path as string',
    hunt: { ...random, options: { workload: { bufferedBytesMax: 1 } } },
  },
  {
    name: 'an unanswered append is repeated when the length says that nothing came',
    rule: '3: reading state proves nothing',
    file: 'engine/upload.ts',
    find: 'await prepareRepeat(context, epoch, target, path, error)',
    replace:
      'if ((await context.fileSystem.stat(path))?.length !== target.checkedLength) await prepareRepeat(context, epoch, target, path, error)',
    hunt: random,
  },
  {
    name: 'an unanswered truncate counts as done',
    rule: '3: any unanswered TRUNCATE leaves a request that may still act later',
    file: 'engine/reclaim.ts',
    find: 'mayTruncate = false\n        continue',
    replace: "return reclaimed(context, request, path, 'truncated')",
    hunt: random,
  },
  {
    name: 'an error of a publish counts as done',
    rule: '3: an error means nothing until the source was looked up',
    file: 'engine/publish.ts',
    find: 'if ((await context.fileSystem.stat(sourceOf(action))) !== undefined) {',
    replace: 'if (action === undefined) {',
    hunt: random,
  },
  {
    name: 'temps share names',
    rule: '3: every temp name holds a fresh 128-bit id',
    file: 'engine/task-context.ts',
    find: 'return tempPath(this.#context.task, this.number, kind, this.#context.random.id())',
    replace: "return tempPath(this.#context.task, this.number, kind, '00000000000000000000000000000000')",
    hunt: random,
  },
  {
    name: 'a copy is renamed before a record lists it',
    rule: '4: copies made by a reclaim are temps until a record lists them',
    file: 'engine/reclaim.ts',
    find: "return { path: next, placement: { at: 'temp', temp, replaces: [path] } }",
    replace:
      "await context.fileSystem.rename(temp, next, { mode: 'move' }); await context.fileSystem.delete(path); return { path: next, placement: { at: 'data-file' } }",
    hunt: random,
  },
  {
    name: 'a new file takes its name before the decision',
    rule: '4: new files are temps until a record lists them',
    file: 'engine/upload.ts',
    find: "target.placement = { at: 'temp', temp }",
    replace:
      "await context.fileSystem.rename(temp, target.path, { mode: 'move' }); target.placement = { at: 'data-file' }",
    hunt: random,
  },
  {
    name: 'a copied file is deleted before a record says so',
    rule: '4: deletions are intentions until a record lists them',
    file: 'engine/reclaim.ts',
    find: "return { path: next, placement: { at: 'temp', temp, replaces: [path] } }",
    replace:
      "await context.fileSystem.delete(path); return { path: next, placement: { at: 'temp', temp, replaces: [path] } }",
    hunt: random,
  },
]
