// On what machine and with which versions figures were taken.
import { execFileSync } from 'node:child_process'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** By name, as the report shows it. */
export function environment(): Record<string, string> {
  return {
    Node: process.version,
    Java: firstLine('java', ['-version']),
    system: `${process.platform} ${process.arch}`,
    processors: `${cpus().length} × ${cpus()[0]?.model ?? '?'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    'load at the start (1, 5, 15 min)': loadavg()
      .map((each) => each.toFixed(1))
      .join(', '),
    commit: firstLine('git', ['-C', root, 'rev-parse', '--short', 'HEAD']),
    'taken at': new Date().toISOString(),
  }
}

/** The load of the last minute. */
export function loadNow(): number {
  return loadavg()[0] ?? 0
}

function firstLine(command: string, words: readonly string[]): string {
  try {
    // Java tells its version on standard error.
    return execFileSync('/bin/sh', ['-c', '"$@" 2>&1', 'sh', command, ...words], { encoding: 'utf8' }).split('\n')[0]!
  } catch {
    return 'not there'
  }
}
