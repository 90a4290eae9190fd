// Says once, where files are closed slowly over HTTP, that hdfs:// would do without the wait.
import type { Logger } from '../engine/logger.js'
import type { Observation } from '../file-system/layers/observe.js'

/** A datanode's client sleeps so long before it asks again whether a file is closed (`locateFollowingBlock.initial.delay.ms` as shipped, 400), and a request around it takes a little more. */
const SLOW_CLOSE_MS_MIN = 390
/** One that takes longer has other reasons: a slow network, a long upload, the second pause (800 ms). */
const SLOW_CLOSE_MS_MAX = 790
/** Closes looked at, and how many of them have to be slow: some always win the race against the datanodes' reports. */
const CLOSES_LOOKED_AT = 32
const SLOW_CLOSES_MIN = 8

const overHttp = /^(?:s?webhdfs|httpfss?):\/\/([^/:,]+)/

/** Listens to what the file system is asked, or `undefined` where the hint could not help: `location` is not HDFS over HTTP. */
export function closeHint(
  location: string | readonly string[],
  logger: Logger,
): ((observation: Observation) => void) | undefined {
  const host = overHttp.exec([location].flat()[0] ?? '')?.[1]
  if (host === undefined) return undefined
  let closes = 0
  let slow = 0
  return ({ operation, step, outcome, durationMs }) => {
    const isClose = (operation === 'create' || operation === 'append') && (step === 'whole' || step === 'end')
    if (!isClose || outcome !== 'done' || closes === CLOSES_LOOKED_AT) return
    closes++
    if (durationMs >= SLOW_CLOSE_MS_MIN && durationMs <= SLOW_CLOSE_MS_MAX) slow++
    if (closes < CLOSES_LOOKED_AT || slow < SLOW_CLOSES_MIN) return
    const hint = `${slow} of the last ${closes} files took 0.4 s and more to close, the pause that datanodes make as shipped: over hdfs://${host}:8020/… (the namenode's RPC port) closing is 20 times as fast; where only HTTP is reached, set dfs.client.block.write.locateFollowingBlock.initial.delay.ms to 10 at the datanodes`
    logger.warn({ closes, slow }, hint)
  }
}
