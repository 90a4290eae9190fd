// The bench's report: a peer that is not there has no number, and what a table says, its plots say.
import { expect, test } from 'vitest'
import { plotSvg } from '../../bench/reporting/plots.js'
import { Section } from '../../bench/reporting/report.js'
import { sectionMarkdown, sectionText } from '../../bench/reporting/tables.js'

test('a way that was not run shows its reason, and no target is met by it', () => {
  const section = new Section('pipeline', 'how quick?')
  section.row({ setting: 'ten', way: 'ours', unit: 'records/s', values: [1_000, 3_000, 2_000] })
  section.notRun({ setting: 'ten', way: 'Java', unit: 'records/s' }, 'no javac')
  const [ours, java] = [section.median('ten', 'ours'), section.median('ten', 'Java')]
  section.atLeast('ours at least Java', java === undefined ? undefined : ours! / java, 1)
  section.atLeast('ours at least 3,000', ours, 3_000)
  for (const text of [sectionMarkdown(section), sectionText(section)]) {
    expect(text).toContain('not run: no javac')
    expect(text).toContain('2,000')
    expect(text).toContain('1,500–2,500')
  }
  expect(section.verdicts.map(({ outcome }) => outcome)).toEqual(['not measured', 'missed'])
})

test('plots escape their labels and have a shape for each value', () => {
  const bars = [
    { label: 'a < b & c', value: 10, isOurs: true },
    { label: 'other', value: 5, isOurs: false },
  ]
  const svg = plotSvg({ kind: 'bars', name: 'x', title: 'Speed', unit: 'records/s', bars })
  expect(svg).toContain('a &lt; b &amp; c')
  expect(svg.match(/<rect/g)).toHaveLength(3)
  const points = [
    [1, 10],
    [100, 1_000],
  ] as const
  const lines = [{ label: 'time', points }]
  const curve = plotSvg({ kind: 'lines', name: 'x', title: 'T', x: 'keys', y: 'ms', logarithmic: true, lines })
  expect(curve).toContain('points="80.0,320.0 740.0,44.0"')
})
