// In which order the actions of a record may run.
import type { Action } from './log-record.js'

/**
 * Splits actions into lanes. Those on one serial form one lane and run strictly in the recorded order, each only after the one
 * before is seen done; lanes may run side by side. An action without a serial (a manifest) is a lane of its own.
 */
export function publishLanes(actions: readonly Action[]): readonly (readonly Action[])[] {
  const lanes: Action[][] = []
  const bySerial = new Map<number, Action[]>()
  for (const action of actions) {
    const lane = action.serial === undefined ? undefined : bySerial.get(action.serial)
    if (lane !== undefined) {
      lane.push(action)
      continue
    }
    const fresh = [action]
    lanes.push(fresh)
    if (action.serial !== undefined) bySerial.set(action.serial, fresh)
  }
  return lanes
}

/** What an action consumes: it is done when this path is absent. */
export function sourceOf(action: Action): string {
  switch (action.do) {
    case 'rename':
      return action.from
    case 'concat':
      return action.source
    case 'delete':
      return action.path
  }
}
