// Records to bytes and back. What is read is checked in full: an unknown version or a bad checksum is an error that names
// the file, never skipped.
import type { DataFile } from '../model/data-file.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { checkShape, firstComplaint } from '../model/shape.js'
import { decodeChecked, encodeChecked, TextDamaged } from './checked-text.js'
import type { CheckpointState, FileChange, LogRecord } from './log-record.js'
import { RECORD_VERSION } from './log-record.js'
import { recordSchema, writeOffsets } from './record-schema.js'

/** The bytes of a record. */
export function encodeRecord(record: LogRecord): Uint8Array {
  return encodeChecked(JSON.stringify({ version: RECORD_VERSION, ...written(record) }))
}

/**
 * Encodes a record that is to be put, and reads it back: what nobody could read must never stand in the log, and from here on the writer
 * goes by what readers will see. Throws a TypeError naming the field.
 */
export function encodeForLog(record: LogRecord): { readonly bytes: Uint8Array; readonly record: LogRecord } {
  const bytes = encodeRecord(record)
  try {
    return { bytes, record: decodeRecord(bytes, 'this record') }
  } catch (error) {
    throw new TypeError(`a ${record.type} that could not be read again is not put: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function written(record: LogRecord): object {
  switch (record.type) {
    case 'claim':
      return record
    case 'commit':
      return { ...record, offsets: writeOffsets(record.offsets), files: record.files.map(writtenFile) }
    case 'checkpoint':
      return { ...record, state: writtenState(record.state) }
  }
}

function writtenState(state: CheckpointState): object {
  return {
    ...state,
    offsets: writeOffsets(state.offsets),
    openFiles: state.openFiles.map(writtenFile),
    sealedFiles: state.sealedFiles.map(writtenFile),
  }
}

/** A file with its offsets in their written form. */
export function writtenFile(file: FileChange | DataFile): object {
  return { ...file, offsets: writeOffsets(file.offsets) }
}

/** Reads a record. Throws `LOG_CORRUPT` naming `path` and the field. */
export function decodeRecord(bytes: Uint8Array, path: string): LogRecord {
  const { version, ...record } = decodeAndCheck(bytes, path)
  void version
  return record as LogRecord
}

function decodeAndCheck(bytes: Uint8Array, path: string): { version: number } & object {
  let value: unknown
  try {
    value = decodeChecked(bytes)
  } catch (error) {
    if (!(error instanceof TextDamaged) && !(error instanceof SyntaxError)) throw error
    throw corrupt(path, error.message, error)
  }
  const version = (value as { version?: unknown } | null)?.version
  if (version !== RECORD_VERSION) {
    throw corrupt(path, `its version is ${JSON.stringify(version)}; this release reads version ${RECORD_VERSION}`)
  }
  const result = checkShape(recordSchema, value)
  if (result.complaints) throw corrupt(path, `its field ${firstComplaint(result.complaints, '(record)')}`)
  return result.value as { version: number }
}

/** The error for a log that cannot be trusted: says which file, what is wrong with it, and what to do. */
export function corrupt(path: string, complaint: string, cause?: unknown): MultiOutputError {
  return new MultiOutputError(
    'LOG_CORRUPT',
    `${path}: ${complaint}. Nothing was changed. Restore this file from a backup, or have it looked at, before the task is opened again.`,
    { path, ...(cause === undefined ? {} : { cause }) },
  )
}
