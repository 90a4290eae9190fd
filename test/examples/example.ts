// Starts an example as its users do: a program of its own, with arguments.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How an example ended. */
export interface ExampleRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const RUN_MS_MAX = 120_000
const root = fileURLToPath(new URL('../../', import.meta.url))

/** Runs `examples/<name>.ts` to its end. */
export function runExample(name: string, ...parameters: readonly string[]): Promise<ExampleRun> {
  const command = ['--import', 'tsx', `examples/${name}.ts`, ...parameters]
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: root, timeout: RUN_MS_MAX }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ exitCode, stdout, stderr })
    })
  })
}

/** What the example makes of examples/orders.csv: order numbers by directory. */
export const ordersByDirectory: Readonly<Record<string, readonly string[]>> = {
  'country=at': ['1009'],
  'country=br': ['1006'],
  'country=de': ['1001', '1003', '1007', '1010'],
  'country=fr': ['1002', '1005'],
  'country=jp': ['1004', '1008'],
}

/** The order numbers of JSON lines. */
export function ordersIn(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { order: string }).order)
}
