// Copies the committed prefix of a file that cannot be cut in place to a temp.
import { isFileSystemError } from '../file-system/file-system-error.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import type { Epoch, TaskContext } from './task-context.js'
import { tryFreshTemps } from './write-temp.js'

/** Copies the first `keep` bytes to a temp and answers its path; `moved` where the file is not there any more. Rejects with `DATA_LOST` where it has fewer. Memory is flat. */
export async function copyPrefix(
  context: TaskContext,
  epoch: Epoch,
  path: string,
  keep: number,
): Promise<string | 'moved'> {
  try {
    return await tryFreshTemps(context, epoch, 'copy', (temp) => copyTo(context, path, keep, temp))
  } catch (error) {
    if (isFileSystemError(error, 'NOT_FOUND') && error.path === path) return 'moved'
    throw error
  }
}

async function copyTo(
  { fileSystem, createOptions }: TaskContext,
  path: string,
  keep: number,
  temp: string,
): Promise<void> {
  const upload = await fileSystem.createUpload(temp, createOptions)
  try {
    for await (const chunk of fileSystem.readStream(path, { end: keep })) await upload.write(chunk)
    if (upload.sentBytes !== keep) throw tooShort(path, upload.sentBytes, keep)
    const length = await upload.end()
    if (length !== keep) throw tooShort(temp, length, keep)
  } catch (error) {
    await upload.abort()
    throw error
  }
}

function tooShort(path: string, length: number, keep: number): MultiOutputError {
  return new MultiOutputError(
    'DATA_LOST',
    `${path}: only ${length} bytes can be read, ${keep} were committed. The file itself was not changed.`,
    { path },
  )
}
