// The files below a location on this machine, read without the library.
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, realpath, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ReadFile } from '../writer/count-records.js'

/** A new directory, removed after the test. */
export async function scratchLocation(): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'hdfs-multi-output-writer-')))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** Every file below the location. */
async function allFiles(location: string): Promise<ReadFile[]> {
  const entries = await readdir(location, { recursive: true, withFileTypes: true })
  const files: ReadFile[] = []
  for (const entry of entries) {
    if (entry.isDirectory()) continue
    const path = join(entry.parentPath, entry.name)
    files.push({ path: relative(location, path), bytes: await readFile(path) })
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

const isOurs = ({ path }: ReadFile): boolean => path.startsWith('_multi_output/')
const isTemp = ({ path }: ReadFile): boolean => /^_multi_output\/(task-\d+\/)?tmp\//.test(path)

/** The data files. */
export async function dataFiles(location: string): Promise<ReadFile[]> {
  return (await allFiles(location)).filter((file) => !isOurs(file))
}

/** Temps of all epochs. */
export async function temps(location: string): Promise<string[]> {
  return (await allFiles(location)).filter(isTemp).map(({ path }) => path)
}

/** Makes an hour pass for the probes that killed processes left, so that the next open takes them for what they are. */
export async function ageProbes(location: string): Promise<void> {
  const time = new Date(Date.now() - 3_600_000)
  for (const name of await readdir(location)) {
    if (name.startsWith('.hard-link-probe-')) await utimes(join(location, name), time, time)
  }
}

/** Everything but temps, which count for nothing: path, length and digest of each file. */
export async function fingerprint(location: string): Promise<string[]> {
  const files = (await allFiles(location)).filter((file) => !isTemp(file))
  return files.map(({ path, bytes }) => `${path} ${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`)
}
