// Looks at what the protocol keeps for itself: the log back to the last but one checkpoint, manifests, temps.
import type { LogModel } from './log-model.js'
import { parseRawManifest } from './raw-record.js'
import type { Violations } from './violations.js'

const LOG = /^_multi_output\/task-(\d+)\/log\/(\d+)\.json$/
const MANIFEST = /^_multi_output\/task-\d+\/sealed\/\d{4}-\d\d-\d\d-(\d+)\.json$/
const TEMP = /^_multi_output\/task-\d+\/tmp\/(\d+)\//

/** The task and the sequence in the path of a record; undefined for any other path. */
export function recordAt(path: string): { readonly task: number; readonly sequence: number } | undefined {
  const [, task, sequence] = LOG.exec(path) ?? []
  return sequence === undefined ? undefined : { task: Number(task), sequence: Number(sequence) }
}

/** What is compared. `quiet`: nothing is under way and the last thing that happened was an open of the newest epoch. */
export interface KeptCheck {
  /** Every file below the protocol's own directory that is of this task, or of none. */
  readonly kept: ReadonlyMap<string, Uint8Array>
  /** Directories below `tmp`. */
  readonly tmpEpochs: readonly number[]
  readonly model: LogModel
  readonly moment: 'quiet' | 'busy'
  readonly when: string
}

/** Checks records, manifests and temps. */
export function checkKept({ kept, tmpEpochs, model, moment, when }: KeptCheck, violations: Violations): void {
  const sequences = new Set<number>()
  const manifests: string[] = []
  for (const path of kept.keys()) {
    const record = recordAt(path)
    if (record !== undefined) sequences.add(record.sequence)
    else if (MANIFEST.test(path)) manifests.push(path)
    else if (path !== '_multi_output/job.json' && !TEMP.test(path) && !path.startsWith('_multi_output/tmp/')) {
      violations.add('KEPT', `${when}: nobody knows ${path}`)
    }
  }
  if (!kept.has('_multi_output/job.json')) violations.add('KEPT', `${when}: job.json is not there`)
  checkLog(sequences, model, when, violations)
  if (moment === 'busy') return
  checkManifests(manifests, kept, model, when, violations)
  for (const epoch of tmpEpochs) {
    if (epoch < model.epoch) violations.add('KEPT', `${when}: tmp of epoch ${epoch} is left in epoch ${model.epoch}`)
  }
}

function checkLog(sequences: ReadonlySet<number>, model: LogModel, when: string, violations: Violations): void {
  const firstKept = model.checkpoints.at(-2) ?? 0
  for (let sequence = firstKept; sequence <= model.newest; sequence++) {
    if (sequences.has(sequence)) continue
    violations.add('KEPT', `${when}: record ${sequence} is gone, though it is needed back to ${firstKept}`)
  }
  // What was deleted is a beginning: whoever reads on from any record finds no gap above it.
  const oldest = Math.min(...[...sequences].filter((sequence) => !model.ghosts.has(sequence)))
  for (let sequence = oldest; sequence < firstKept; sequence++) {
    if (!sequences.has(sequence)) violations.add('KEPT', `${when}: record ${sequence} is gone, ${oldest} is not`)
  }
}

/** A sealed file stands in one manifest, or was sealed since the newest checkpoint. */
function checkManifests(
  paths: readonly string[],
  kept: ReadonlyMap<string, Uint8Array>,
  model: LogModel,
  when: string,
  violations: Violations,
): void {
  const newest = model.checkpoints.at(-1) ?? -1
  const listed = new Map<number, number>()
  for (const path of paths) {
    for (const { serial, path: of, length } of parseRawManifest(kept.get(path)!)) {
      listed.set(serial, (listed.get(serial) ?? 0) + 1)
      const file = model.files.get(serial)
      if (file?.isSealed !== true || file.path !== of || file.length !== length) {
        violations.add('KEPT', `${when}: ${path} lists ${of} of ${length} bytes, the log does not`)
      }
    }
  }
  for (const { serial, path } of model.records[newest]?.state?.sealedFiles ?? []) {
    if (listed.has(serial)) violations.add('KEPT', `${when}: ${path} is in a manifest and in checkpoint ${newest}`)
  }
  for (const { serial, path, isSealed, sealedBy } of model.files.values()) {
    const expected = isSealed && sealedBy < newest ? 1 : 0
    const found = listed.get(serial) ?? 0
    if (found !== expected) violations.add('KEPT', `${when}: ${path} is in ${found} manifests instead of ${expected}`)
  }
}
