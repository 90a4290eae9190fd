// A scenario as it is written: what it is about, the script, and below a line what happened.

/** The line between what a person writes and what the runner writes. */
const DIVIDER = '----'

/** A file of test/scenarios. */
export interface Scenario {
  /** Everything above the divider, as it stands there. */
  readonly written: string
  readonly commands: readonly Command[]
  /** Everything below the divider. */
  readonly happened: string
}

/** One line of the script. */
export interface Command {
  /** As written, for the report. */
  readonly line: string
  readonly words: readonly string[]
}

/** Reads a scenario. Lines that begin with `#`, and empty ones, are for people. */
export function parseScenario(text: string): Scenario {
  const lines = text.split('\n')
  const divider = lines.indexOf(DIVIDER)
  const above = divider === -1 ? lines : lines.slice(0, divider)
  const commands = above
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ line, words: line.split(/\s+/) }))
  const written = above.join('\n').trimEnd()
  return { written, commands, happened: divider === -1 ? '' : lines.slice(divider + 1).join('\n') }
}

/** The text of the file with what happened below it. */
export function withWhatHappened({ written }: Scenario, happened: string): string {
  return `${written}\n${DIVIDER}\n${happened}`
}
