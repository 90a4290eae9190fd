// What commits leave: a file that reads as its records, however they were divided, wherever it is cut, whoever went on with it.
import assert from 'node:assert/strict'
import type { CommittedFile, FormatCase, FormatFixture, Numbered } from './format-case.js'
import { assertReads, numbered, throughJson, WrittenFile } from './written-file.js'

const RECORDS = 24

/** Numbers of commits; the records are shared out among them unevenly. */
const COMMIT_COUNTS = [1, 2, 3, 7, RECORDS] as const

function shares(fixture: FormatFixture, count: number): Numbered[][] {
  const all = numbered(fixture, 0, RECORDS)
  const ends = Array.from({ length: count }, (_, index) => Math.ceil(RECORDS * ((index + 1) / count) ** 1.5))
  // An uneven division may leave commits without a record, and those have no file.
  const distinct = [...new Set(ends)].sort((a, b) => a - b)
  return distinct.map((end, index) => all.slice(index === 0 ? 0 : distinct[index - 1], end))
}

/** Cases about commits of formats that can be gone on with. */
export const commitCases: readonly FormatCase[] = [
  {
    name: 'one commit reads back as its records',
    run: async ({ fixture }) => {
      const file = new WrittenFile(fixture.format)
      const records = numbered(fixture, 0, RECORDS)
      file.write(records)
      const { length } = file.commit()
      assert(length > 0, 'nothing was handed on')
      await assertReads(fixture, file.bytes.upTo(length), records, 'one commit')
    },
  },
  {
    name: 'appending in k commits reads the same as one write, and each committed length as the records committed',
    needs: 'appendable',
    run: async ({ fixture, restarted }) => {
      for (const count of COMMIT_COUNTS) {
        const file = new WrittenFile(await restarted())
        await commitEach(fixture, file, shares(fixture, count), `${count} commits`)
      }
    },
  },
  {
    name: 'a restart before each commit changes nothing, with the state as the log keeps it',
    needs: 'appendable',
    run: async ({ fixture, restarted }) => {
      for (const count of COMMIT_COUNTS) {
        let committed: CommittedFile = { length: 0, state: undefined }
        let bytes: Uint8Array = new Uint8Array()
        const written: Numbered[] = []
        for (const share of shares(fixture, count)) {
          const file = new WrittenFile(await restarted(), committed, bytes)
          for (const { record, context } of committed.length === 0 ? [] : share)
            assert.notEqual(file.writer.fits?.(record, context), false, 'a record of the same kind does not fit')
          file.write(share)
          committed = file.commit()
          bytes = file.bytes.upTo(committed.length)
          written.push(...share)
          await assertReads(fixture, bytes, written, `${count} commits with restarts`)
        }
      }
    },
  },
  {
    name: 'what was written and not committed is gone with its writer: the next one goes on from the commit',
    needs: 'appendable',
    run: async ({ fixture, restarted }) => {
      const first = new WrittenFile(fixture.format)
      const records = numbered(fixture, 0, 6)
      first.write(records)
      const committed = first.commit()
      first.write(numbered(fixture, 6, 12))
      first.commit()
      first.write(numbered(fixture, 12, 15))
      for (const format of [fixture.format, await restarted()]) {
        const next = new WrittenFile(format, committed, first.bytes.upTo(committed.length))
        const more = numbered(fixture, 20, 23)
        next.write(more)
        const { length } = next.commit()
        await assertReads(fixture, next.bytes.upTo(length), [...records, ...more], 'after an abort')
      }
    },
  },
  {
    name: 'a state that was given does not change with what is written later',
    needs: 'appendable',
    run: async ({ fixture }) => {
      const file = new WrittenFile(fixture.format)
      file.write(numbered(fixture, 0, 3))
      file.writer.flush?.(file.bytes)
      const state = file.writer.state?.()
      const kept = throughJson(state)
      file.write(numbered(fixture, 3, 9))
      file.commit()
      assert.deepEqual(state, kept)
    },
  },
  {
    name: 'a file that gets nothing more keeps its state, also one that another format left',
    needs: 'appendable',
    run: async ({ fixture }) => {
      const file = new WrittenFile(fixture.format)
      file.write(numbered(fixture, 0, 3))
      const { length, state } = file.commit()
      for (const before of state === undefined ? [] : [state, { ofAnotherFormat: [1, 'x'] }]) {
        const next = new WrittenFile(fixture.format, { length, state: before })
        // As the engine does with a file that a record does not fit: it is sealed as it is.
        const [{ record, context }] = numbered(fixture, 3, 4) as [Numbered]
        next.writer.fits?.(record, context)
        assert.deepEqual(next.commit().state, before)
      }
    },
  },
  {
    name: 'flushing again and again, as when memory runs short, reads the same; nothing comes twice',
    run: async ({ fixture }) => {
      const file = new WrittenFile(fixture.format)
      const records = numbered(fixture, 0, RECORDS)
      for (const one of records) {
        file.write([one])
        file.writer.flush?.(file.bytes)
        file.writer.flush?.(file.bytes)
      }
      const { length } = file.commit()
      await assertReads(fixture, file.bytes.upTo(length), records, 'a flush after each record')
    },
  },
  {
    name: 'files that are written at once do not mix',
    run: async ({ fixture }) => {
      const files = [new WrittenFile(fixture.format), new WrittenFile(fixture.format)] as const
      const records = [numbered(fixture, 0, 12), numbered(fixture, 100, 112)] as const
      for (let index = 0; index < 12; index++) {
        files[0].write([records[0][index]!])
        files[1].write([records[1][index]!])
      }
      for (const [index, file] of files.entries()) {
        const { length } = file.commit()
        await assertReads(fixture, file.bytes.upTo(length), records[index]!, `file ${index} of two`)
      }
    },
  },
  {
    name: "each commit's file reads alone, and ends for good",
    needs: 'notAppendable',
    run: async ({ fixture }) => {
      for (const share of shares(fixture, 3)) {
        const file = new WrittenFile(fixture.format)
        file.write(share)
        const { length } = file.commit()
        await assertReads(fixture, file.bytes.upTo(length), share, 'a file of one commit')
      }
    },
  },
  {
    name: 'has no end that is written once, for more may follow',
    needs: 'appendable',
    run: async ({ fixture }) => {
      assert.equal(new WrittenFile(fixture.format).writer.finish, undefined)
    },
  },
]

async function commitEach(
  fixture: FormatFixture,
  file: WrittenFile,
  divided: readonly (readonly Numbered[])[],
  when: string,
): Promise<void> {
  const lengths: { readonly length: number; readonly records: readonly Numbered[] }[] = []
  const written: Numbered[] = []
  for (const share of divided) {
    file.write(share)
    written.push(...share)
    lengths.push({ length: file.commit().length, records: [...written] })
  }
  for (const { length, records } of lengths) {
    await assertReads(fixture, file.bytes.upTo(length), records, `${when}, cut at ${length}`)
  }
}
