// Asks a file system, before a location becomes a job of mode `concat`, whether it puts files together there: HDFS refuses it in encryption zones.
import { FileSystemError } from '../file-system/file-system-error.js'
import { joinPath } from '../file-system/path.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { JOB_TMP_DIRECTORY } from '../protocol/layout.js'
import type { TaskContext } from './task-context.js'

/**
 * Puts one file of a byte behind another, below the location. Rejects with `WRONG_OPTIONS` where that is refused for good, or with the FileSystemError: opening again
 * asks again. What it leaves behind is deleted by whoever opens next.
 */
export async function probeConcat({ fileSystem, random, createOptions }: TaskContext): Promise<void> {
  const [target, source] = [joinPath(JOB_TMP_DIRECTORY, random.id()), joinPath(JOB_TMP_DIRECTORY, random.id())]
  const content = Buffer.from('\n')
  try {
    for (const path of [target, source]) await fileSystem.create(path, content, { ...createOptions, parents: 'create' })
    await fileSystem.concat(target, [source])
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error
    // Another has opened the location meanwhile, and swept away what was left of earlier opens: then it has asked.
    if (error.code === 'NOT_FOUND' || error.code === 'PARENT_NOT_FOUND') return
    if (error.operation !== 'concat' || error.outcome !== 'not-applied' || error.code !== 'UNSUPPORTED') throw error
    throw new MultiOutputError(
      'WRONG_OPTIONS',
      `MultiOutput.open: mode 'concat' does not work below ${fileSystem.location}: ${error.message}. Use mode 'append', or 'new-file' where readers must not see what is not committed.`,
      { cause: error },
    )
  } finally {
    for (const path of [target, source]) {
      await fileSystem.delete(path).catch((error: unknown) => {
        // Whoever opens the location next deletes the directory.
        if (!(error instanceof FileSystemError)) throw error
      })
    }
  }
}
