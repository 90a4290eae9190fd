// Writes the numbered source to a small disk that a ballast fills in the middle of commits, with more and more left to
// spare: so each step of a commit is once the one for which there is no room. Argument: the mount point. Tells what it saw.
import { readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isFileSystemError } from '../../src/file-system/file-system-error.js'
import { byFields, isMultiOutputError, MultiOutput, type MultiOutputOptions, text } from '../../src/index.js'
import { complaintsAbout } from './count-records.js'
import { idAt, type NumberedRecord, recordAt, TOPIC } from './numbered-source.js'

const disk = process.argv[2]!
const location = join(disk, 'location')
const ballast = join(disk, 'ballast')
const RECORDS_PER_ATTEMPT = 300

const options: MultiOutputOptions<NumberedRecord> = {
  location,
  job: 'numbered',
  partitioner: byFields(['key']),
  format: text({ prefixId: true }),
  bufferedBytesMax: 10_000,
  roll: { recordsMax: 150 },
  openFilesMax: 4,
  // A full disk may have room later; this test does not wait for it.
  retryForMs: 0,
}
const environment = { checkpointLimits: { commitsMax: 3, bytesMin: 0 } }

const position = (output: MultiOutput<NumberedRecord>): bigint =>
  output.committed.offsets.get(TOPIC)?.get(0)?.until ?? 0n

async function writeAttempt(output: MultiOutput<NumberedRecord>): Promise<void> {
  let offset = position(output)
  for (let i = 0; i < RECORDS_PER_ATTEMPT; i++, offset++) {
    const wait = output.write(recordAt(0, offset), { id: idAt(0, offset) })
    if (wait) await wait
  }
}

/** Fills the disk but for so many pages. */
async function fill(pagesLeft: number): Promise<void> {
  const { bavail, bsize } = await statfs(disk)
  await writeFile(ballast, new Uint8Array(Math.max(0, bavail - pagesLeft) * bsize))
}

/** The code of what it rejects with, and of what stands behind that. */
async function failureOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'done'
  } catch (error) {
    if (isFileSystemError(error)) return error.code
    if (!isMultiOutputError(error)) throw error
    const cause = error.cause as { readonly code?: string } | undefined
    return cause?.code === undefined ? error.code : `${error.code} ${cause.code}`
  }
}

const seen: Record<string, number> = {}
const note = (what: string): void => {
  seen[what] = (seen[what] ?? 0) + 1
}

let output = await MultiOutput.open(options, environment)
for (let pagesLeft = 0; pagesLeft < 40; pagesLeft++) {
  await fill(pagesLeft)
  const commit = await failureOf(async () => {
    await writeAttempt(output)
    await output.commit()
  })
  note(`commit: ${commit}`)
  if (commit !== 'done') note(`abort while full: ${await failureOf(() => output.abort())}`)
  // Half of the time the same writer goes on, else it is gone as after a crash and the next one opens while the disk is full.
  if (pagesLeft % 2 === 0) {
    await rm(ballast)
    if (commit !== 'done') note(`abort with room: ${await failureOf(() => output.abort())}`)
  } else {
    note(`close while full: ${await failureOf(() => output.close())}`)
    const opened = await MultiOutput.open(options, environment).catch((error: { readonly code: string }) => error.code)
    note(`open while full: ${typeof opened === 'string' ? opened : 'done'}`)
    await rm(ballast)
    output = typeof opened === 'string' ? await MultiOutput.open(options, environment) : opened
  }
  await writeAttempt(output)
  await output.commit()
}
await output.close()
const until = position(output)
const files: { path: string; bytes: Buffer }[] = []
for (const entry of await readdir(location, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name)
  if (entry.isFile() && !path.includes('_multi_output')) files.push({ path, bytes: await readFile(path) })
}
console.log(JSON.stringify({ seen, until: String(until), complaints: complaintsAbout(files, [until, 0n]) }))
