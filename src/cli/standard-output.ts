// What happens when our output is heard no more: the pipe is closed (`| head`), or the disk that it goes to is full.
import { exitCodes } from './exit-code.js'

let goesOn = false
let hasSaidSo = false

/** Watches standard output: a reader that has seen enough ends the command, and that is no failure of ours; any other loss of output is. */
export function watchStandardOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      if (!goesOn) process.exit(exitCodes.done)
      return
    }
    if (!hasSaidSo) console.error(`hdfs-multi-output: standard output cannot be written: ${error.message}`)
    hasSaidSo = true
    if (!goesOn) process.exit(exitCodes.failed)
  })
  // There is nowhere left to say it.
  process.stderr.on('error', () => {})
}

/** For commands whose work is not what they print: they go on, unheard. */
export function goOnUnheard(): void {
  goesOn = true
}
