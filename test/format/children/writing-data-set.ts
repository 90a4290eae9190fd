// Writes a data set of the numbered source, commit after commit, until it is complete or this process is killed. Arguments: a DataSetOrder as
// JSON. Prints a line when it has opened, and one a commit.
import { writeSync } from 'node:fs'
import { byFields, MultiOutput } from '../../../src/index.js'
import { SeededRandom } from '../../../src/testing/simulation/seeded-random.js'
import { idAt, type NumberedRecord, PARTITIONS, recordAt, TOPIC } from '../../writer/numbered-source.js'
import { type DataSetName, dataSets } from './formats.js'

/** What to write. */
export interface DataSetOrder {
  readonly location: string
  readonly dataSet: DataSetName
  /** Each partition ends before this offset. */
  readonly until: number
  readonly seed: string
}

const COMMIT_RECORDS_MAX = 60

const order = JSON.parse(process.argv[2]!) as DataSetOrder
const random = new SeededRandom(order.seed)

// Written before the next step begins, so that a kill takes nothing back that was told.
const tell = (what: string): number => writeSync(1, `${what}\n`)

const output = await MultiOutput.open<NumberedRecord>({
  location: order.location,
  job: order.dataSet,
  partitioner: byFields(['key']),
  takeoverWaitMs: 500,
  // Uploads are open most of the time, so that kills meet them.
  streamThresholdBytes: 2_000,
  roll: { recordsMax: 150 },
  ...dataSets[order.dataSet](),
})
tell('opened')
const offsets = output.committed.offsets.get(TOPIC)
const next = Array.from({ length: PARTITIONS }, (_, partition) => Number(offsets?.get(partition)?.until ?? 0n))
const left = (): number[] => [...next.keys()].filter((partition) => next[partition]! < order.until)
while (left().length > 0) {
  for (let records = random.integer(COMMIT_RECORDS_MAX) + 1; records > 0 && left().length > 0; records--) {
    const partition = random.pick(left())
    const offset = BigInt(next[partition]!)
    const wait = output.write(recordAt(partition, offset), { id: idAt(partition, offset) })
    if (wait !== undefined) await wait
    next[partition]!++
  }
  await output.commit()
  tell('committed')
}
await output.close()
