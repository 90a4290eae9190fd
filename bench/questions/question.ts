// What a question of the bench is, and what it is given to find its answer.
import type { Progress } from '../reporting/progress.js'
import type { Section } from '../reporting/report.js'

export interface Question {
  readonly name: string
  readonly asks: string
  /** What must hold, in words. */
  readonly bound: string
  readonly needs: 'Node' | 'Java 17 and Maven'
  /** Asked where no name is given; the others by name only. */
  readonly isUsual: boolean
  /** Asked by --quick without a name. */
  readonly isInQuick: boolean
  /** Fills the section. Rejects when an output is not what it should be. */
  run(inquiry: Inquiry): Promise<void>
}

export interface Inquiry {
  readonly section: Section
  readonly progress: Progress
  readonly isQuick: boolean
  /** As the command was asked for. */
  readonly records: number | undefined
  readonly rounds: number | undefined
  /** Only settings whose names begin so. */
  readonly only: string
  /** Whether a way is to be measured, by its name. */
  isAsked(way: string): boolean
  /** The bench and the library as plain JavaScript: where they lie. */
  readonly compiledDirectory: string
  readonly reportDirectory: string
}
