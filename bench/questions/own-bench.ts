// Questions that are benches of their own, with options of their own: started as they are, their exit code is their answer.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Inquiry } from './question.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** `file` below bench/. What it prints is shown; a bound that it misses is a failure. */
export function ownBench(file: string, options: readonly string[] = []): (inquiry: Inquiry) => Promise<void> {
  return async ({ section, rounds }) => {
    const words = [...options, ...(rounds === undefined ? [] : ['--rounds', String(rounds)])]
    const child = spawn(process.execPath, ['--import', 'tsx', `bench/${file}`, ...words], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      said += piece
      process.stdout.write(piece)
    })
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    section.notes.push(...said.split('\n').filter((line) => line.trim() !== ''))
    if (code !== 0) throw new Error(`bench/${file} ended with ${code ?? signal}: it failed, or a bound was missed`)
  }
}
