// What the conformance cases check with: node:assert, and the few questions that recur.
import assert from 'node:assert/strict'
import type { FileSystem, Upload } from '../../file-system/file-system.js'
import type { FileSystemErrorCode, Operation, Outcome, Retry } from '../../file-system/file-system-error.js'
import { FileSystemError } from '../../file-system/file-system-error.js'

/** How long a case waits for something that the file system does in the background. */
const WAIT_MS_MAX = 60_000
const WAIT_STEP_MS = 20

/** What a rejection must look like; an array lists alternatives. */
export interface ExpectedError {
  readonly code: FileSystemErrorCode | readonly FileSystemErrorCode[]
  readonly operation: Operation
  /** Default: `not-applied`. */
  readonly outcome?: Outcome | readonly Outcome[]
  readonly retry?: Retry
  readonly path?: string | readonly string[]
}

const RETRIES: readonly Retry[] = ['never', 'now', 'later']

/** Checks that the call returns a promise (never throws outright) and that this rejects as expected. Returns the error. */
export async function assertRejects(call: () => unknown, expected: ExpectedError): Promise<FileSystemError> {
  let pending: unknown
  try {
    pending = call()
  } catch (error) {
    assert.fail(`threw before it returned a promise: ${String(error)}`)
  }
  let value: unknown
  try {
    value = await pending
  } catch (error) {
    return checkError(error, expected)
  }
  assert.fail(
    `expected ${expected.operation} to reject with ${String(expected.code)}, but it resolved with ${String(value)}`,
  )
}

function checkError(error: unknown, expected: ExpectedError): FileSystemError {
  assert.ok(error instanceof FileSystemError, `expected a FileSystemError, got ${String(error)}`)
  const shown = `${error.code} (${error.outcome}): ${error.message}`
  assert.ok(listOf(expected.code).includes(error.code), `expected ${listOf(expected.code).join(' or ')}, got ${shown}`)
  const outcomes = listOf(expected.outcome ?? 'not-applied')
  assert.ok(outcomes.includes(error.outcome), `expected outcome ${outcomes.join(' or ')}, got ${shown}`)
  assert.equal(error.operation, expected.operation, `operation of ${shown}`)
  assert.ok(RETRIES.includes(error.retry), `retry '${error.retry}' of ${shown}`)
  if (expected.retry !== undefined) assert.equal(error.retry, expected.retry, `retry of ${shown}`)
  if (expected.path !== undefined)
    assert.ok(listOf(expected.path).includes(error.path), `path '${error.path}' of ${shown}`)
  assert.ok(error.message.length > 0, 'a message for people')
  return error
}

function listOf<T extends string>(value: T | readonly T[]): readonly T[] {
  return typeof value === 'string' ? [value] : value
}

/** Like {@link assertRejects} for what iterates: the error comes with the first step. */
export async function assertIterationRejects(
  call: () => AsyncIterable<unknown>,
  expected: ExpectedError,
): Promise<void> {
  await assertRejects(async () => {
    for await (const _ of call()) break
  }, expected)
}

/** Equal bytes, compared without printing megabytes when they differ. */
export function assertBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  assert.equal(actual.byteLength, expected.byteLength, `length of ${what}`)
  if (Buffer.compare(actual, expected) === 0) return
  const at = actual.findIndex((byte, index) => byte !== expected[index])
  assert.fail(`${what} differs from byte ${at} on`)
}

/** The file holds exactly these bytes, by `read` and by `stat`. */
export async function assertFile(fileSystem: FileSystem, path: string, expected: Uint8Array): Promise<void> {
  assertBytes(await fileSystem.read(path), expected, path)
  const status = await fileSystem.stat(path)
  assert.equal(status?.type, 'file', `type of ${path}`)
  assert.equal(status.length, expected.byteLength, `stat length of ${path}`)
}

export async function assertAbsent(fileSystem: FileSystem, path: string): Promise<void> {
  assert.equal(await fileSystem.stat(path), undefined, `${path} should not exist`)
}

/** `actual` is a beginning of `whole`. */
export function assertPrefix(actual: Uint8Array, whole: Uint8Array, what: string): void {
  assert.ok(
    actual.byteLength <= whole.byteLength,
    `${what}: ${actual.byteLength} bytes, more than the ${whole.byteLength} sent`,
  )
  assertBytes(actual, whole.subarray(0, actual.byteLength), what)
}

/** Asks again until it is so, for what happens in the background and announces itself nowhere. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const giveUpMs = performance.now() + WAIT_MS_MAX
  while (!(await isSo())) {
    if (performance.now() > giveUpMs) assert.fail(`waited ${WAIT_MS_MAX} ms in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS))
  }
}

/** Hands over the chunks one after the other, honouring back-pressure. */
export async function writeChunks(upload: Upload, chunks: Iterable<Uint8Array>): Promise<void> {
  for (const chunk of chunks) {
    const wait = upload.write(chunk)
    if (wait !== undefined) await wait
  }
}

/** The names of a directory's entries, as listed. */
export async function namesIn(
  fileSystem: FileSystem,
  path: string,
  options?: { readonly startAfter: string },
): Promise<string[]> {
  const names: string[] = []
  for await (const entry of fileSystem.list(path, options))
    names.push(entry.path.slice(entry.path.lastIndexOf('/') + 1))
  return names
}
