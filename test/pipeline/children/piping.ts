// Runs a pipeline from files to the local disk, and says on standard output what it does: the process that the test kills.
// Arguments: the location, then the files. Ends by itself with 0.
import { writeSync } from 'node:fs'
import {
  byFields,
  linesFromFiles,
  multiOutputSink,
  Pipeline,
  type SourceRecord,
  sourceFields,
  text,
} from '../../../src/index.js'

const [location, ...files] = process.argv.slice(2)

// Written before the next step begins, so that a kill takes nothing back that was told.
function tell(what: object): void {
  writeSync(1, `${JSON.stringify(what)}\n`)
}

const sink = multiOutputSink<SourceRecord>({
  location: location!,
  job: 'piping',
  partitioner: byFields(['key'], { lookup: sourceFields }),
  format: text({ prefixId: 'withTopic' }),
  roll: { recordsMax: 3_000 },
  bufferedBytesMax: 20_000,
  takeoverWaitMs: 500,
  deadLetters: { directory: '_dead' },
})

const pipeline = new Pipeline({
  source: linesFromFiles(files),
  sink,
  commit: { recordsMax: 700 },
  untilEnd: true,
  events: {
    commit: ({ records }) => tell({ what: 'commit', records }),
    away: ({ error }) => tell({ what: 'away', error: String(error) }),
  },
})
const { outcome, status } = await pipeline.run()
tell({ what: 'ended', outcome, records: status.committedRecords })
