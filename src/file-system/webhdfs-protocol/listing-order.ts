// The order in which HDFS lists names, and the way from it to the port's order.
import { compareCodePoints } from '../name-order.js'

/**
 * Compares as HDFS does: by UTF-8 bytes, **taken as signed** (`DFSUtilClient.compareBytes`), so that whatever is beyond ASCII
 * stands before ASCII. Its pages follow this order, and `startafter` means it.
 */
export function compareSignedBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)]
    if (left === right) continue
    if (left < 0x80 !== right < 0x80) return left < 0x80 ? 1 : -1
    // Both of ASCII, or both beyond: the sign changes nothing between them.
    return compareCodePoints(a.slice(index), b.slice(index))
  }
  return a.length - b.length
}

/**
 * From where on to ask a server that lists by signed bytes, so that no name after `startAfter` by code point is missed, and not too
 * many before it are met. `reached` is the last name seen; undefined at the beginning. Returns undefined for the beginning of the directory.
 *
 * Names after `startAfter` that the server lists before it are those that agree with it up to an ASCII character and go on
 * beyond ASCII. They follow directly after that common prefix, so these prefixes are where to go on.
 */
export function nextStart(startAfter: string, reached: string | undefined): string | undefined {
  for (let index = 0; index < startAfter.length; index += 1) {
    if (startAfter.charCodeAt(index) >= 0x80) continue
    const prefix = startAfter.slice(0, index)
    if (reached === undefined) return prefix === '' ? undefined : prefix
    if (reached.startsWith(prefix) && reached.charCodeAt(index) >= 0x80) return reached
    if (compareSignedBytes(prefix, reached) >= 0) return prefix
  }
  if (reached === undefined || compareSignedBytes(startAfter, reached) > 0) return startAfter
  return reached
}

interface Named {
  readonly name: string
}

/**
 * Turns entries in the server's order into entries in order of code points, holding back only those with a name beyond
 * ASCII, until the entries that share what comes before are through.
 */
export class Reordering<T extends Named> {
  /** The prefix of each group is a prefix of the one above it. */
  readonly #held: { readonly prefix: string; readonly entries: T[] }[] = []

  /** Takes the next entry and returns those whose turn has come. */
  take(entry: T): T[] {
    const ready: T[] = []
    while (this.#held.length > 0 && !entry.name.startsWith(this.#held.at(-1)!.prefix)) ready.push(...this.#release())
    const beyond = indexBeyondAscii(entry.name)
    if (beyond === -1) {
      ready.push(entry)
      return ready
    }
    const prefix = entry.name.slice(0, beyond)
    const group = this.#held.at(-1)
    if (group !== undefined && group.prefix === prefix) group.entries.push(entry)
    else this.#held.push({ prefix, entries: [entry] })
    return ready
  }

  /** The entries that are left at the end. */
  rest(): T[] {
    const ready: T[] = []
    while (this.#held.length > 0) ready.push(...this.#release())
    return ready
  }

  #release(): T[] {
    return this.#held.pop()!.entries.sort((a, b) => compareCodePoints(a.name, b.name))
  }
}

function indexBeyondAscii(name: string): number {
  for (let index = 0; index < name.length; index += 1) if (name.charCodeAt(index) >= 0x80) return index
  return -1
}
