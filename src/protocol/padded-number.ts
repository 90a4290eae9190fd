// Numbers in names: zero-padded so that a later name sorts later, but always compared as numbers. A number that outgrows its width stays valid.

/** Width of a task's number. Like the other widths chosen so that names sort for longer than a job lives; nothing depends on them. */
export const TASK_DIGITS = 5
/** Width of an epoch's number. */
export const EPOCH_DIGITS = 6

/** A number as it stands in a name. */
export function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0')
}

/** The number that digits stand for; `undefined` for none, and for one that is too large to be exact. */
export function numberOf(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : undefined
}
