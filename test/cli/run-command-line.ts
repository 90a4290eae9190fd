// Runs the command as people do: a process of its own.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** What a run of the command left behind. */
export interface CommandRun {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `hdfs-multi-output` with these words and waits for its end. */
export function runCommandLine(
  words: readonly string[],
  options: { readonly input?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): CommandRun {
  const main = ['--import', 'tsx', `${root}/src/cli/main.ts`]
  return spawnSync(process.execPath, [...main, ...words], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, COLUMNS: '80', NO_COLOR: '1', ...options.environment },
    ...(options.input === undefined ? {} : { input: options.input }),
  })
}
