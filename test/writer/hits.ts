// What is done to writers and servers while records are written; afterwards everything is read and counted.
import assert from 'node:assert/strict'
import { rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import type { ServerHandle } from '../cluster/java-server.js'
import { setSpaceQuota } from './hdfs-files.js'
import type { NamenodeGate } from './namenode-gate.js'
import type { WritingProcess } from './spawned-writer.js'
import type { Told } from './told.js'
import { streaming, type WriterTrial } from './writer-trial.js'

/** A writer lives so long at most after what it is waited for: long enough for a commit. */
const LIFE_MS_MAX = 400

/** Kills writers at random moments, one after the other; answers how what they left was taken over. */
export async function killAgainAndAgain(
  trial: WriterTrial,
  { kills, random }: { readonly kills: number; readonly random: SeededRandom },
): Promise<string> {
  const counts = { kept: 0, truncated: 0, copied: 0, replaced: 0 }
  for (let kill = 0; kill < kills; kill++) {
    // Some keep uploads open, and some of these are killed while they do nothing else.
    const order = random.happens(0.6) ? { ...streaming, ...(random.happens(0.5) ? { holdMs: 200 } : {}) } : {}
    const writer = trial.start(kill, order)
    // Counted from something told, so that a busy machine is killed in the same places as a quiet one.
    await writer.until(random.pick(['opening', 'opened', 'committing', 'committing', 'committed']))
    await setTimeout(random.integer(LIFE_MS_MAX))
    writer.signal('SIGKILL')
    const { exitCode, told } = await writer.ended()
    assert.equal(exitCode, null, `it ended by itself: ${JSON.stringify(told.at(-1))}`)
    for (const one of told) if (one.what === 'reclaimed') counts[one.how]++
  }
  await trial.expectExact()
  return `kept ${counts.kept}, cut ${counts.truncated}, copied ${counts.copied}`
}

/** Stops a writer with uploads open, lets another take over, write and leave, and continues the first: it is fenced, and changes nothing. */
export async function stopWithUploadsOpen(trial: WriterTrial, name: string): Promise<void> {
  const sleeper = trial.start(`${name}/sleeper`, { ...streaming, holdMs: 1_500 })
  // Not in its first attempt, so that data files are open and not only temps.
  await sleeper.until('committed')
  await trial.untilUploadsOpen()
  sleeper.signal('SIGSTOP')
  await trial.write(`${name}/successor`, 2)
  const before = await trial.snapshot()
  sleeper.signal('SIGCONT')
  const { exitCode, told } = await sleeper.ended()
  const { what, code } = told.at(-1) as { readonly what: string; readonly code?: string }
  assert.deepEqual(
    { exitCode, what, code },
    { exitCode: 3, what: 'failed', code: 'FENCED' },
    JSON.stringify(told.at(-1)),
  )
  assert.deepEqual((await trial.snapshot()).changesSince(before), [])
}

/** Stops a writer at a random moment, for the rest as {@link stopWithUploadsOpen}. */
export async function stopAnywhere(trial: WriterTrial, name: string, random: SeededRandom): Promise<void> {
  const sleeper = trial.start(`${name}/sleeper`, random.happens(0.5) ? streaming : {})
  await sleeper.until('opened')
  await setTimeout(random.integer(LIFE_MS_MAX))
  sleeper.signal('SIGSTOP')
  await trial.write(`${name}/successor`, 2)
  const before = await trial.snapshot()
  sleeper.signal('SIGCONT')
  const { exitCode, told } = await sleeper.ended()
  assert.equal(exitCode, 3, `not fenced: ${JSON.stringify(told.at(-1))}`)
  assert.deepEqual((await trial.snapshot()).changesSince(before), [])
}

/** A datanode that says nothing is given up after so long: sooner than a datanode's own client does, which waits for 65 s. */
const impatient = { connection: { progressTimeoutMs: 4_000 } }
/** And no longer than this asked again, for it says nothing as long as the test wants it. */
const RETRY_STOPPED_FOR_MS = 5_000

/** What is left of a disk that is full, so that it fills up in the middle of something. */
const PAGES_LEFT = 20

/** A quota that nobody here meets. */
const ENOUGH_BYTES = 2 ** 50

/** What becomes of a server while uploads are open. */
export type ServerHit = 'kill' | 'stop'

/** Takes a datanode away while a writer has uploads open. One that is killed comes back when the writer has committed without it; one that is stopped, when the writer has noticed. */
export async function hitDatanode(
  trial: WriterTrial,
  datanode: ServerHandle,
  { how, name }: { readonly how: ServerHit; readonly name: string },
): Promise<string> {
  // Over hdfs:// a pipeline leaves the stopped one behind and goes on; what only that one has is waited for.
  const goesOn = trial.options.url.startsWith('hdfs:')
  const retries = how === 'stop' && !goesOn ? { retryForMs: RETRY_STOPPED_FOR_MS } : {}
  const writer = trial.start(name, { ...streaming, ...impatient, ...retries, holdMs: 500, recordsPerFileMax: 5_000 })
  await writer.until('committed')
  await trial.untilUploadsOpen()
  const place = writer.told.length
  if (how === 'kill') await datanode.kill()
  else datanode.pause()
  let met = ''
  try {
    if (how === 'kill') await committedAfter(writer, place, 1)
    else if (goesOn) met = await Promise.race([troubledAfter(writer, place), goneOnAfter(writer, place)])
    else met = await troubledAfter(writer, place)
  } finally {
    // What the stopped one has been sent meanwhile is carried out now.
    if (how === 'kill') await datanode.start()
    else datanode.resume()
  }
  await committedAfter(writer, writer.told.length, 1)
  writer.signal('SIGKILL')
  const lost = lostIn((await writer.ended()).told)
  return `attempts lost: ${lost.length}; ${lost.at(-1) ?? met}`
}

/** Kills the namenode when a commit has begun, and starts it again: the writer goes on as if nothing had happened, or comes back. */
export async function restartNamenode(trial: WriterTrial, namenode: ServerHandle, name: string): Promise<string> {
  const writer = trial.start(name, { ...streaming, retryForMs: 120_000 })
  await writer.until('committed')
  const toldBefore = writer.told.length
  await writer.until('committing', (one) => writer.told.indexOf(one) >= toldBefore)
  await namenode.kill()
  await namenode.start()
  await committedAfter(writer, writer.told.length, 2)
  writer.signal('SIGKILL')
  const { told } = await writer.ended()
  return `${lostIn(told.slice(toldBefore)).length} attempts lost`
}

/** Lets a namenode's gate say 503 from the beginning of a commit on; a writer with that much patience goes on. */
export async function answerUnavailable(
  trial: WriterTrial,
  gate: NamenodeGate,
  { awayMs, name }: { readonly awayMs: number; readonly name: string },
): Promise<string> {
  const writer = trial.start(name, { ...streaming, retryForMs: 2 * awayMs + 60_000 })
  await writer.until('committed')
  const toldBefore = writer.told.length
  await writer.until('committing', (one) => writer.told.indexOf(one) >= toldBefore)
  gate.isAway = true
  await setTimeout(awayMs)
  gate.isAway = false
  assert.ok(gate.refusedCount > 0, 'it asked nothing while the cluster was away')
  await committedAfter(writer, writer.told.length, 2)
  writer.signal('SIGKILL')
  const { told } = await writer.ended()
  return `${gate.refusedCount} requests refused, ${lostIn(told.slice(toldBefore)).length} attempts lost`
}

/** Takes the space away from a location with uploads open, by a quota, and gives it back when the writer has met it. */
export async function hitQuota(trial: WriterTrial, name: string): Promise<string> {
  const { cluster, directory } = trial.options
  const writer = trial.start(name, { ...streaming, holdMs: 300 })
  await writer.until('committed')
  await trial.untilUploadsOpen()
  const place = writer.told.length
  await setSpaceQuota(cluster, directory, 1)
  const met = await troubledAfter(writer, place)
  assert.match(met, /quota/i)
  await setSpaceQuota(cluster, directory, ENOUGH_BYTES)
  await committedAfter(writer, writer.told.length, 2)
  writer.signal('SIGKILL')
  await writer.ended()
  return met
}

/** Fills the datanodes' disk while uploads are open, and empties it when the writer has met that. `disk` is where it is mounted. */
export async function fillDisk(trial: WriterTrial, disk: string, name: string): Promise<string> {
  const writer = trial.start(name, { ...streaming, holdMs: 300 })
  await writer.until('committed')
  await trial.untilUploadsOpen()
  const place = writer.told.length
  const ballast = join(disk, 'ballast')
  const { bavail, bsize } = await statfs(disk)
  await writeFile(ballast, new Uint8Array(Math.max(0, bavail - PAGES_LEFT) * bsize))
  const met = await troubledAfter(writer, place)
  await rm(ballast)
  await committedAfter(writer, writer.told.length, 2)
  writer.signal('SIGKILL')
  await writer.ended()
  return met
}

const isOfTheSeed = (why: string): boolean => why.includes('as the seed wants it')

const lostIn = (told: readonly Told[]): string[] =>
  told.flatMap((one) => (one.what === 'aborted' && !isOfTheSeed(one.why) ? [one.why] : []))

/** Resolves with what went wrong first behind a place in what was told: a commit, or the abort after one. */
async function troubledAfter(writer: WritingProcess, place: number): Promise<string> {
  const isNew = (one: Told & { readonly why: string }): boolean =>
    !isOfTheSeed(one.why) && writer.told.indexOf(one) >= place
  const { why } = await Promise.race([writer.until('aborted', isNew), writer.until('abort rejected', isNew)])
  return why
}

async function goneOnAfter(writer: WritingProcess, place: number): Promise<string> {
  await committedAfter(writer, place, 2)
  return 'it went on without it'
}

/** Resolves when so many commits were told behind a place in what was told. */
async function committedAfter(writer: WritingProcess, place: number, commits: number): Promise<void> {
  await writer.until('committed', (one) => {
    const told = writer.told.slice(place)
    return told.includes(one) && told.filter(({ what }) => what === 'committed').indexOf(one) + 1 >= commits
  })
}
