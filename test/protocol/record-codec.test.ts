// Records to bytes and back: unchanged or refused with the file and the field.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isMultiOutputError } from '../../src/model/multi-output-error.js'
import { encodeChecked } from '../../src/protocol/checked-text.js'
import { decodeRecord, encodeForLog, encodeRecord } from '../../src/protocol/record-codec.js'
import { anyRecord, change, checkProperty, claim, commit, ranges } from './sample-records.js'

const path = '_multi_output/task-00000/log/000000000007.json'

/** The written form of a record, with something changed in it, under a good checksum. */
function forged(record: object, alter: (json: Record<string, unknown>) => void): Uint8Array {
  const json = JSON.parse(
    Buffer.from(encodeRecord(record as never))
      .toString()
      .split('\n')[0]!,
  ) as Record<string, unknown>
  alter(json)
  return encodeChecked(JSON.stringify(json))
}

test('any record comes back as it was', () => {
  checkProperty(
    fc.property(anyRecord, (record) => {
      expect(decodeRecord(encodeRecord(record), path)).toEqual(record)
    }),
  )
})

test('metadata with a key that objects have by themselves comes back as it was', () => {
  const metadata = JSON.parse('{"__proto__":1}') as never
  const record = { ...commit(1), metadata }
  expect(JSON.stringify(decodeRecord(encodeRecord(record), path))).toContain('"metadata":{"__proto__":1}')
})

test('any flipped byte of any record is corruption, and the error names the file', () => {
  checkProperty(
    fc.property(anyRecord, fc.nat(), fc.integer({ min: 1, max: 255 }), (record, place, change) => {
      const bytes = Uint8Array.from(encodeRecord(record))
      bytes[place % bytes.byteLength]! ^= change
      const error = errorOf(() => decodeRecord(bytes, path))
      expect(isMultiOutputError(error, 'LOG_CORRUPT')).toBe(true)
      expect(error).toMatchObject({ path, message: expect.stringContaining(path) })
    }),
  )
})

test('offsets beyond 2^53 and a topic called __proto__ are kept', () => {
  const offsets = ranges(['__proto__', 0, 2n ** 53n + 1n, 2n ** 63n - 1n])
  const text = Buffer.from(encodeRecord(commit(1, { offsets }))).toString()
  expect(text).toContain('"offsets":[["__proto__",0,"9007199254740993","9223372036854775807"]]')
  expect(decodeRecord(Buffer.from(text), path)).toMatchObject({ offsets })
})

describe('refused, naming file and field', () => {
  const file = change(0)
  test.each<[string, Uint8Array, RegExp]>([
    [
      'an unknown version',
      forged(claim(1), (json) => Object.assign(json, { version: 2 })),
      /its version is 2; this release reads version 1/,
    ],
    ['no version', forged(claim(1), (json) => delete json.version), /its version is undefined/],
    ['null', encodeChecked('null'), /its version is undefined/],
    ['text that is no JSON', encodeChecked('{"a":'), /JSON/],
    ['an unknown type', forged(claim(1), (json) => Object.assign(json, { type: 'note' })), /its field type: /],
    [
      'a field that nobody knows',
      forged(claim(1), (json) => Object.assign(json, { colour: 1 })),
      /its field \(record\): .*colour/,
    ],
    ['epoch 0', forged(claim(1), (json) => Object.assign(json, { epoch: 0 })), /its field epoch: /],
    [
      'an id of 31 digits',
      forged(claim(1), (json) => Object.assign(json, { id: 'a'.repeat(31) })),
      /its field id: must be 32/,
    ],
    ['half a millisecond', forged(claim(1), (json) => Object.assign(json, { timeMs: 1.5 })), /its field timeMs: /],
    [
      'a number for an offset',
      forged(commit(1), (json) => Object.assign(json, { offsets: [['t', 0, 1, '2']] })),
      /its field offsets\.0\.2: /,
    ],
    [
      'an offset that is no number',
      forged(commit(1), (json) => Object.assign(json, { offsets: [['t', 0, '-1', '2']] })),
      /its field offsets\.0\.2: must be a decimal/,
    ],
    [
      'a range that runs backwards',
      forged(commit(1), (json) => Object.assign(json, { offsets: [['t', 0, '3', '2']] })),
      /its field offsets: t\/0 runs backwards: 3 to 2/,
    ],
    [
      'a partition twice',
      forged(commit(1), (json) =>
        Object.assign(json, {
          offsets: [
            ['t', 0, '0', '2'],
            ['t', 0, '2', '3'],
          ],
        }),
      ),
      /its field offsets: t\/0 stands there twice/,
    ],
    [
      'a file of no bytes',
      forged(commit(1), (json) => Object.assign(json, { files: [{ ...file, offsets: [], length: 0 }] })),
      /its field files\.0\.length: /,
    ],
    [
      'a file shorter than its base',
      forged(commit(1), (json) => Object.assign(json, { files: [{ ...file, offsets: [], baseLength: 99 }] })),
      /its field files\.0: is shorter than its base/,
    ],
    [
      'a delete without its serial',
      forged(commit(1), (json) => Object.assign(json, { publish: [{ do: 'delete', path: 'x' }] })),
      /its field publish\.0\.serial: /,
    ],
    [
      'an action that nobody knows',
      forged(commit(1), (json) => Object.assign(json, { publish: [{ do: 'chmod', path: 'x' }] })),
      /its field publish\.0\.do: /,
    ],
  ])('%s', (_what, bytes, complaint) => {
    const error = errorOf(() => decodeRecord(bytes, path))
    expect(error).toMatchObject({ code: 'LOG_CORRUPT', path })
    expect((error as Error).message).toMatch(complaint)
    expect((error as Error).message).toMatch(/Nothing was changed\. Restore this file from a backup/)
  })
})

test('what could not be read again is not put, and what is put is what will be read', () => {
  const put = (record: object) => () => encodeForLog({ ...commit(1), ...record } as never)
  expect(put({ watermarkMs: Number.NaN })).toThrow(/commit that could not be read again.*watermarkMs/)
  expect(put({ timeMs: 0.5 })).toThrow(TypeError)
  const metadata = { list: [1] }
  const { record } = put({ metadata })()
  metadata.list.push(2)
  expect(record).toMatchObject({ metadata: { list: [1] } })
})

function errorOf(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('it did not throw')
}
