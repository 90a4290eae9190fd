// Expecting a FileSystemError with all that the port promises of it.
import { expect } from 'vitest'
import { FileSystemError, type FileSystemErrorDetails } from '../../../src/file-system/file-system-error.js'

/** Resolves with the error; fails if the call resolves, or rejects with something else. */
export async function expectError(
  call: Promise<unknown>,
  expected: Partial<Omit<FileSystemErrorDetails, 'cause'>>,
): Promise<FileSystemError> {
  const error: unknown = await call.then(
    (value) => expect.fail(`it resolved with ${String(value)}`),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(FileSystemError)
  const { code, outcome, retry, operation, path, message } = error as FileSystemError
  expect({ code, outcome, retry, operation, path, message }).toMatchObject(expected)
  return error as FileSystemError
}
