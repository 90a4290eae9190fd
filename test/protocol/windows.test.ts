// What the fold makes of windows: which rules a record must keep, and which directories still lack their marker.
import { describe, expect, test } from 'vitest'
import { applyRecord } from '../../src/protocol/fold.js'
import type { CommitRecord, FileChange, LogRecord } from '../../src/protocol/log-record.js'
import { decodeRecord, encodeRecord } from '../../src/protocol/record-codec.js'
import { byWindow, UNMARKED_WINDOWS_MAX, windowsSealedBy } from '../../src/protocol/windows.js'
import { change, checkpoint, claim, commit, fold, placed } from './sample-records.js'

/** A file of a directory's window. */
function file(serial: number, directory: string, windowEndMs: number, parts: Partial<FileChange> = {}): FileChange {
  return change(serial, { directory, windowEndMs, path: `${directory}/part-${serial}`, ...parts })
}

const broken = (message: string) =>
  expect.objectContaining({ code: 'LOG_CORRUPT', message: expect.stringContaining(message) })

describe('a window that ends at or below the watermark gets nothing any more', () => {
  const before = [claim(1), commit(1, { files: [file(0, 'a', 100), file(1, 'b', 200)], watermarkMs: 50 })]
  const seal = file(0, 'a', 100, { baseLength: 10, length: 10, recordCount: 0, sealed: true })

  test('its files are sealed by the commit that carries the watermark, which may add to them', () => {
    const last = { ...seal, length: 20, recordCount: 1 }
    const state = fold(...before, commit(1, { files: [last], watermarkMs: 100 }))
    expect([...state.openFiles.values()].map(({ directory }) => directory)).toEqual(['b'])
    expect(state.sealedFiles).toMatchObject([{ directory: 'a', windowEndMs: 100 }])
  })

  test.each<[string, Partial<CommitRecord>]>([
    ['an open file is left', { watermarkMs: 100 }],
    ['one that the commit made itself', { watermarkMs: 150, files: [seal, file(2, 'c', 150)] }],
    ['one of several', { watermarkMs: 200, files: [seal] }],
  ])('%s: corrupt', (_what, parts) => {
    expect(() => fold(...before, commit(1, parts))).toThrow(broken('open, whose window ended'))
  })

  test.each<[string, FileChange]>([
    ['a new file', file(2, 'a', 100, { sealed: true })],
    ['a new file of a window that had none', file(2, 'z', 90, { sealed: true })],
  ])('%s comes later: corrupt', (_what, late) => {
    const sealed = [...before, commit(1, { files: [seal], watermarkMs: 100 })]
    expect(() => fold(...sealed, commit(1, { files: [late] }))).toThrow(broken('grew after its window ended'))
  })

  test('a change that does not name the window does not get around it', () => {
    // A log without the seal, as a writer before this rule could have left it.
    const state = { ...fold(...before), watermarkMs: 100 }
    const grown = change(0, { directory: 'a', baseLength: 10, path: 'a/part-0', sealed: true })
    const [next] = placed([commit(1, { files: [grown] })], state.sequence + 1)
    expect(() => applyRecord(state, next!)).toThrow(broken('grew after its window ended'))
  })

  test('a reclaim gives a new name and adds nothing', () => {
    const state = { ...fold(...before), watermarkMs: 100 }
    const renamed = change(0, { directory: 'a', baseLength: 10, length: 10, path: 'a/part-0b' })
    const [next] = placed([commit(1, { files: [renamed] })], state.sequence + 1)
    expect(applyRecord(state, next!).openFiles.size).toBe(2)
  })
})

describe('directories without a marker', () => {
  const records: LogRecord[] = [
    claim(1),
    commit(1, { files: [file(0, 'b', 100, { sealed: true }), file(1, 'a', 200, { sealed: true })] }),
    commit(1, { files: [change(2, { stream: 'late', directory: '_late/b' })], watermarkMs: 150 }),
  ]

  test('are kept until a record says that they have it', () => {
    expect([...fold(...records).unmarkedWindows]).toEqual([
      ['b', 100],
      ['a', 200],
    ])
    const state = fold(...records, commit(1, { markedUntilMs: 150 }))
    expect([...state.unmarkedWindows]).toEqual([['a', 200]])
    expect(state.markedUntilMs).toBe(150)
  })

  test('a checkpoint keeps them, as written too', () => {
    for (const parts of [{}, { markedUntilMs: 120 }]) {
      const state = fold(...records, commit(1, parts))
      const [point] = placed([checkpoint(state)], state.sequence + 1)
      const record = decodeRecord(encodeRecord(point!.record), point!.path)
      const { unmarkedWindows, markedUntilMs, watermarkMs } = applyRecord(fold(), { ...point!, record })
      expect({ unmarkedWindows, markedUntilMs, watermarkMs }).toEqual({
        unmarkedWindows: state.unmarkedWindows,
        markedUntilMs: state.markedUntilMs,
        watermarkMs: 150,
      })
    }
  })

  test('marked above the watermark, or less than before: corrupt', () => {
    expect(() => fold(...records, commit(1, { markedUntilMs: 151 }))).toThrow(broken('above its watermark'))
    expect(() => fold(claim(1), commit(1, { markedUntilMs: 1 }))).toThrow(broken('above its watermark'))
    expect(() => fold(...records, commit(1, { markedUntilMs: 120 }), commit(1, { markedUntilMs: 119 }))).toThrow(
      broken('below 120'),
    )
  })

  test('are forgotten, the oldest first, where they are too many', () => {
    const files = Array.from({ length: UNMARKED_WINDOWS_MAX + 2 }, (_, serial) =>
      file(serial, `d${serial}`, 100 + serial, { sealed: true }),
    )
    const { unmarkedWindows } = fold(claim(1), commit(1, { files }))
    expect(unmarkedWindows.size).toBe(UNMARKED_WINDOWS_MAX)
    expect(unmarkedWindows.has('d1')).toBe(false)
    expect(unmarkedWindows.has('d2')).toBe(true)
  })
})

test('the windows that a commit seals: those between the two watermarks, its own included', () => {
  const before = fold(
    claim(1),
    commit(1, { files: [file(0, 'a', 100, { sealed: true }), file(1, 'b', 200)], watermarkMs: 100 - 1 }),
  )
  const files = [
    file(1, 'b', 200, { baseLength: 10, sealed: true }),
    file(2, 'b2', 200, { sealed: true }),
    file(3, 'c', 300),
  ]
  expect(windowsSealedBy(before, commit(1, { files, watermarkMs: 200 }))).toEqual([
    { windowEndMs: 100, directories: ['a'] },
    { windowEndMs: 200, directories: ['b', 'b2'] },
  ])
  expect(windowsSealedBy(before, commit(1, { files }))).toEqual([])
  expect(byWindow([])).toEqual([])
})
