// `recover`: claims every task, which publishes and cuts what was left behind, and releases it again.
import { isSurelyGone } from '../engine/running-process.js'
import { text } from '../format/text.js'
import { readLocation, type TaskReport } from '../inspect/read-location.js'
import { MultiOutput } from '../multi-output.js'
import { type ConnectFlags, connect } from './connect.js'
import { exitCodes } from './exit-code.js'
import { timeText } from './table.js'

/** Flags of `recover`. */
export interface RecoverFlags extends ConnectFlags {
  readonly force?: true
}

/** Recovers every task of a location that its owner did not release; a task whose owner may be alive only by force, for it would be fenced. */
export async function recoverCommand(location: string, flags: RecoverFlags): Promise<number> {
  await using fileSystem = await connect(location, flags)
  const { job, tasks } = await readLocation(fileSystem)
  let refused = 0
  for (const report of tasks) {
    const { task, state } = report
    if (state.released) {
      console.log(`task ${task}: released by its owner; nothing to recover`)
      continue
    }
    if (!flags.force && state.owner !== undefined && !isSurelyGone(state.owner)) {
      refused++
      console.error(`task ${task}: ${aliveText(report)}`)
      continue
    }
    const output = await MultiOutput.open({ fileSystem, ...job, task, format: text() })
    const { epoch } = output
    await output.close()
    console.log(
      `task ${task}: claimed as epoch ${epoch}, ${state.openFiles.size} open files fenced and cut to what is committed, released`,
    )
  }
  return refused === 0 ? exitCodes.done : exitCodes.failed
}

function aliveText({ state, lastRecord }: TaskReport): string {
  const { host, pid } = state.owner!
  const last =
    lastRecord === undefined ? '' : `; its last record, a ${lastRecord.type}, is of ${timeText(lastRecord.timeMs)}`
  return `its owner, pid ${pid} on ${host}, may be alive${last}. Recovering would fence it: if it is surely gone, use --force`
}
