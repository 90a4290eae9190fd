// The records that the benches write: a JSON line of 170 bytes each, spread over as many keys as wanted.

/** A line, with its line feed. */
export const LINE_BYTES = 170

/** One record. */
export interface Order {
  readonly key: string
  readonly order: number
  readonly customer: string
  readonly total: number
  readonly paid: boolean
  readonly note: string
}

/** `count` records over `keys` keys, each of them `lineBytes` long as a JSON line. */
export function orders(count: number, keys: number, lineBytes: number = LINE_BYTES): Order[] {
  return Array.from({ length: count }, (_, index) => {
    const order = {
      key: `key-${index % keys}`,
      order: 1_000_000 + index,
      customer: `customer-${(index * 7_919) % 100_000}`,
      total: ((index * 31) % 100_000) / 100,
      paid: index % 3 === 0,
      note: '',
    }
    const note = 'express delivery, ring twice '.repeat(Math.ceil(lineBytes / 29))
    return { ...order, note: note.slice(0, lineBytes - 1 - JSON.stringify(order).length) }
  })
}
