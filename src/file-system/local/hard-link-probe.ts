// Whether the location's file system has what a claim rests on: hard links whose two names show that they are one file.
import { readFile } from 'node:fs/promises'
import type { LocalContext } from './context.js'
import { errnoOf } from './errno.js'

/** The names of a probe begin so, in the location itself; they last for as long as the probe. */
export const PROBE_PREFIX = '.hard-link-probe-'

/** A probe takes milliseconds: one of this age belongs to a process that was killed, and goes. */
const LEFTOVER_AGE_MS = 60_000

// What tells that the file system cannot, as opposed to what says that this process may not, or not now.
const inability: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL'])

/**
 * Makes a file, links it, syncs the directory, looks, and removes both, and what killed processes left of theirs. Resolves with `undefined` if all is well, with what to tell the
 * user if the file system is unfit, with `undecided` if that could not be found out (no such directory, no permission, no space).
 */
export async function probeHardLinks(
  { disk, directories, random }: LocalContext,
  directory: string,
): Promise<{ readonly unfit: string } | 'undecided' | undefined> {
  const first = `${directory}/${PROBE_PREFIX}${random.id()}`
  const second = `${first}-link`
  try {
    const handle = await disk.open(first, 'wx')
    await handle.close()
  } catch {
    // Whoever is about to change something here meets the same error and reports it.
    return 'undecided'
  }
  try {
    await removeLeftovers(disk, directory, first)
    await disk.link(first, second)
    await directories.sync(directory)
    const [one, other] = await Promise.all([first, second].map((name) => disk.lstat(name, { bigint: true })))
    if (one?.ino === other?.ino && one?.dev === other?.dev && one?.nlink === 2n) return undefined
    return { unfit: await unfit(directory, 'does not show that two hard links are one file') }
  } catch (error) {
    if (!inability.has(errnoOf(error) ?? '')) return 'undecided'
    return { unfit: await unfit(directory, `has no hard links, or no fsync of directories (${String(error)})`) }
  } finally {
    await disk.rm(second, { force: true })
    await disk.rm(first, { force: true })
  }
}

/** By the disk's own clock, which also gave the new probe its time: a younger one may be another process's, at work. */
async function removeLeftovers(disk: LocalContext['disk'], directory: string, newest: string): Promise<void> {
  const { mtimeMs } = await disk.lstat(newest)
  for (const name of await disk.readdir(directory)) {
    if (!name.startsWith(PROBE_PREFIX)) continue
    const path = `${directory}/${name}`
    const found = await disk.lstat(path).catch(() => undefined)
    if (found !== undefined && found.mtimeMs < mtimeMs - LEFTOVER_AGE_MS) await disk.rm(path, { force: true })
  }
}

async function unfit(directory: string, why: string): Promise<string> {
  const mount = mountOf(directory, await mountTable())
  const where = mount === undefined ? 'the file system' : `${mount.type}, mounted at ${mount.point},`
  return `is on a file system that the commit log cannot be kept on: ${where} ${why}. Use a disk with ext4, xfs, btrfs, apfs or the like`
}

async function mountTable(): Promise<string> {
  try {
    return await readFile('/proc/self/mountinfo', 'utf8')
  } catch {
    // Not Linux: the message does without.
    return ''
  }
}

/** The mount that a real path is on, from the text of Linux's mountinfo (proc_pid_mountinfo(5)). */
export function mountOf(
  path: string,
  mountinfo: string,
): { readonly type: string; readonly point: string } | undefined {
  let best: { readonly type: string; readonly point: string } | undefined
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ')
    const point = left
      .split(' ')[4]
      ?.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    const type = right.split(' ')[0]
    if (point === undefined || type === undefined || type === '') continue
    if (path !== point && !path.startsWith(point === '/' ? '/' : `${point}/`)) continue
    // Of mounts at one point the last covers the others.
    if (best === undefined || point.length >= best.point.length) best = { type, point }
  }
  return best
}
