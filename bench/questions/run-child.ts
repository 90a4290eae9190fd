// Runs a program of the bench, compiled, in a process of its own, and answers what it told.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Above it the program is killed and the bench fails. */
const CHILD_MS_MAX = 3_600_000

/** `program` as `bench/peers/ours`; the task is its first argument, its answer is JSON on standard output. */
export async function runChild<Report>(
  compiledDirectory: string,
  program: string,
  task: object,
  { nodeArguments = [] }: { readonly nodeArguments?: readonly string[] } = {},
): Promise<Report> {
  const script = join(compiledDirectory, `${program}.js`)
  const child = spawn(process.execPath, [...nodeArguments, script, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: CHILD_MS_MAX,
    killSignal: 'SIGKILL',
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    said += piece
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (code !== 0) throw new Error(`${program} ended with ${code ?? signal}`)
  return JSON.parse(said) as Report
}
