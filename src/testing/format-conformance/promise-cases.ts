// The port's smaller promises: what is refused leaves nothing, and what is held is said.
import assert from 'node:assert/strict'
import type { FormatCase } from './format-case.js'
import { assertReads, numbered, WrittenFile } from './written-file.js'

/** Enough to fill what formats fill before they hand on. */
const MANY_BYTES = 1_000_000
const MANY_RECORDS_MAX = 20_000

/** A flush may hand on a little more than was said, for headers, and much less, for compression. */
const HELD_FACTOR_MAX = 2
const HEADERS_BYTES_MAX = 65_536

/** Cases about refusals and memory. */
export const promiseCases: readonly FormatCase[] = [
  {
    name: 'has a name, and an extension without a dot before it',
    run: async ({ fixture: { format } }) => {
      assert.match(format.name, /\S/)
      assert.match(format.extension, /^[A-Za-z0-9][A-Za-z0-9.]*$/)
    },
  },
  {
    name: 'a refused record leaves nothing: not a byte, not in what is held, not in the file',
    needs: 'refused',
    run: async ({ fixture }) => {
      for (const record of fixture.refused ?? []) {
        const file = new WrittenFile(fixture.format)
        const records = numbered(fixture, 0, 6)
        // First of all, and between others: a header may be due with the first record that gets in.
        for (const [index, one] of records.entries()) {
          const { calls } = file.bytes
          const { heldBytes } = file.writer
          assert.throws(() => file.writer.encode(record, one.context, file.bytes), 'it was not refused')
          assert.equal(file.bytes.calls, calls, 'a part of a refused record was handed on')
          assert.equal(file.writer.heldBytes, heldBytes, 'a part of a refused record is held')
          file.write([one])
          if (index === 3) file.writer.flush?.(file.bytes)
        }
        const { length } = file.commit()
        await assertReads(fixture, file.bytes.upTo(length), records, 'with refused records between them')
      }
    },
  },
  {
    name: 'whatever was taken in is handed on or said to be held; after a flush nothing is',
    run: async ({ fixture }) => {
      const file = new WrittenFile(fixture.format)
      for (const one of numbered(fixture, 0, 50)) {
        const before = { length: file.bytes.length, held: file.writer.heldBytes ?? 0 }
        file.write([one])
        const held = file.writer.heldBytes ?? 0
        assert(Number.isFinite(held) && held >= 0, `heldBytes is ${held}`)
        assert(file.bytes.length > before.length || held > before.held, 'a record was neither handed on nor counted')
      }
      file.writer.flush?.(file.bytes)
      assert.equal(file.writer.heldBytes ?? 0, 0, 'something is held after a flush')
    },
  },
  {
    name: 'what a flush hands on was counted before',
    run: async ({ fixture }) => {
      const file = new WrittenFile(fixture.format)
      const inAll = () => file.bytes.length + (file.writer.heldBytes ?? 0)
      for (let count = 0; count < MANY_RECORDS_MAX && inAll() < MANY_BYTES; count++)
        file.write(numbered(fixture, count, count + 1))
      const held = file.writer.heldBytes ?? 0
      const { length } = file.bytes
      file.writer.flush?.(file.bytes)
      const flushed = file.bytes.length - length
      assert(
        flushed <= held * HELD_FACTOR_MAX + HEADERS_BYTES_MAX,
        `${flushed} bytes were flushed, ${held} were counted`,
      )
    },
  },
]
