// What is measured of a format: its encoding, beside what somebody would write by hand with the library below it, for the same file.
import type { CompressionName, Format, RecordId } from '../../src/index.js'
import { type Order, orders } from '../writer/orders.js'

/** A record, and where it comes from. */
export interface Sample {
  readonly order: Order
  readonly id: RecordId
}

/** Takes the bytes of a file as they become ready. */
export type Take = (piece: Uint8Array) => void

/** What a file holds of a sample, as its reader finds it. */
export type ReadOrder = Order & { readonly _id?: string }

/** One format and its rival. */
export interface FormatBench {
  readonly name: string
  readonly format: () => Format<Order>
  /** Around the whole file; left out: none. */
  readonly compression?: CompressionName
  /** Each record has its id in the file: in both ways. */
  readonly hasIds?: boolean
  /** What the other way is, in a word or two. */
  readonly against: string
  /** Makes the same file the bare way. */
  readonly bare: (samples: readonly Sample[], take: Take) => void | Promise<void>
  /** Reads either's file, for the check that nothing is missing in it. */
  readonly read: (file: Buffer) => readonly ReadOrder[] | Promise<readonly ReadOrder[]>
  /** The bare way makes no file, so there is nothing to read. */
  readonly isBareUnreadable?: boolean
  /** Of the format's speed beside it; left out where the other way is no library, but the least that anybody must do. */
  readonly ratioMin?: number
}

/** What a format keeps of the speed of the library that it is made of. */
export const LIBRARY_RATIO_MIN = 0.8

/** The bare ways gather what they encode in pieces of this many characters or bytes, as anybody would. */
export const PIECE_CHARACTERS = 1_024
export const PIECE_BYTES = 65_536

const PARTITIONS = 4

/** Orders over so many keys, as Kafka would hand them out. */
export function samplesOf(count: number, keys: number): Sample[] {
  return orders(count, keys).map((order, index) => ({
    order,
    id: { topic: 'orders', partition: index % PARTITIONS, offset: BigInt(5_000_000_000 + index) },
  }))
}

/** The id's text, as the bare ways write it. */
export function idOf({ id }: Sample): string {
  return `${id.partition}-${id.offset}`
}

/** What a file should hold. */
export function expectedOf(sample: Sample, hasIds: boolean): ReadOrder {
  return hasIds ? { _id: idOf(sample), ...sample.order } : sample.order
}

const texts = new WeakMap<Order, string>()

/** The order as JSON, made once: for formats of texts, which are handed texts. */
export function jsonOf(order: Order): string {
  let text = texts.get(order)
  if (text === undefined) {
    text = JSON.stringify(order)
    texts.set(order, text)
  }
  return text
}

const bytes = new WeakMap<Order, Buffer>()

/** The same for formats of bytes. */
export function jsonBytesOf(order: Order): Buffer {
  let json = bytes.get(order)
  if (json === undefined) {
    json = Buffer.from(jsonOf(order))
    bytes.set(order, json)
  }
  return json
}
