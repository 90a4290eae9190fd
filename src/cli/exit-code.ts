// The exit codes of the command: part of its interface, like its flags.

/** Exit codes. */
export const exitCodes = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  /** `verify` read everything and something is wrong with it. */
  findings: 3,
} as const

/** A mistake of whoever called the command: said in one line, exit code 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}
