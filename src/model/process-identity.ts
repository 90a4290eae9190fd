// Which process wrote a claim: enough to prove later, on the same machine, that it no longer runs.

/** A process, told apart from every other one that runs or ran on its machine since it booted. */
export interface ProcessIdentity {
  /** The host's name. For people: names are not unique. */
  readonly host: string
  /** The kernel's id of this boot; `''` where it could not be found out, and then nothing is ever proved by it. */
  readonly bootId: string
  /** The space in which `pid` and `startTime` mean anything; `''` where it could not be found out. */
  readonly pidNamespace: string
  readonly pid: number
  /** When the process started, in the machine's own words, to be compared and not to be read; `''` where it could not be found out. */
  readonly startTime: string
}
