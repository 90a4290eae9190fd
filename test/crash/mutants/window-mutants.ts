// Mutants of windows of event time: what docs/decisions/event-time.md promises.
import type { Hunt, Mutant } from './mutant.js'

const hunt: Hunt = { in: 'random runs', runsMax: 60, options: { windows: true } }

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
]
