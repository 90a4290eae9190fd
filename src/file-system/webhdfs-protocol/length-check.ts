// After an upload was answered: has the file the length it must have? A 200 alone proves less.
import { FileSystemError } from '../file-system-error.js'
import { errorOfRefusal, parse, Refused } from './answer-errors.js'
import type { Attempt } from './arguments.js'
import { fileStatusOf } from './replies.js'
import type { Wire } from './wire.js'

/**
 * Resolves if the file's length is the one expected. Else `WRONG_LENGTH`, applied: a foreign writer, or lost bytes. When the
 * length cannot be learned, the outcome is `unknown`: the file may have been renamed, or deleted, or be shorter.
 */
export async function checkLength(wire: Wire, expectedBytes: number, attempt: Attempt): Promise<void> {
  const { operation, path } = attempt
  let length: number
  try {
    const request = { method: 'GET', op: 'GETFILESTATUS', path, effect: 'reads' } as const
    const reply = await wire.ask(request, attempt)
    length = parse(reply, fileStatusOf, attempt, 'unknown').length
  } catch (error) {
    if (error instanceof Refused) throw errorOfRefusal(error, attempt, 'unknown')
    if (!(error instanceof FileSystemError)) throw error
    const { code, retry } = error
    const message = `${error.message} (while checking the length of what was uploaded)`
    throw new FileSystemError(message, { code, retry, outcome: 'unknown', operation, path, cause: error })
  }
  if (length === expectedBytes) return
  const message = `${operation} of ${JSON.stringify(path)}: the file has ${length} bytes where ${expectedBytes} were expected: a foreign writer, or lost bytes`
  throw new FileSystemError(message, { code: 'WRONG_LENGTH', outcome: 'applied', retry: 'never', operation, path })
}
