// The simulated HDFS passes the cases that the real ones pass, so that it cannot drift from them.
import { runAssumptions } from './behaviour.js'
import type { Traits } from './driver.js'
import { SimulatedDriver } from './simulated-driver.js'

for (const [version, appendAfterConcat] of [
  ['3.4', 'breaks'],
  ['3.5', 'works'],
] as const) {
  const traits: Traits = {
    options: 'honoured',
    exceptions: 'exact',
    listsAfter: 'honoured',
    namesInOrderOf: 'code-points',
    idleUploads: 'kept',
    appendAfterConcat,
  }
  runAssumptions(`the simulated HDFS ${version}`, {
    traits,
    make: async (name) => new SimulatedDriver(`/${name}`, traits),
  })
}
