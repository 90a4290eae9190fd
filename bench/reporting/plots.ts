// Plots as SVG, by hand: bars, and lines over a linear or logarithmic axis. Readable on light and dark pages.
import type { BarPlot, LinePlot, Plot } from './report.js'
import { figure } from './tables.js'

const WIDTH = 760
const OURS = '#2f6fd0'
const OTHERS = '#9aa4b2'
const LINES = ['#2f6fd0', '#d0702f', '#3a9d5d', '#a04fc0', '#c0392b', '#7f8c8d']
const TICKS = 5

/** A standalone SVG document. */
export function plotSvg(plot: Plot): string {
  return plot.kind === 'bars' ? bars(plot) : lines(plot)
}

function bars({ title, unit, bars: all }: BarPlot): string {
  const [rowHeight, top, left, right] = [26, 44, 300, 90]
  const largest = Math.max(...all.map(({ value }) => value))
  const rows = all.map(({ label, value, isOurs }, index) => {
    const y = top + index * rowHeight
    const width = ((WIDTH - left - right) * value) / largest
    return [
      text(left - 8, y + 14, label, { anchor: 'end', bold: isOurs }),
      `<rect x="${left}" y="${y}" width="${width.toFixed(1)}" height="18" rx="2" fill="${isOurs ? OURS : OTHERS}"/>`,
      text(left + width + 6, y + 14, figure(value), {}),
    ].join('\n')
  })
  return page(top + all.length * rowHeight + 12, `${title} (${unit})`, rows)
}

function lines({ title, x, y, logarithmic, lines: all }: LinePlot): string {
  const [left, right, top, bottom] = [80, 20, 44, 320]
  const points = all.flatMap((line) => line.points)
  const across = axis(
    points.map(([value]) => value),
    { from: left, to: WIDTH - right, logarithmic },
  )
  const up = axis(
    points.map(([, value]) => value),
    { from: bottom, to: top, logarithmic },
  )
  const grid = [
    ...across.ticks.map((tick) => text(across.at(tick), bottom + 18, figure(tick), { anchor: 'middle' })),
    ...up.ticks.flatMap((tick) => [
      `<line x1="${left}" x2="${WIDTH - right}" y1="${up.at(tick).toFixed(1)}" y2="${up.at(tick).toFixed(1)}" stroke="#8884"/>`,
      text(left - 6, up.at(tick) + 4, figure(tick), { anchor: 'end' }),
    ]),
    text((left + WIDTH - right) / 2, bottom + 38, x, { anchor: 'middle' }),
    text(left, top - 8, y, {}),
  ]
  const drawn = all.map(({ label, points: own }, index) => {
    const colour = LINES[index % LINES.length]!
    const path = own.map(([px, py]) => `${across.at(px).toFixed(1)},${up.at(py).toFixed(1)}`).join(' ')
    const legend = bottom + 62 + index * 20
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      `<line x1="${left}" x2="${left + 24}" y1="${legend - 4}" y2="${legend - 4}" stroke="${colour}" stroke-width="3"/>`,
      text(left + 32, legend, label, {}),
    ].join('\n')
  })
  return page(bottom + 56 + all.length * 20, title, [...grid, ...drawn])
}

interface Axis {
  at(value: number): number
  readonly ticks: readonly number[]
}

/** A linear axis begins at nought, a logarithmic one at the least value. */
function axis(
  values: readonly number[],
  { from, to, logarithmic }: { readonly from: number; readonly to: number; readonly logarithmic: boolean },
): Axis {
  const scale = (value: number): number => (logarithmic ? Math.log10(value) : value)
  const low = logarithmic ? Math.min(...values.map(scale)) : 0
  const high = Math.max(...values.map(scale))
  const range = high - low || 1
  const ticks = Array.from({ length: TICKS }, (_, index) => low + (range * index) / (TICKS - 1))
  return {
    at: (value) => from + ((scale(value) - low) / range) * (to - from),
    ticks: ticks.map((tick) => (logarithmic ? 10 ** tick : tick)),
  }
}

function page(height: number, title: string, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text(16, 22, title, { bold: true }),
    ...content,
    '</svg>\n',
  ].join('\n')
}

function text(
  x: number,
  y: number,
  content: string,
  { anchor = 'start', bold }: { readonly anchor?: 'start' | 'middle' | 'end'; readonly bold?: boolean },
): string {
  const weight = bold === true ? ' font-weight="bold"' : ''
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="#222"${weight}>${escaped(content)}</text>`
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
