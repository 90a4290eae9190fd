// A writer with open files vanishes, and how long the next one takes to open the task.
import type { TakeoverReport, TakeoverTask } from '../writer/takeover.js'
import { startVictim } from '../writer/victim.js'
import { runChild } from './run-child.js'

const BYTES_PER_FILE = 16 * 1024

/** Milliseconds of the open that follows; each file was reclaimed. */
export async function openAfterCrash(
  compiledDirectory: string,
  { location, files, user }: { readonly location: string; readonly files: number; readonly user: string },
): Promise<number> {
  const task: Omit<TakeoverTask, 'role'> = { location, user, keys: files, bytesPerKey: BYTES_PER_FILE, halfOpen: 1 }
  const victim = await startVictim(compiledDirectory, task)
  victim.kill('SIGKILL')
  const { openedMs } = await runChild<TakeoverReport>(compiledDirectory, 'bench/writer/takeover', {
    ...task,
    role: 'successor',
  })
  return openedMs
}
