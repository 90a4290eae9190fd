// What a behaviour case is, and the few words in which they are written.
import { expect } from 'vitest'
import type { AssumptionsDriver, OpenUpload, Outcome, Traits } from './driver.js'

/** One assumption, or one side of it, as a scenario. */
export interface AssumptionCase {
  /** Begins with the numbers of docs/assumptions.md that it pins. */
  readonly title: string
  /** Whether it says anything about a server like this one. Default: about any. */
  readonly applies?: (traits: Traits) => boolean
  /** Waits for more than a few seconds of the server's time. */
  readonly pace?: 'slow'
  run(driver: AssumptionsDriver): Promise<void>
}

/** Bytes that tell where they come from: another seed, or another place in them, reads differently. */
export function bytesOf(lengthBytes: number, seed: string): Uint8Array {
  const line = `${seed}-`
  return Uint8Array.from({ length: lengthBytes }, (_, at) =>
    at % 16 < 8 ? line.charCodeAt(at % line.length) : (at >>> (4 * (at % 8))) & 0xff,
  )
}

/** One after the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}

/** The value of an outcome that has to be one. */
export function done<T>(outcome: Outcome<T>): T {
  if (!('value' in outcome)) throw new Error(`refused: ${JSON.stringify(outcome)}`)
  return outcome.value
}

/** Asserts a refusal by one of these exceptions; where a server blurs them, its message still has to fit. */
export function expectRefused(
  driver: AssumptionsDriver,
  outcome: Outcome<unknown>,
  exceptions: string | readonly string[],
  message?: RegExp,
): void {
  expect(outcome).toHaveProperty('exception')
  if (!('exception' in outcome)) return
  const names = driver.traits.exceptions === 'exact' ? [exceptions].flat() : [...[exceptions].flat(), 'RemoteException']
  expect(names, JSON.stringify(outcome)).toContain(outcome.exception)
  if (message !== undefined) expect(outcome.message).toMatch(message)
}

/**
 * Asserts that an upload was refused because its file was taken away from under it: the namenode does not know the inode
 * any more or, where a datanode has dropped the block before, not the block.
 */
export function expectTakenAway(driver: AssumptionsDriver, outcome: Outcome<unknown>): void {
  const message = /^File does not exist: .*\(inode \d+\)|blk_\S+ does not exist\.$/
  expectRefused(driver, outcome, ['FileNotFoundException', 'IOException'], message)
}

/** Asserts the content, byte by byte, without printing it. */
export async function expectContent(driver: AssumptionsDriver, path: string, content: Uint8Array): Promise<void> {
  const read = done(await driver.read(path))
  expect({ path, length: read.length }).toEqual({ path, length: content.length })
  expect(Buffer.compare(read, content), `the content of ${path}`).toBe(0)
}

/** Asserts that a prefix of `content`, at least `atLeastBytes` of it, is there, and says how long it is. */
export async function expectPrefix(
  driver: AssumptionsDriver,
  path: string,
  content: Uint8Array,
  atLeastBytes: number,
): Promise<number> {
  const read = done(await driver.read(path))
  expect(read.length).toBeGreaterThanOrEqual(atLeastBytes)
  expect(read.length).toBeLessThanOrEqual(content.length)
  expect(Buffer.compare(read, content.subarray(0, read.length)), `a prefix in ${path}`).toBe(0)
  return read.length
}

/** Waits until something is so; by the driver's clock, and at most `waitMs` of it. */
export async function until(
  driver: AssumptionsDriver,
  what: string,
  condition: () => Promise<boolean>,
  waitMs = 30_000,
): Promise<void> {
  const stepMs = 50
  for (let waitedMs = 0; waitedMs <= waitMs; waitedMs += stepMs) {
    if (await condition()) return
    await driver.wait(stepMs)
  }
  throw new Error(`not within ${waitMs} ms: ${what}`)
}

export async function untilClosed(driver: AssumptionsDriver, path: string): Promise<void> {
  await until(driver, `${path} is closed`, async () => !done(await driver.isOpen(path)))
}

/** Makes a file, and gives its path. */
export async function fileWith(driver: AssumptionsDriver, name: string, content: Uint8Array): Promise<string> {
  const path = `${driver.directory}/${name}`
  done(await driver.create(path, content))
  return path
}

/** An upload that has begun at the end of a file, and has sent `content`. */
export async function appending(driver: AssumptionsDriver, path: string, content: Uint8Array): Promise<OpenUpload> {
  return done(await driver.openAppend(path, content))
}
