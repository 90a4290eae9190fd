// The report on disk: report.json, report.md and an SVG for each plot.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { plotSvg } from './plots.js'
import type { Section } from './report.js'
import { markdownTable, sectionMarkdown } from './tables.js'

export async function writeReport(
  directory: string,
  report: {
    readonly command: string
    readonly environment: Readonly<Record<string, string>>
    readonly sections: readonly Section[]
  },
): Promise<void> {
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`)
  const { command, environment, sections } = report
  const text = [
    '# Report of the bench',
    `Made by \`${command}\`. Medians, quartiles and extremes of the rounds that count; what was written was read back, record by record.`,
    markdownTable(['', ''], Object.entries(environment)),
    ...sections.map(sectionMarkdown),
  ]
  await writeFile(join(directory, 'report.md'), `${text.join('\n\n')}\n`)
  const plots = sections.flatMap((section) => section.plots)
  for (const plot of plots) await writeFile(join(directory, `${plot.name}.svg`), plotSvg(plot))
}
