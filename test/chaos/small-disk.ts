// Runs a program of ours with a small disk of its own, in namespaces of user and mounts: nobody has to be root, and the mount goes with the process.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const DISK_MEBIBYTES = 64

/** Whether this machine lets us: Linux, with user namespaces. */
export function mayHaveSmallDisk(): boolean {
  return spawnSync('unshare', ['--map-root-user', '--mount', 'true']).status === 0
}

/** Resolves with the exit code. `words` are those behind `node`; the directory of the disk is added as the last one. */
export async function runWithSmallDisk(words: readonly string[]): Promise<number | null> {
  const directory = await mkdtemp(join(tmpdir(), 'hdfs-multi-output-disk-'))
  const script = `mount -t tmpfs -o size=${DISK_MEBIBYTES}m small "$0" && exec "$@"`
  const inside = ['sh', '-c', script, directory, process.execPath, ...words, directory]
  const child = spawn('unshare', ['--map-root-user', '--mount', ...inside], { stdio: 'inherit' })
  const [exitCode] = await once(child, 'close')
  await rm(directory, { recursive: true, force: true })
  return exitCode as number | null
}
