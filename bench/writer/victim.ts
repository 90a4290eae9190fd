// A writer of writer/takeover.ts that is to vanish with uploads open.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TakeoverTask } from './takeover.js'

/** Resolves when its uploads are open. Rejects, and it is gone, where it ended before. */
export async function startVictim(compiledDirectory: string, task: Omit<TakeoverTask, 'role'>): Promise<ChildProcess> {
  const script = join(compiledDirectory, 'bench/writer/takeover.js')
  const victim = spawn(process.execPath, [script, JSON.stringify({ ...task, role: 'victim' })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await Promise.race([
      once(victim.stdout, 'data'),
      once(victim, 'exit').then(() => {
        throw new Error('the writer ended before its uploads were open')
      }),
    ])
    return victim
  } catch (error) {
    victim.kill('SIGKILL')
    throw error
  }
}
