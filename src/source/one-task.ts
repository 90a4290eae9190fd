// What sources say that cannot be shared out among tasks.
import { MultiOutputError } from '../model/multi-output-error.js'
import type { SourceOpenOptions } from './source.js'

/** Refuses (`WRONG_OPTIONS`) a job of several tasks: each of them would read everything, and give the same ids to it. */
export function refuseSeveralTasks(name: string, { taskCount }: Pick<SourceOpenOptions, 'taskCount'>): void {
  if (taskCount === 1) return
  throw new MultiOutputError(
    'WRONG_OPTIONS',
    `${name} cannot be shared out: taskCount is ${taskCount}, and with this source it must be 1. To read files in parallel give each share a job and a location of its own.`,
  )
}
