// A sealed window is complete and stays so: no record comes to its files after the watermark has passed it, and `_SUCCESS` says
// so of no window before. The checker takes windows from the directories' names, and of the records only their watermark.
import { windowEndOf, withoutLate } from '../windows.js'
import type { LoggedFile, LogModel } from './log-model.js'
import type { Violations } from './violations.js'

const SUCCESS = /^(.*)\/_SUCCESS$/

/** What is compared. */
export interface WindowsCheck {
  /** Directories that have a marker. */
  readonly marked: ReadonlySet<string>
  /** Of all tasks. */
  readonly models: readonly LogModel[]
  /** `closed`: whoever was last has marked what there was to mark. */
  readonly moment: 'closed' | 'busy'
  /** For the findings. */
  readonly when: string
}

/** The directory that a path marks. */
export function markedBy(path: string): string | undefined {
  return SUCCESS.exec(path)?.[1]
}

/** Checks all windows. */
export function checkWindows({ marked, models, moment, when }: WindowsCheck, violations: Violations): void {
  for (const [task, model] of models.entries()) {
    const complain = (complaint: string): void => violations.add('WINDOW', `${when}: task ${task}: ${complaint}`)
    checkTask(model, complain)
    for (const directory of marked) {
      if ((windowEndOf(directory) ?? Infinity) > model.watermarkMs)
        complain(`${directory} is marked, the watermark is ${model.watermarkMs}`)
    }
  }
  if (moment === 'closed')
    checkAllMarked(marked, models, (complaint) => violations.add('WINDOW', `${when}: ${complaint}`))
}

function checkTask(model: LogModel, complain: (complaint: string) => void): void {
  const watermarks = watermarksOf(model, complain)
  for (const file of model.files.values()) {
    for (const { sequence } of file.chunks) checkChunk(file, sequence, watermarks[sequence - 1] ?? -Infinity, complain)
    if ((windowEndOf(file.directory) ?? Infinity) <= model.watermarkMs && !file.isSealed)
      complain(`${file.path} is open, the watermark ${model.watermarkMs} has passed its window`)
  }
}

/** Whoever was last, of any task, has marked what there was to mark: what all are past. */
function checkAllMarked(
  marked: ReadonlySet<string>,
  models: readonly LogModel[],
  complain: (complaint: string) => void,
): void {
  const pastMs = Math.min(...models.map(({ watermarkMs }) => watermarkMs))
  for (const { directory } of models.flatMap((model) => [...model.files.values()])) {
    if ((windowEndOf(directory) ?? Infinity) <= pastMs && !marked.has(directory))
      complain(`${directory} is complete and not marked`)
  }
}

/** By sequence: the watermark as of that record. */
function watermarksOf(model: LogModel, complain: (complaint: string) => void): readonly number[] {
  let watermarkMs = -Infinity
  return model.records.map((record, sequence) => {
    const own = record.type === 'checkpoint' ? (record.state?.watermarkMs ?? -Infinity) : record.watermarkMs
    if (own !== undefined && own < watermarkMs)
      complain(`record ${sequence} takes the watermark from ${watermarkMs} to ${own}`)
    if (record.type === 'checkpoint' && own !== watermarkMs)
      complain(`record ${sequence} keeps another watermark: ${own}`)
    watermarkMs = Math.max(watermarkMs, own ?? -Infinity)
    return watermarkMs
  })
}

function checkChunk(
  { directory, path }: LoggedFile,
  sequence: number,
  watermarkMs: number,
  complain: (complaint: string) => void,
): void {
  const isLate = withoutLate(directory) !== directory
  const endMs = windowEndOf(withoutLate(directory))
  if (endMs === undefined) return
  if (!isLate && endMs <= watermarkMs)
    complain(`record ${sequence} adds to ${path}, whose window ended before ${watermarkMs}`)
  if (isLate && endMs > watermarkMs) complain(`record ${sequence} takes for late what could be in its window: ${path}`)
}
