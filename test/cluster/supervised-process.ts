// Starts processes that cannot outlive this one, however it ends.
//
// How: the command is started by a shell whose file descriptor 3 is the read end of a pipe from us. The shell forks a
// watcher that blocks reading that pipe, then `exec`s the command, so that the command keeps the shell's process id
// and is our direct child: its exit is seen, and signals reach it without a middleman. When we end, whether by a
// return from main, a crash or SIGKILL, the kernel closes the write end; the watcher reads end-of-file and sends
// SIGKILL to the command, which works on a process stopped by SIGSTOP too. The write end is close-on-exec, so no other
// child of ours can hold it open. When the command ends first, we write a line to the watcher, which then leaves
// without killing: the process id may by then be someone else's. A start counts only when the shell has said, through
// the same pipe, that its watcher is there: a shell paused before that would have none. Each command has a session of its own
// (`detached`), so that Ctrl-C in the terminal, or a kill of our process group, reaches us alone and neither the
// command (which we stop in order) nor its watcher.
import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'

const WATCHED_EXEC = [
  '{ read -r released <&3 || kill -KILL $$; } </dev/null >/dev/null 2>&1 &',
  'echo watched >&3',
  'exec "$@" </dev/null 3<&-',
].join('\n')

/** What to start: `environment` replaces ours. */
export interface ProcessSpec {
  readonly command: string
  readonly commandArguments: readonly string[]
  readonly directory: string
  readonly environment: NodeJS.ProcessEnv
}

/** How a process ended: an exit code, or the signal that ended it. */
export interface ProcessEnd {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running process that dies with us. */
export interface SupervisedProcess {
  readonly pid: number
  /** Resolves when the process has ended and was reaped; never rejects. */
  readonly ended: Promise<ProcessEnd>
  /** Undefined while the process runs. */
  readonly end: ProcessEnd | undefined
  /** Sends a signal; does nothing when the process has ended. */
  signal(name: NodeJS.Signals): void
}

/** Starts `spec` with its standard output and error appended to `outputFd`. Rejects when it cannot be spawned. */
export async function startSupervised(spec: ProcessSpec, outputFd: number): Promise<SupervisedProcess> {
  const child = spawnWatched(spec, outputFd)
  const supervised = watchEnd(child)
  await watched(child)
  return supervised
}

/**
 * Runs `spec` to its end under the same supervision; `output` is its standard output and error, interleaved. Killed
 * after `timeoutMs`, or when `signal` is aborted: the caller looks at the signal.
 */
export async function runToEnd(
  spec: ProcessSpec & { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<ProcessEnd & { readonly output: string }> {
  const child = spawnWatched(spec, 'pipe')
  const supervised = watchEnd(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  await watched(child)
  const timer = setTimeout(() => {
    output += `\nended after ${spec.timeoutMs} ms without a result`
    supervised.signal('SIGKILL')
  }, spec.timeoutMs)
  const kill = () => supervised.signal('SIGKILL')
  spec.signal?.addEventListener('abort', kill)
  if (spec.signal?.aborted === true) kill()
  try {
    const end = await supervised.ended
    return { ...end, output }
  } finally {
    clearTimeout(timer)
    spec.signal?.removeEventListener('abort', kill)
  }
}

function spawnWatched(spec: ProcessSpec, output: number | 'pipe'): ChildProcess {
  return spawn('/bin/sh', ['-c', WATCHED_EXEC, 'sh', spec.command, ...spec.commandArguments], {
    cwd: spec.directory,
    env: spec.environment,
    detached: true,
    stdio: ['ignore', output, output, 'pipe'],
  })
}

/** Resolves when the watcher is there, or the command has ended already; rejects when nothing could be spawned. */
function watched(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    leashOf(child).once('data', () => resolve())
    child.once('exit', () => resolve())
    child.once('error', reject)
  })
}

/** Our end of the pipe that the watcher reads. Node makes it a socket pair, so it carries the shell's word as well. */
function leashOf(child: ChildProcess): Duplex {
  return child.stdio[3] as Duplex
}

function watchEnd(child: ChildProcess): SupervisedProcess {
  const leash = leashOf(child)
  // The watcher may be gone before our line arrives; nothing depends on that line being read.
  leash.on('error', () => {})
  stayWithParent()
  let end: ProcessEnd | undefined
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('close', (exitCode, signal) => {
      end = { exitCode, signal }
      leaveParent()
      resolve(end)
    })
    child.once('exit', () => leash.end('released\n'))
  })
  return {
    get pid() {
      return child.pid ?? Number.NaN
    },
    ended,
    get end() {
      return end
    },
    signal: (name) => {
      if (end === undefined) child.kill(name)
    },
  }
}

// A worker of the test runner is a forked process, and Node lets it live on when the runner is killed, with its
// servers, for as long as it has anything to do. So while we have processes, the end of our parent is ours too.
let processCount = 0

function stayWithParent(): void {
  processCount += 1
  if (processCount === 1 && process.connected) process.on('disconnect', exitWithParent)
}

function leaveParent(): void {
  processCount -= 1
  // Without a listener the channel may no longer keep us alive either.
  if (processCount === 0) process.off('disconnect', exitWithParent)
}

function exitWithParent(): void {
  process.exit(1)
}
