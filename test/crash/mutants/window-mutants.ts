// Mutants of windows of event time: what docs/decisions/event-time.md promises.
import type { Hunt, Mutant } from './mutant.js'

const hunt: Hunt = { in: 'random runs', runsMax: 60, options: { windows: true } }

/** Tasks that share the job. */
const several: Hunt = { in: 'random runs', runsMax: 60, options: { windows: true, tasks: 'several' } }

/** Windows and their markers. */
export const windowMutants: readonly Mutant[] = [
  {
    name: 'the watermark of a lost attempt counts',
    rule: 'A failed commit takes its watermark back with it',
    file: 'engine/event-times.ts',
    find: 'this.#floorMs = state.watermarkMs',
    replace: 'this.#floorMs ??= state.watermarkMs',
    hunt: { ...hunt, runsMax: 400 },
  },
  {
    name: 'records go on coming to sealed windows',
    rule: 'a window is closed for records exactly when its files are',
    file: 'engine/event-times.ts',
    find: 'this.#floorMs === undefined || windowEndMs > this.#floorMs',
    replace: 'this.#floorMs === undefined || windowEndMs > this.#floorMs - 400',
    hunt,
  },
  {
    name: 'a window is marked before it is over',
    rule: 'a directory is complete when every log says so',
    file: 'engine/markers.ts',
    find: 'this.#markAll(pending.filter(([, endMs]) => endMs <= untilMs))',
    replace: 'this.#markAll([...state.unmarkedWindows])',
    hunt,
  },
  {
    name: 'files that an attempt did not touch stay open behind the watermark',
    rule: 'all files of a window are sealed in one commit',
    file: 'engine/seal-choice.ts',
    find: "(file.windowEndMs ?? Infinity) <= watermarkMs ? 'window' : rollReason(file, roll, nowMs)",
    replace: 'rollReason(file, roll, nowMs)',
    hunt,
  },
  {
    name: 'a checkpoint forgets which windows lack their marker',
    rule: 'the fold keeps the directories that have no marker yet',
    file: 'protocol/fold.ts',
    find: 'unmarkedWindows: new Map(unmarkedWindows)',
    replace: 'unmarkedWindows: new Map(unmarkedWindows?.slice(1))',
    hunt,
  },
  {
    name: 'the watermark begins anew at an open',
    rule: 'the log has the watermark, which is the floor after a restart',
    file: 'protocol/watermark.ts',
    find: 'return Math.max(floorMs ?? -Infinity, earliestMs - this.#policy.allowedLatenessMs)',
    replace: 'return earliestMs - this.#policy.allowedLatenessMs',
    hunt,
  },
  {
    name: 'a seal does not close the window for what is written meanwhile',
    rule: 'A record is late if its window ends at or below the watermark of the last commit that was begun',
    file: 'engine/intake.ts',
    find: 'this.#options.eventTimes?.rotate(watermarkMs)',
    replace: '',
    hunt,
  },
  {
    name: 'a marker does not wait for the other tasks',
    rule: 'a directory is complete when the log of every task says so',
    file: 'engine/markers.ts',
    find: 'const untilMs = Math.min(watermarkMs, ...[...others.values()].map((other) => other.watermarkMs))',
    replace: 'const untilMs = watermarkMs',
    hunt: several,
  },
  {
    name: 'a task that was never opened is past everything',
    rule: 'A task that was never opened is not past',
    file: 'engine/other-tasks.ts',
    find: '      if (one === undefined || one.watermarkMs < pastMs) {',
    replace: '      if (one === undefined) continue\n      if (one.watermarkMs < pastMs) {',
    hunt: several,
  },
  {
    name: 'a watermark counts when it is decided',
    rule: 'Published, not only decided',
    file: 'engine/other-tasks.ts',
    find: 'const isPublished = newest !== undefined || listsNothing',
    replace: 'const isPublished = true',
    hunt: {
      in: 'family',
      family: 'of two tasks one dies at every step',
      workload: 'windows of two tasks, hidden',
      every: 1,
      runsMax: 800,
    },
  },
  {
    name: 'a marker that is there is only seen',
    rule: 'one that was only seen is touched',
    file: 'engine/markers.ts',
    find: "if (isThere && (await fileSystem.touch(path)) !== 'absent') return",
    replace: 'if (isThere) return',
    hunt: {
      in: 'family',
      family: 'a marker of the dead comes late, is shown, and lost in a failover',
      workload: 'windows',
      every: 1,
      runsMax: 40,
    },
  },
  {
    name: 'who has nothing to mark does not look for those who left',
    rule: 'and those of tasks that were released meanwhile',
    file: 'engine/markers.ts',
    find: 'if (this.#options.taskCount === 1 || (this.#untilMs ?? -Infinity) >= watermarkMs) return false',
    replace: 'return false',
    hunt: several,
  },
  {
    name: 'who leaves does not look once more',
    rule: 'whoever leaves last marks what is left',
    file: 'engine/task-writer.ts',
    find: "    await this.#windows?.mark(this.state, 'at-once')\n  }\n\n  #enqueue",
    replace: '  }\n\n  #enqueue',
    hunt: {
      in: 'family',
      family: 'two tasks, every two switches between them',
      workload: 'windows of two tasks',
      every: 50,
      runsMax: 450,
    },
  },
  {
    name: 'a task without partitions stays where it is',
    rule: 'A task that owns no partition says so itself',
    file: 'engine/event-times.ts',
    find: 'if (followedMs === undefined) return this.#floorMs',
    replace: 'if (followedMs !== undefined) return this.#floorMs',
    hunt: several,
  },
]
