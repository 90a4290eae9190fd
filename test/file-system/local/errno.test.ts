import { constants } from 'node:os'
import { expect, test } from 'vitest'
import { type FileSystemErrorCode, isFileSystemError } from '../../../src/file-system/file-system-error.js'
import { type Attempt, toFileSystemError } from '../../../src/file-system/local/errno.js'
import { errno } from './scratch-location.js'

const attempt = (part: Partial<Attempt> = {}): Attempt => ({
  operation: 'create',
  path: 'a',
  outcome: 'not-applied',
  ...part,
})

test.each<[string, FileSystemErrorCode, string]>([
  ['ENOENT', 'NOT_FOUND', 'never'],
  ['EEXIST', 'ALREADY_EXISTS', 'never'],
  ['ENOTDIR', 'NOT_A_DIRECTORY', 'never'],
  ['EISDIR', 'IS_DIRECTORY', 'never'],
  ['ENOTEMPTY', 'NOT_EMPTY', 'never'],
  ['EACCES', 'PERMISSION', 'never'],
  ['EPERM', 'PERMISSION', 'never'],
  ['EROFS', 'PERMISSION', 'never'],
  ['ENOSPC', 'NO_SPACE', 'later'],
  ['EDQUOT', 'QUOTA', 'later'],
  ['EFBIG', 'QUOTA', 'never'],
  ['ENAMETOOLONG', 'INVALID_PATH', 'never'],
  ['ELOOP', 'INVALID_PATH', 'never'],
  ['EXDEV', 'UNSUPPORTED', 'never'],
  ['EMFILE', 'UNAVAILABLE', 'later'],
  ['ENFILE', 'UNAVAILABLE', 'later'],
])('%s is %s, retry %s, and says what the operating system said', (code, expected, retry) => {
  // A spelling that the operating system has not would never be met.
  expect(constants.errno).toHaveProperty(code)
  const cause = errno(code)
  const error = toFileSystemError(cause, attempt())
  expect(error).toMatchObject({ code: expected, retry, outcome: 'not-applied', operation: 'create', path: 'a', cause })
  expect(error.message).toContain(code)
})

test('a refusal is not applied; where the device or a network disk fell silent, a change is in doubt', () => {
  for (const code of ['EIO', 'ESTALE', 'ETIMEDOUT', 'EWHATEVER']) {
    expect(toFileSystemError(errno(code), attempt()).outcome, code).toBe('unknown')
    expect(toFileSystemError(errno(code), attempt({ operation: 'read' })).outcome, code).toBe('not-applied')
  }
  expect(toFileSystemError(errno('ENOENT'), attempt()).outcome).toBe('not-applied')
})

test('what happened before a failure counts whatever the failure', () => {
  expect(toFileSystemError(errno('ENOSPC'), attempt({ outcome: 'unknown' })).outcome).toBe('unknown')
  expect(toFileSystemError(errno('EIO'), attempt({ outcome: 'applied' })).outcome).toBe('applied')
})

test('everything becomes an error of the port, and one that is stays itself', () => {
  for (const thrown of [new TypeError('a mistake'), 'text', undefined, { code: 'ENOENT' }]) {
    const error = toFileSystemError(thrown, attempt())
    expect(isFileSystemError(error, 'UNEXPECTED')).toBe(true)
    expect(error.outcome).toBe('unknown')
    expect(toFileSystemError(error, attempt({ path: 'b' }))).toBe(error)
  }
})
