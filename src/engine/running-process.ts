// Whether the process that wrote a claim provably no longer runs. On a local disk that decides between cutting a
// file in place and copying it, so whatever is in doubt counts as running.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import type { ProcessIdentity } from '../model/process-identity.js'

const COMMAND_MS_MAX = 5_000

/** What differs between operating systems; each answer is `''` where it is not known. */
interface Machine {
  bootId(): string
  pidNamespace(): string
  startTime(pid: number): string
  /** True only if a process that still has its number has nothing left that could run or write. */
  isDead(pid: number): boolean
}

/** The process that asks. Fields that cannot be found out on this machine are `''`. */
export function currentProcess(): ProcessIdentity {
  const machine = thisMachine()
  return {
    host: hostname(),
    bootId: machine.bootId(),
    pidNamespace: machine.pidNamespace(),
    pid: process.pid,
    startTime: machine.startTime(process.pid),
  }
}

/**
 * True only if the process provably no longer runs: it ran on this machine since its last boot, in the pid namespace
 * of the caller, and its number is now free or somebody else's. Everything else is `false`: another machine, an
 * earlier boot (another machine may share the disk, and nothing here tells the two apart), another container, unknown.
 */
export function isSurelyGone(identity: ProcessIdentity): boolean {
  if (!Number.isSafeInteger(identity.pid) || identity.pid <= 0) return false
  if (identity.bootId === '' || identity.pidNamespace === '' || identity.startTime === '') return false
  const machine = thisMachine()
  if (identity.bootId !== machine.bootId() || identity.pidNamespace !== machine.pidNamespace()) return false
  // Asked first, because /proc may hide the processes of other users (hidepid), and then absence means nothing.
  if (!hasNumber(identity.pid)) return true
  const startTime = machine.startTime(identity.pid)
  if (startTime === '') return false
  return startTime !== identity.startTime || machine.isDead(identity.pid)
}

function hasNumber(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: there is one, of another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function thisMachine(): Machine {
  if (process.platform === 'linux') return linux
  return process.platform === 'darwin' ? darwin : unknownMachine
}

const linux: Machine = {
  bootId: () => orUnknown(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
  // Start times are shifted by the time namespace of whoever reads them, so it is part of the space they are compared in.
  pidNamespace: () => orUnknown(() => `${readlinkSync('/proc/self/ns/pid')} ${timeNamespace()}`),
  startTime: (pid) => orUnknown(() => statFieldsOf(pid)[19] ?? ''),
  // A zombie closed its files when its last thread ended; only its parent has not asked for its exit code yet.
  isDead: (pid) => {
    const answer = orUnknown(() => {
      const state = statFieldsOf(pid)[0]
      return state === 'Z' && readdirSync(`/proc/${pid}/task`).length === 1 ? 'dead' : ''
    })
    return answer === 'dead'
  },
}

// Kernels before 5.6 have no time namespaces.
function timeNamespace(): string {
  return orUnknown(() => readlinkSync('/proc/self/ns/time'))
}

// The fields after the command's name, which may itself hold spaces and parentheses: [0] is the state (field 3 of
// proc_pid_stat(5)), [19] the start time in clock ticks since boot (field 22).
function statFieldsOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return text
    .slice(text.lastIndexOf(')') + 2)
    .trimEnd()
    .split(' ')
}

const darwin: Machine = {
  bootId: () => commandOutput('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']),
  pidNamespace: () => 'darwin',
  startTime: (pid) => commandOutput('/bin/ps', ['-o', 'lstart=', '-p', String(pid)]),
  isDead: () => false,
}

const unknownMachine: Machine = {
  bootId: () => '',
  pidNamespace: () => '',
  startTime: () => '',
  isDead: () => false,
}

function commandOutput(command: string, parameters: readonly string[]): string {
  return orUnknown(() => {
    // The start time is printed in the local time zone and language.
    const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C' }
    return execFileSync(command, parameters, { encoding: 'utf8', env, timeout: COMMAND_MS_MAX, stdio: 'pipe' }).trim()
  })
}

// Not to know is an answer here, and the safe one: the callers take the process for running.
function orUnknown(ask: () => string): string {
  try {
    return ask()
  } catch {
    return ''
  }
}
