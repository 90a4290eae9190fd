// The sink suite itself: it lets a right sink pass, and each of these broken ones is caught by it.
import { expect, test } from 'vitest'
import type { Sink, SinkSession } from '../../../src/sink/sink.js'
import type { SourceRecord } from '../../../src/source/source.js'
import { MemoryFileSystem, runSinkConformance, type SinkFixture } from '../../../src/testing/index.js'
import { dataLines, deadLetters, sinkOn } from '../../sink/stored-records.js'

type Session = SinkSession<SourceRecord>
type Mutant = (inner: Session) => Partial<Session>

/** Runs the suite on sinks whose sessions have methods of their own; answers the names of the cases that failed. */
async function failuresOf(mutant: Mutant, options: { readonly keepsBadRecords?: boolean } = {}): Promise<string[]> {
  const cases: (readonly [string, () => Promise<void>])[] = []
  const { keepsBadRecords = true } = options
  runSinkConformance('collected', () => fixture(mutant), {
    describe: (_name, body) => body(),
    it: (name, body) => cases.push([name, body]),
    keepsBadRecords,
  })
  const failures: string[] = []
  for (const [name, body] of cases) await body().catch(() => failures.push(name))
  return failures
}

function fixture(mutant: Mutant): SinkFixture {
  const fileSystem = new MemoryFileSystem()
  const sink = (): Sink<SourceRecord> => {
    const right = sinkOn(fileSystem)
    return { ...right, open: async () => mutated(await right.open(), mutant) }
  }
  return {
    sink,
    stored: async () =>
      (await dataLines(fileSystem, 'good')).map((line) => {
        const [id, value] = line.split('\t')
        return { id: id!, value: value! }
      }),
    storedBad: async () =>
      (await deadLetters(fileSystem)) as unknown as { id: string; value: string; reason: string }[],
    unwritable: (record) => ({ ...record, value: Buffer.from('two\nlines') }),
  }
}

function mutated(session: Session, mutant: Mutant): Session {
  const own = mutant(session)
  return new Proxy(session, {
    get: (target, name) => {
      const source = Object.hasOwn(own, name) ? own : target
      const member: unknown = Reflect.get(source, name, source)
      return typeof member === 'function' ? member.bind(source) : member
    },
  })
}

test('a right sink passes', async () => {
  expect(await failuresOf(() => ({}))).toEqual([])
})

test('says which cases it leaves out for sinks that keep no bad records', () => {
  const report = runSinkConformance('none', () => fixture(() => ({})), {
    describe: () => undefined,
    it: () => undefined,
    keepsBadRecords: false,
  })
  expect(report.skipped).toHaveLength(2)
  expect(report.cases.length).toBeGreaterThan(14)
})

test('needs a runner', () => {
  expect(() => runSinkConformance('none', () => fixture(() => ({})), { keepsBadRecords: true })).toThrow(TypeError)
})

const held: SourceRecord[] = []

test.each<{ readonly name: string; readonly mutant: Mutant }>([
  { name: 'loses metadata', mutant: (inner) => ({ commit: () => inner.commit() }) },
  {
    name: 'forgets metadata that is not repeated',
    mutant: (inner) => ({ commit: (options) => inner.commit({ metadata: null, ...options }) }),
  },
  { name: 'ignores advance', mutant: () => ({ advance: () => undefined }) },
  {
    name: 'moves the position over a refused record',
    mutant: (inner) => ({
      write: (record) => {
        try {
          return inner.write(record)
        } catch (error) {
          inner.advance({ ...record.id, until: record.id.offset + 1n })
          throw error
        }
      },
    }),
  },
  {
    name: 'swallows a refusal',
    mutant: (inner) => ({
      write: (record) => {
        try {
          return inner.write(record)
        } catch {
          return undefined
        }
      },
    }),
  },
  { name: 'does not discard on abort', mutant: () => ({ abort: async () => undefined }) },
  { name: 'commits on abort', mutant: (inner) => ({ abort: async () => void (await inner.commit()) }) },
  {
    name: 'commits on close',
    mutant: (inner) => ({
      close: async () => {
        await inner.commit().catch(() => undefined)
        await inner.close()
      },
    }),
  },
  {
    name: 'keeps records and copies them later',
    mutant: (inner) => ({
      write: (record) => {
        held.push(record)
        return undefined
      },
      commit: async (options) => {
        for (const record of held.splice(0)) await inner.write(record)
        return inner.commit(options)
      },
    }),
  },
  {
    name: 'keeps bad records with the good ones',
    mutant: (inner) => ({ writeBad: (record) => inner.write(record) }),
  },
  {
    name: 'counts a bad record and keeps it nowhere',
    mutant: (inner) => ({ writeBad: (record) => void inner.advance({ ...record.id, until: record.id.offset + 1n }) }),
  },
  { name: 'says nothing of the reason', mutant: (inner) => ({ writeBad: (record) => inner.writeBad(record, '') }) },
  { name: 'never commits', mutant: () => ({ commit: async () => ({ offsets: new Map(), records: 0, bytes: 0 }) }) },
])('catches a sink that $name', async ({ mutant }) => {
  held.length = 0
  expect(await failuresOf(mutant)).not.toEqual([])
})
