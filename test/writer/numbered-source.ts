// A source without end whose every record follows from its place: so a writer can replay it, and a reader knows what
// must be in the files without having seen the writer.
import type { RecordId } from '../../src/model/record-id.js'

/** Name of the one topic. */
export const TOPIC = 'numbered'

/** Partitions of the topic. */
export const PARTITIONS = 2

/** Keys over which the records are spread; one of them would do as a path of its own, if it were not escaped. */
export const keys: readonly string[] = ['de', 'fr', 'jp', 'ü/../x', '_hidden', 'a=b', '日本']

const VALUE_CHARACTERS_MAX = 1_500

/** One record. */
export interface NumberedRecord {
  readonly key: string
  readonly value: string
}

/** The record at a place. */
export function recordAt(partition: number, offset: bigint): NumberedRecord {
  const mixed = mix(partition, Number(offset))
  const key = keys[mixed % keys.length]!
  // Few are long, so that uploads take long enough to be interrupted and most lines are short.
  const characters = (mixed >>> 8) % 8 === 0 ? (mixed >>> 11) % VALUE_CHARACTERS_MAX : (mixed >>> 11) % 40
  return { key, value: `${key} ${'abcdéfghij'.repeat(characters / 10 + 1).slice(0, characters)}` }
}

/** The id of a place. */
export function idAt(partition: number, offset: bigint): RecordId {
  return { topic: TOPIC, partition, offset }
}

/** How a record stands in a data file, without the line feed. */
export function lineAt(partition: number, offset: bigint): string {
  return `${partition}-${offset}\t${recordAt(partition, offset).value}`
}

function mix(partition: number, offset: number): number {
  let state = Math.imul(offset + 1, 0x9e3779b1) ^ Math.imul(partition + 7, 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
  state = Math.imul(state ^ (state >>> 12), 0x297a2d39)
  return (state ^ (state >>> 15)) >>> 0
}
