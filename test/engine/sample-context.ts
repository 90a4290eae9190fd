// A task's world for tests of single parts of the engine: a file system in memory, manual time, counted ids.
import pLimit from 'p-limit'
import { engineLimits } from '../../src/engine/limits.js'
import { silentLogger } from '../../src/engine/logger.js'
import type { TaskContext } from '../../src/engine/task-context.js'
import type { FileSystem } from '../../src/file-system/file-system.js'
import { checkpointLimits } from '../../src/protocol/checkpoint-policy.js'
import { fileNamingOf } from '../../src/protocol/file-naming.js'
import { CountingRandom, ManualClock, writer } from './sample-output.js'

/** A context of task 0. */
export function sampleContext(fileSystem: FileSystem, overrides: Partial<TaskContext> = {}): TaskContext {
  return {
    fileSystem,
    clock: new ManualClock(),
    random: new CountingRandom(),
    writer,
    isSurelyGone: () => false,
    task: 0,
    naming: fileNamingOf({}),
    limits: engineLimits,
    checkpointLimits,
    mode: 'append',
    createOptions: {},
    hooks: {},
    logger: silentLogger,
    lanes: pLimit(engineLimits.operationsMax),
    ...overrides,
  }
}
