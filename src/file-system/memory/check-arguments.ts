// What the adapter refuses by itself, before any request.

import type { ByteRange, Capabilities, CreateOptions } from '../file-system.js'
import { FileSystemError, type FileSystemErrorCode, type Operation } from '../file-system-error.js'
import { checkPath, nameOf, parentOf } from '../path.js'

/** A refusal before any request. */
export function refusal(
  code: FileSystemErrorCode,
  operation: Operation,
  path: string,
  complaint: string,
): FileSystemError {
  return new FileSystemError(`${operation} ${path}: ${complaint}`, {
    code,
    outcome: 'not-applied',
    retry: 'never',
    operation,
    path,
  })
}

/** A path below the location: as everywhere, and without the colon that HDFS refuses in names. */
export function checkFilePath(path: string, operation: Operation): void {
  checkPath(path, operation)
  checkColon(path, operation)
}

/** A path that may be the location itself. */
export function checkDirectoryPath(path: string, operation: Operation): void {
  checkPath(path, operation, { root: 'allowed' })
  checkColon(path, operation)
}

function checkColon(path: string, operation: Operation): void {
  if (path.includes(':')) throw refusal('INVALID_PATH', operation, path, 'HDFS refuses a colon in names')
}

/** A number of bytes. */
export function checkLength(bytes: number, operation: Operation, path: string): void {
  if (!Number.isSafeInteger(bytes) || bytes < 0)
    throw refusal('INVALID_ARGUMENT', operation, path, `${bytes} is no number of bytes`)
}

/** A range of bytes, with its start. */
export function checkRange(
  range: ByteRange | undefined,
  path: string,
): { readonly start: number; readonly end: number | undefined } {
  const start = range?.start ?? 0
  const end = range?.end
  checkLength(start, 'read', path)
  if (end !== undefined) {
    checkLength(end, 'read', path)
    if (end < start)
      throw refusal('INVALID_ARGUMENT', 'read', path, `the range ends at ${end}, before its start ${start}`)
  }
  return { start, end }
}

/** Options that mean something here, with values that they may have. */
export function checkCreateOptions(options: CreateOptions | undefined, path: string, capabilities: Capabilities): void {
  const { permission, replication, blockSizeBytes } = options ?? {}
  const refuse = (complaint: string) => refusal('INVALID_ARGUMENT', 'create', path, complaint)
  const unsupported = (name: string) => refusal('UNSUPPORTED', 'create', path, `${name} has no meaning here`)
  if (permission !== undefined) {
    if (!capabilities.permission) throw unsupported('a permission')
    if (!/^[01]?[0-7]{3}$/.test(permission)) throw refuse(`permission ${permission} is not octal, as in 640`)
  }
  if (replication !== undefined) {
    if (!capabilities.replication) throw unsupported('a replication')
    if (!Number.isInteger(replication) || replication < 1 || replication > 32_767)
      throw refuse(`replication ${replication} is not in 1…32767`)
  }
  if (blockSizeBytes !== undefined) {
    if (!capabilities.blockSize) throw unsupported('a block size')
    if (!Number.isSafeInteger(blockSizeBytes) || blockSizeBytes < 1)
      throw refuse(`${blockSizeBytes} is no size of a block`)
  }
}

/** What a CONCAT must look like without knowing the files. */
export function checkConcat(target: string, sources: readonly string[]): void {
  for (const path of [target, ...sources]) checkFilePath(path, 'concat')
  const refuse = (complaint: string) => refusal('INVALID_ARGUMENT', 'concat', target, complaint)
  if (sources.length === 0) throw refuse('there are no sources')
  if (new Set(sources).size < sources.length) throw refuse('a source is named twice')
  for (const source of sources) {
    if (parentOf(source) !== parentOf(target)) throw refuse(`source ${source} is in another directory`)
    if (nameOf(source) === nameOf(target)) throw refuse('the target is one of the sources')
  }
}
