// Commits: all or nothing, with their offsets and metadata; what comes in meanwhile; what is skipped.
import assert from 'node:assert/strict'
import { assertStored, recordAt, type SinkCase, TOPIC, untilOf, writeAll } from './sink-case.js'

/** Cases about commits that work. */
export const commitCases: readonly SinkCase[] = [
  {
    name: 'a new sink has nothing committed',
    run: async ({ sink }) => {
      const session = await sink().open()
      assert.equal(session.committed.offsets.size, 0)
      assert.equal(session.committed.metadata, undefined)
      await session.close()
    },
  },
  {
    name: 'a commit stores what was written, once, in order, and moves the position',
    run: async (fixture) => {
      const session = await fixture.sink().open()
      await writeAll(session, [recordAt(0), recordAt(1), recordAt(2)])
      const commit = await session.commit()
      assert.equal(commit.records, 3)
      assert.ok(commit.bytes > 0)
      assert.deepEqual(commit.offsets.get(TOPIC)?.get(0), { from: 0n, until: 3n })
      assert.equal(untilOf(session.committed.offsets), 3n)
      await assertStored(fixture, [0, 1, 2])
      await session.close()
      await assertStored(fixture, [0, 1, 2])
    },
  },
  {
    name: 'a commit of nothing changes nothing',
    run: async (fixture) => {
      const session = await fixture.sink().open()
      const commit = await session.commit()
      assert.deepEqual([commit.offsets.size, commit.records, commit.bytes], [0, 0, 0])
      assert.equal(session.committed.offsets.size, 0)
      await session.close()
    },
  },
  {
    name: 'what is not committed does not exist after close and open',
    run: async (fixture) => {
      const session = await fixture.sink().open()
      await writeAll(session, [recordAt(0)])
      await session.commit()
      await writeAll(session, [recordAt(1)])
      await session.close()
      const next = await fixture.sink().open()
      assert.equal(untilOf(next.committed.offsets), 1n)
      await assertStored(fixture, [0])
      await next.close()
    },
  },
  {
    name: 'metadata is kept with the commit, and stays until another one is given',
    run: async ({ sink }) => {
      const session = await sink().open()
      await session.commit({ metadata: { files: ['ü', 1, null] } })
      await session.write(recordAt(0))
      await session.commit()
      assert.deepEqual(session.committed.metadata, { files: ['ü', 1, null] })
      await session.close()
      const next = await sink().open()
      assert.deepEqual(next.committed.metadata, { files: ['ü', 1, null] })
      await next.commit({ metadata: 'other' })
      assert.equal(next.committed.metadata, 'other')
      await next.close()
    },
  },
  {
    name: 'partitions have positions of their own; offsets may begin anywhere and leave gaps',
    run: async (fixture) => {
      const session = await fixture.sink().open()
      await writeAll(session, [recordAt(100, 1), recordAt(0, 0), recordAt(105, 1), recordAt(7, 0)])
      await session.commit()
      assert.equal(untilOf(session.committed.offsets, 0), 8n)
      assert.equal(untilOf(session.committed.offsets, 1), 106n)
      await assertStored(fixture, [0, 7], 0)
      await assertStored(fixture, [100, 105], 1)
      await session.close()
    },
  },
  {
    name: 'advance moves the position without a record, as part of the next commit, and never back',
    run: async (fixture) => {
      const session = await fixture.sink().open()
      session.advance({ topic: TOPIC, partition: 0, until: 5n })
      assert.equal(untilOf(session.committed.offsets), undefined)
      await session.commit()
      assert.equal(untilOf(session.committed.offsets), 5n)
      session.advance({ topic: TOPIC, partition: 0, until: 3n })
      await session.commit()
      assert.equal(untilOf(session.committed.offsets), 5n)
      await session.write(recordAt(4))
      await session.write(recordAt(5))
      await session.commit()
      await assertStored(fixture, [5])
      await session.close()
    },
  },
  {
    name: 'a record below the position is skipped: in the same attempt, after a commit, after another open',
    run: async (fixture) => {
      const session = await fixture.sink().open()
      await writeAll(session, [recordAt(0), recordAt(1), recordAt(0), recordAt(1)])
      await session.commit()
      await writeAll(session, [recordAt(0), recordAt(1), recordAt(2)])
      await session.commit()
      await session.close()
      const next = await fixture.sink().open()
      await writeAll(next, [recordAt(0), recordAt(2), recordAt(3)])
      await next.commit()
      await assertStored(fixture, [0, 1, 2, 3])
      await next.close()
    },
  },
  {
    name: 'records taken in while a commit is under way are stored once, with it or with the next',
    run: async (fixture) => {
      const session = await fixture.sink().open()
      await writeAll(session, [recordAt(0), recordAt(1)])
      const committing = session.commit()
      await writeAll(session, [recordAt(2), recordAt(3)])
      await committing
      await writeAll(session, [recordAt(4)])
      await session.commit()
      assert.equal(untilOf(session.committed.offsets), 5n)
      await assertStored(fixture, [0, 1, 2, 3, 4])
      await session.close()
    },
  },
  {
    name: 'what it needs of a record it has copied when write returns',
    run: async (fixture) => {
      const session = await fixture.sink().open()
      const record = recordAt(0)
      const value = Buffer.from(record.value!)
      const wait = session.write({ ...record, value })
      value.fill(0x21)
      await wait
      await session.commit()
      await assertStored(fixture, [0])
      await session.close()
    },
  },
]
