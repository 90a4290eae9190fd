// A failure as the command says it: what is wrong, where, what to do; and the exit code that goes with it.
import { FileSystemError } from '../file-system/file-system-error.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { exitCodes, UsageError } from './exit-code.js'

/** Prints a failure on stderr and answers the exit code. An error that is none of ours comes with its stack: it is a bug. */
export function explainFailure(error: unknown): number {
  if (error instanceof UsageError) return say(error.message, exitCodes.wrongUsage)
  if (error instanceof MultiOutputError) {
    return say(
      `${error.code}: ${error.message}`,
      error.code === 'WRONG_OPTIONS' ? exitCodes.wrongUsage : exitCodes.failed,
    )
  }
  if (error instanceof FileSystemError) {
    const isUsage =
      error.operation === 'open' && ['INVALID_ARGUMENT', 'INVALID_PATH', 'UNSUPPORTED'].includes(error.code)
    return say(`${error.code}: ${error.message}`, isUsage ? exitCodes.wrongUsage : exitCodes.failed)
  }
  if (error instanceof Error && 'code' in error) return say(`${String(error.code)}: ${error.message}`, exitCodes.failed)
  return say(error instanceof Error ? (error.stack ?? error.message) : String(error), exitCodes.failed)
}

function say(message: string, exitCode: number): number {
  console.error(`hdfs-multi-output: ${message}`)
  return exitCode
}
