// Starts the command hdfs-multi-output as its users do: a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const COMMAND_MS_MAX = 120_000

/** An event of `run --json`. */
export interface RunEvent {
  readonly event: string
  readonly records?: number
  readonly committedRecords?: number
  readonly outcome?: string
}

/** How a command ended. */
export interface CommandEnd {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end, or until `onEvent` kills it; it gets each JSON line that was printed. */
export async function command(
  words: readonly string[],
  onEvent: (event: RunEvent, kill: () => void) => void = () => {},
): Promise<CommandEnd> {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', `${root}src/cli/main.ts`, ...words], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_MS_MAX,
    env: { ...process.env, NO_COLOR: '1' },
  })
  let stdout = ''
  let stderr = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  createInterface(child.stdout!).on('line', (line) => {
    stdout += `${line}\n`
    if (line.startsWith('{"event"')) onEvent(JSON.parse(line) as RunEvent, () => child.kill('SIGKILL'))
  })
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, stdout, stderr }
}
