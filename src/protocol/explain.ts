// Plans in words: the design's numbered steps, for logs, `inspect` and scenario files.
import { eachRange } from '../model/offsets.js'
import { recordName } from './layout.js'
import type { Action, LogRecord } from './log-record.js'
import type { OpenPlan } from './plan-open.js'

/** One action, one line. */
export function explainAction(action: Action): string {
  switch (action.do) {
    case 'rename':
      return `rename ${action.from} to ${action.to}`
    case 'concat':
      return `concat ${action.source} onto ${action.target}`
    case 'delete':
      return `delete ${action.path}`
  }
}

/** What an open will do, step by step. */
export function explainOpen(plan: OpenPlan): readonly string[] {
  const steps = [`claim epoch ${plan.epoch} as ${recordName(plan.claimSequence)}`]
  for (const action of plan.publish) steps.push(`publish again: ${explainAction(action)}`)
  for (const file of plan.fence) steps.push(`reclaim ${file.path}, keep ${file.length} bytes`)
  if (plan.fence.length > 0) steps.push('put a commit without offsets that lists the new paths; publish it')
  steps.push(`delete tmp/ of epochs below ${plan.deleteTmpBelowEpoch}`)
  return numbered(steps)
}

/** What a record says and asks for, step by step. */
export function explainRecord(sequence: number, record: LogRecord): readonly string[] {
  const put = `put ${recordName(sequence)}: ${record.type} of epoch ${record.epoch}`
  if (record.type === 'claim') return numbered([put])
  if (record.type === 'checkpoint')
    return numbered([put, ...record.publish.map((action) => `publish: ${explainAction(action)}`)])
  const steps = [record.released ? `${put}, released` : put]
  for (const [topic, partition, { from, until }] of eachRange(record.offsets)) {
    steps.push(`add offsets ${from} to ${until} of ${topic}/${partition}`)
  }
  for (const file of record.files) {
    const sealed = file.sealed ? ', sealed' : ''
    steps.push(`${file.path}: ${file.baseLength} to ${file.length} bytes, ${file.recordCount} records${sealed}`)
  }
  for (const action of record.publish) steps.push(`publish: ${explainAction(action)}`)
  return numbered(steps)
}

function numbered(steps: readonly string[]): readonly string[] {
  return steps.map((step, index) => `${index + 1}. ${step}`)
}
