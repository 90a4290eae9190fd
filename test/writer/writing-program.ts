// Writes the numbered source through MultiOutput, attempt after attempt, until it is told to stop, killed or fenced: the
// process that the tests kill. Arguments: a WritingOrder as JSON. Ends with 0 when it closed, 3 when it was fenced.
import { writeSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import {
  byFields,
  isMultiOutputError,
  MultiOutput,
  MultiOutputError,
  type MultiOutputOptions,
  type OffsetRanges,
  text,
} from '../../src/index.js'
import { type Clock, systemClock } from '../../src/model/clock.js'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import { idAt, type NumberedRecord, PARTITIONS, recordAt, TOPIC } from './numbered-source.js'
import type { Told, WritingOrder } from './told.js'

const order = JSON.parse(process.argv[2]!) as WritingOrder
const random = new SeededRandom(order.seed)

/** Attempts that fail one after the other, the seed's own aborts among them. */
const FAILURES_IN_A_ROW_MAX = 30
const ABORTS_MAX = 20
const ABORT_PAUSE_MS = 200

// Written before the next step begins, so that a kill takes nothing back that was told.
function tell(told: Told): void {
  writeSync(1, `${JSON.stringify(told)}\n`)
}

const options: MultiOutputOptions<NumberedRecord> = {
  location: order.location,
  job: 'numbered',
  partitioner: byFields(['key']),
  format: text({ prefixId: true }),
  mode: order.mode,
  visibility: order.visibility,
  ...(order.fileName === undefined ? {} : { fileName: order.fileName }),
  bufferedBytesMax: order.bufferedBytesMax,
  roll: { recordsMax: order.recordsPerFileMax ?? 400 },
  openFilesMax: order.openFilesMax ?? 5,
  operationsMax: 4,
  takeoverWaitMs: order.takeoverWaitMs ?? 1_000,
  ...(order.streamThresholdBytes === undefined ? {} : { streamThresholdBytes: order.streamThresholdBytes }),
  ...(order.compression === undefined ? {} : { compression: order.compression }),
  ...(order.retryForMs === undefined ? {} : { retryForMs: order.retryForMs }),
  ...(order.connection === undefined ? {} : { connection: order.connection }),
  hooks: {
    reclaim: ({ how }) => tell({ what: 'reclaimed', how }),
    upload: ({ bytes }) => tell({ what: 'uploaded', bytes }),
  },
}

const { clockAheadMs = 0 } = order
const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + clockAheadMs }

function positionsOf(offsets: OffsetRanges): bigint[] {
  const ranges = offsets.get(TOPIC)
  return Array.from({ length: PARTITIONS }, (_, partition) => ranges?.get(partition)?.until ?? 0n)
}

const written = (positions: readonly bigint[]): string[] => positions.map(String)

async function writeSome(output: MultiOutput<NumberedRecord>, positions: bigint[]): Promise<void> {
  const records = 1 + random.integer(order.recordsPerAttemptMax)
  for (let i = 0; i < records; i++) {
    const partition = random.integer(PARTITIONS)
    const offset = positions[partition]!
    const wait = output.write(recordAt(partition, offset), { id: idAt(partition, offset) })
    positions[partition] = offset + 1n
    if (wait) await wait
  }
}

/** An abort that rejects may be repeated; a server that is away for a while lets it reject. */
async function abortRepeatedly(output: MultiOutput<NumberedRecord>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await output.abort()
    } catch (error) {
      if (isMultiOutputError(error, 'FENCED') || tries === ABORTS_MAX) throw error
      tell({ what: 'abort rejected', why: (error as Error).message })
      await setTimeout(ABORT_PAUSE_MS)
    }
  }
}

async function writeUntilTheEnd(output: MultiOutput<NumberedRecord>): Promise<void> {
  let positions = positionsOf(output.committed.offsets)
  tell({ what: 'opened', epoch: output.epoch, until: written(positions) })
  let failures = 0
  for (let commits = 0; commits !== order.commitsMax; commits++) {
    try {
      await writeSome(output, positions)
      if (order.holdMs !== undefined) {
        tell({ what: 'filled' })
        await setTimeout(order.holdMs)
      }
      if (random.happens(0.1)) throw new MultiOutputError('ABORTED', 'as the seed wants it')
      tell({ what: 'committing' })
      const commit = output.commit()
      // Whichever fails first, the attempt behind it or the commit, is told; both say the same.
      commit.catch(() => undefined)
      // The next attempt begins while this one is decided.
      if (random.happens(0.5)) await writeSome(output, positions)
      await commit
      tell({ what: 'committed', until: written(positionsOf(output.committed.offsets)) })
      failures = 0
    } catch (error) {
      if (!isMultiOutputError(error, 'ABORTED', 'COMMIT_FAILED') || ++failures > FAILURES_IN_A_ROW_MAX) throw error
      await abortRepeatedly(output)
      positions = positionsOf(output.committed.offsets)
      tell({ what: 'aborted', why: error.message, until: written(positions) })
    }
  }
}

try {
  tell({ what: 'opening' })
  const output = await MultiOutput.open(options, { clock, checkpointLimits: { commitsMax: 5, bytesMin: 0 } })
  try {
    await writeUntilTheEnd(output)
  } finally {
    await output.close()
  }
  tell({ what: 'closed' })
} catch (error) {
  const code = isMultiOutputError(error) ? error.code : String((error as { code?: unknown }).code)
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : ''
  tell({ what: 'failed', code, message: `${error instanceof Error ? error.message : String(error)}${cause}` })
  process.exit(code === 'FENCED' ? 3 : 1)
}
