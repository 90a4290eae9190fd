// A curve as text, for a terminal and for a log.

const WIDTH = 40

/** A line a point: its name, its value, and a bar as long as the value's share of the largest. */
export function curve(
  points: readonly { readonly name: string; readonly value: number; readonly unit: string }[],
): string {
  const largest = Math.max(...points.map(({ value }) => value))
  const nameWidth = Math.max(...points.map(({ name }) => name.length))
  const shown = points.map(({ value, unit }) => `${Number.isInteger(value) ? value : value.toFixed(2)}${unit}`)
  const valueWidth = Math.max(...shown.map((text) => text.length))
  return points
    .map(({ name, value }, index) => {
      const bar = '#'.repeat(Math.round((value / largest) * WIDTH))
      return `  ${name.padStart(nameWidth)}  ${shown[index]!.padStart(valueWidth)}  ${bar}`
    })
    .join('\n')
}
