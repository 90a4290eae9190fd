// What a run of the bench found: sections, their rows, verdicts on targets, and plots. Plain data, so that JSON, Markdown and the terminal tell the same.
import { type Spread, spreadOf } from '../file-system/paired.js'

/** One way's figures in one setting: of all rounds that count. */
export interface Row {
  readonly setting: string
  readonly way: string
  readonly unit: string
  /** Of the same runs as another row of this setting and way: shown beside it. */
  readonly isDetail: boolean
  /** A figure a round; none when it was not run. */
  readonly values: readonly number[]
  readonly spread?: Spread
  /** Why there is no figure. */
  readonly notRun?: string
  /** What else was seen, by its name. */
  readonly also: Readonly<Record<string, string>>
}

/** A target, and whether it is met. */
export interface Verdict {
  readonly target: string
  readonly found: string
  readonly outcome: 'met' | 'missed' | 'not measured'
}

export interface BarPlot {
  readonly kind: 'bars'
  readonly name: string
  readonly title: string
  readonly unit: string
  readonly bars: readonly { readonly label: string; readonly value: number; readonly isOurs: boolean }[]
}

export interface LinePlot {
  readonly kind: 'lines'
  readonly name: string
  readonly title: string
  readonly x: string
  readonly y: string
  readonly logarithmic: boolean
  readonly lines: readonly { readonly label: string; readonly points: readonly (readonly [number, number])[] }[]
}

export type Plot = BarPlot | LinePlot

/** What one question found. Filled while it runs. */
export class Section {
  readonly question: string
  readonly asks: string
  readonly startedAt: string = new Date().toISOString()
  readonly settings: Record<string, string> = {}
  readonly rows: Row[] = []
  readonly verdicts: Verdict[] = []
  readonly plots: Plot[] = []
  readonly notes: string[] = []
  readonly loads: number[] = []

  constructor(question: string, asks: string) {
    this.question = question
    this.asks = asks
  }

  row(row: Pick<Row, 'setting' | 'way' | 'unit' | 'values'> & { readonly also?: Row['also'] }): void {
    this.rows.push({ also: {}, isDetail: false, ...row, spread: spreadOf(row.values) })
  }

  detail(row: Pick<Row, 'setting' | 'way' | 'unit' | 'values'>): void {
    this.rows.push({ also: {}, isDetail: true, ...row, spread: spreadOf(row.values) })
  }

  notRun(row: Pick<Row, 'setting' | 'way' | 'unit'>, reason: string): void {
    this.rows.push({ ...row, values: [], isDetail: false, notRun: reason, also: {} })
  }

  /** `found` undefined: a side of the comparison was not run. */
  atLeast(target: string, found: number | undefined, least: number): void {
    this.#judge(target, found, (value) => value >= least)
  }

  atMost(target: string, found: number | undefined, most: number): void {
    this.#judge(target, found, (value) => value <= most)
  }

  /** The median of a row; undefined when it was not run. `unit` names a detail. */
  median(setting: string, way: string, unit?: string): number | undefined {
    const isIt = (row: Row): boolean => (unit === undefined ? !row.isDetail : row.unit === unit)
    return this.rows.find((row) => row.setting === setting && row.way === way && isIt(row))?.spread?.median
  }

  #judge(target: string, found: number | undefined, holds: (value: number) => boolean): void {
    const outcome = found === undefined ? 'not measured' : holds(found) ? 'met' : 'missed'
    const shown = found === undefined ? '–' : found >= 100 ? found.toFixed(0) : found.toFixed(2)
    this.verdicts.push({ target, found: shown, outcome })
  }
}
