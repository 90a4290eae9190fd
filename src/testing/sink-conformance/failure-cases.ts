// What is refused, discarded or fenced: nothing of it is ever found, and nothing else is lost with it.
import assert from 'node:assert/strict'
import { isMultiOutputError } from '../../model/multi-output-error.js'
import type { SinkSession } from '../../sink/sink.js'
import type { SourceRecord } from '../../source/source.js'
import { assertStored, recordAt, type SinkCase, untilOf, writeAll } from './sink-case.js'

function isFenced(error: unknown): boolean {
  return isMultiOutputError(error, 'FENCED')
}

/** A sink may notice with the write or with the commit that somebody else claimed. */
async function assertFenced(session: SinkSession<SourceRecord>, record: SourceRecord): Promise<void> {
  await assert.rejects(async () => {
    await session.write(record)
    await session.commit()
  }, isFenced)
}

/** Cases about everything that does not get in. */
export const failureCases: readonly SinkCase[] = [
  {
    name: 'a record that cannot be written is BAD_RECORD: nothing of it is taken in, the position stays, others go on',
    run: async (fixture) => {
      const session = await fixture.sink().open()
      await session.write(recordAt(0))
      await assert.rejects(
        async () => session.write(fixture.unwritable(recordAt(1))),
        (error) => isMultiOutputError(error, 'BAD_RECORD'),
      )
      const commit = await session.commit()
      assert.equal(commit.records, 1)
      assert.equal(untilOf(session.committed.offsets), 1n)
      await writeAll(session, [recordAt(1), recordAt(2)])
      await session.commit()
      await assertStored(fixture, [0, 1, 2])
      await session.close()
    },
  },
  {
    name: 'a refused record is kept in the same commit, with its reason, and its place counts as written',
    needs: 'badRecords',
    run: async (fixture) => {
      const session = await fixture.sink().open()
      assert.equal(session.keepsBadRecords, true)
      await session.write(recordAt(0))
      await session.writeBad(recordAt(1), 'because "of" this\n')
      await session.write(recordAt(2))
      await session.write(recordAt(1))
      const commit = await session.commit()
      assert.equal(commit.records, 3)
      assert.equal(untilOf(session.committed.offsets), 3n)
      await assertStored(fixture, [0, 2])
      const bad = await fixture.storedBad!()
      assert.deepEqual(
        bad.map(({ id, value, reason }) => ({ id, value, reason })),
        [{ id: 'conformance-0-1', value: 'value 0-1', reason: 'because "of" this\n' }],
      )
      await session.close()
    },
  },
  {
    name: 'a refused record that is not committed is discarded, and kept once when it is replayed',
    needs: 'badRecords',
    run: async (fixture) => {
      const session = await fixture.sink().open()
      await session.writeBad(recordAt(0), 'bad')
      await session.abort()
      await session.commit()
      assert.deepEqual(await fixture.storedBad!(), [])
      await session.writeBad(recordAt(0), 'bad')
      await session.commit()
      await session.writeBad(recordAt(0), 'bad')
      await session.commit()
      assert.equal((await fixture.storedBad!()).length, 1)
      await session.close()
    },
  },
  {
    name: 'abort discards what is not committed; a replay stores it once',
    run: async (fixture) => {
      const session = await fixture.sink().open()
      await session.write(recordAt(0))
      await session.commit()
      await writeAll(session, [recordAt(1), recordAt(2)])
      await session.abort()
      assert.equal(untilOf(session.committed.offsets), 1n)
      await session.commit()
      await assertStored(fixture, [0])
      await writeAll(session, [recordAt(1), recordAt(2), recordAt(3)])
      await session.commit()
      await assertStored(fixture, [0, 1, 2, 3])
      await session.close()
    },
  },
  {
    name: 'abort may be repeated, also where there is nothing to discard',
    run: async ({ sink }) => {
      const session = await sink().open()
      await session.abort()
      await session.abort()
      await session.close()
    },
  },
  {
    name: 'close may be repeated; afterwards calls are refused',
    run: async ({ sink }) => {
      const session = await sink().open()
      await session.close()
      await session.close()
      await assert.rejects(
        async () => session.write(recordAt(0)),
        (error) => isMultiOutputError(error, 'CLOSED'),
      )
    },
  },
  {
    name: 'after a session that was never closed the next open finds what is committed and nothing else',
    run: async (fixture) => {
      const crashed = await fixture.sink().open()
      await writeAll(crashed, [recordAt(0), recordAt(1)])
      await crashed.commit({ metadata: 'kept' })
      await writeAll(crashed, [recordAt(2), recordAt(3)])
      const next = await fixture.sink().open()
      assert.equal(untilOf(next.committed.offsets), 2n)
      assert.equal(next.committed.metadata, 'kept')
      await assertStored(fixture, [0, 1])
      await writeAll(next, [recordAt(2)])
      await next.commit()
      await assertStored(fixture, [0, 1, 2])
      await next.close()
    },
  },
  {
    name: 'an open fences the session before: it can commit no more, and nothing of it is found',
    run: async (fixture) => {
      const old = await fixture.sink().open()
      await writeAll(old, [recordAt(0)])
      await old.commit()
      await writeAll(old, [recordAt(1)])
      const next = await fixture.sink().open()
      await assertFenced(old, recordAt(2))
      await assert.rejects(async () => old.abort(), isFenced)
      await assertFenced(old, recordAt(3))
      await old.close()
      await writeAll(next, [recordAt(1)])
      await next.commit()
      await assertStored(fixture, [0, 1])
      assert.equal(untilOf(next.committed.offsets), 2n)
      await next.close()
    },
  },
]
