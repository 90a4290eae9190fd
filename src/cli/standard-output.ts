// What happens when whoever reads our output closes the pipe (`| head`).
import { exitCodes } from './exit-code.js'

let goesOn = false

/** Watches standard output: a reader that has seen enough ends the command, and that is no failure of ours. */
export function watchStandardOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    if (!goesOn) process.exit(exitCodes.done)
  })
}

/** For commands whose work is not what they print: they go on, unheard. */
export function goOnUnheard(): void {
  goesOn = true
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}
