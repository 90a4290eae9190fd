// Makes orders to play with: JSON lines whose countries are as unevenly spread as those of a real shop.
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

/** From the most to the least frequent. */
const countries = ['de', 'fr', 'us', 'br', 'jp', 'in', 'pl', 'it', 'es', 'nl', 'se', 'at', 'ch', 'pt', 'ke', 'nz']
const LINES_A_WRITE = 2_000

/** What was made. */
export interface MadeOrders {
  readonly orders: number
  readonly bytes: number
}

/** Writes that many orders, numbered from 0, the same ones each time. */
export async function makeOrders(path: string, orders: number): Promise<MadeOrders> {
  const stream = createWriteStream(path)
  const country = zipf(countries)
  const fraction = fractions(20_260_101)
  for (let order = 0; order < orders; ) {
    let lines = ''
    for (let i = 0; i < LINES_A_WRITE && order < orders; i++, order++) {
      const cents = Math.floor(500 + fraction() * 50_000)
      const made = { order, country: country(fraction()), items: 1 + Math.floor(fraction() * 5), total: cents / 100 }
      lines += `${JSON.stringify(made)}\n`
    }
    if (!stream.write(lines)) await once(stream, 'drain')
  }
  stream.end()
  await once(stream, 'close')
  return { orders, bytes: stream.bytesWritten }
}

/** Picks by a fraction: the n-th with a weight of 1/n. */
function zipf<T>(values: readonly T[]): (fraction: number) => T {
  const whole = values.reduce((sum, _, index) => sum + 1 / (index + 1), 0)
  return (fraction) => {
    let left = fraction * whole
    const index = values.findIndex((_, at) => {
      left -= 1 / (at + 1)
      return left < 0
    })
    return values.at(index)!
  }
}

/** Fractions that look random: a linear congruential generator with the constants of Numerical Recipes. */
function fractions(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
