// Which processes carry a mark in their environment: how tests see that nothing of what they started is left.
//
// Every process that is started below a marked one inherits the mark, whoever its parent is by now. Linux only (/proc).
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const POLL_INTERVAL_MS = 100

/** The environment variable that holds the mark. */
export const markName = 'MULTI_OUTPUT_TEST_MARK'

/** A process that runs: one that has ended and waits to be reaped is not listed. */
export interface ListedProcess {
  readonly pid: number
  /** The words of its command line, joined by blanks. */
  readonly command: string
}

/** The processes whose environment has `MULTI_OUTPUT_TEST_MARK=<mark>`. */
export async function markedProcesses(mark: string): Promise<ListedProcess[]> {
  const listed: ListedProcess[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      // The environment of a process that has ended is empty.
      const environment = await readFile(`/proc/${name}/environ`, 'utf8')
      if (!environment.split('\0').includes(markEntry(mark))) continue
      const commandLine = await readFile(`/proc/${name}/cmdline`, 'utf8')
      listed.push({ pid: Number(name), command: commandLine.split('\0').join(' ').trim() })
    } catch (error) {
      if (!isGoneOrForeign(error)) throw error
    }
  }
  return listed
}

/** Those of them that are servers of a cluster: Java processes, not their watchers. */
export async function markedServers(mark: string): Promise<ListedProcess[]> {
  return (await markedProcesses(mark)).filter(({ command }) => /^\S*java @/.test(command))
}

/** Resolves with the marked processes that are left after `waitMsMax`, at once when none is left. */
export async function remainingProcesses(options: {
  readonly mark: string
  readonly waitMsMax: number
}): Promise<ListedProcess[]> {
  const startedAtMs = Date.now()
  for (;;) {
    const left = await markedProcesses(options.mark)
    if (left.length === 0 || Date.now() - startedAtMs >= options.waitMsMax) return left
    await delay(POLL_INTERVAL_MS)
  }
}

/** SIGKILL to what a failed test may have left. */
export async function killMarkedProcesses(mark: string): Promise<void> {
  for (const { pid } of await markedProcesses(mark)) process.kill(pid, 'SIGKILL')
}

/** Our environment with the mark, for a child. */
export function markedEnvironment(mark: string): NodeJS.ProcessEnv {
  return { ...process.env, [markName]: mark }
}

function markEntry(mark: string): string {
  return `${markName}=${mark}`
}

function isGoneOrForeign(error: unknown): boolean {
  return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')
}
