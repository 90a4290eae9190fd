// Sections as tables: Markdown for a report, aligned columns for a terminal.
import type { Row, Section } from './report.js'

const HEAD = ['setting', 'way', 'median', 'quartiles', 'extremes', 'unit', 'also']

export function sectionMarkdown(section: Section): string {
  const settings = Object.entries(section.settings).map(([name, value]) => `${name}: ${value}`)
  const [main, details] = [section.rows.filter((row) => !row.isDetail), section.rows.filter((row) => row.isDetail)]
  const load = section.loads.map((each) => each.toFixed(1))
  return [
    `## ${section.question}`,
    section.asks,
    [...settings, `load of the machine meanwhile: ${load.join(', ')}`, `begun at ${section.startedAt}`].join('; '),
    ...(main.length === 0 ? [] : [markdownTable(HEAD, main.map(cells))]),
    ...(details.length === 0 ? [] : ['Medians of what else was counted in the same runs:', detailMarkdown(details)]),
    ...(section.verdicts.length === 0
      ? []
      : [
          markdownTable(
            ['target', 'found', ''],
            section.verdicts.map(({ target, found, outcome }) => [target, found, outcome]),
          ),
        ]),
    ...(section.notes.length === 0 ? [] : [section.notes.map((note) => `- ${note}`).join('\n')]),
    ...section.plots.map(({ name, title }) => `![${title}](${name}.svg)`),
  ].join('\n\n')
}

export function sectionText(section: Section): string {
  const details = detailTable(section.rows.filter((row) => row.isDetail))
  return [
    ...alignedColumns(HEAD, section.rows.filter((row) => !row.isDetail).map(cells)),
    ...alignedColumns(details.head, details.rows),
    ...section.notes.map((note) => `  ${note}`),
    ...section.verdicts.map(({ target, found, outcome }) => `  ${target}: ${found} – ${outcome}`),
  ].join('\n')
}

function alignedColumns(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const widths = head.map((each, index) => Math.max(each.length, ...rows.map((row) => row[index]!.length)))
  return [head, ...rows].map((row) => `  ${row.map((cell, index) => cell.padEnd(widths[index]!)).join('  ')}`.trimEnd())
}

/** A row for each setting and way, a column for each of the further figures: medians. */
function detailTable(details: readonly Row[]): { readonly head: string[]; readonly rows: string[][] } {
  const units = [...new Set(details.map(({ unit }) => unit))]
  const places = new Map(details.map((row) => [`${row.setting}\0${row.way}`, row]))
  const rows = [...places.values()].map(({ setting, way }) => [
    setting,
    way,
    ...units.map((unit) => {
      const found = details.find((row) => row.setting === setting && row.way === way && row.unit === unit)
      return found?.spread === undefined ? '' : figure(found.spread.median)
    }),
  ])
  return { head: ['setting', 'way', ...units], rows }
}

function detailMarkdown(details: readonly Row[]): string {
  const { head, rows } = detailTable(details)
  return markdownTable(head, rows)
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function cells({ setting, way, unit, spread, notRun, also }: Row): string[] {
  const more = Object.entries(also).map(([name, value]) => `${name} ${value}`)
  if (spread === undefined) return [setting, way, `not run: ${notRun}`, '', '', '', more.join('; ')]
  const { median, lowerQuartile, upperQuartile, min, max } = spread
  const range = (from: number, to: number): string => `${figure(from)}–${figure(to)}`
  return [setting, way, figure(median), range(lowerQuartile, upperQuartile), range(min, max), unit, more.join('; ')]
}

/** Three digits or so, thousands apart. */
export function figure(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude >= 10_000) return (Math.round(value / 100) * 100).toLocaleString('en-US')
  if (magnitude >= 100) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(magnitude >= 10 ? 1 : 2)
}
