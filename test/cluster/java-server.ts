// One Java server of a cluster: started until it answers, stopped, killed, paused, started again on the same ports.
import { open, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ClusterError } from './cluster-error.js'
import { type ProcessEnd, runToEnd, type SupervisedProcess, startSupervised } from './supervised-process.js'

/** A server that a test may take down and bring back. All methods may be called in any state of the server. */
export interface ServerHandle {
  /** `namenode`, `datanode-1`, `httpfs`, `broker`, … */
  readonly name: string
  /** What the server printed and logged, all its starts one after the other. */
  readonly logPath: string
  /** The process id of the running Java process, undefined while it is down. */
  readonly pid: number | undefined
  /** Starts the server on the same ports and data, and resolves when it serves again; nothing when it runs. */
  start(): Promise<void>
  /** Ends it in order (SIGTERM) and resolves when the process is gone; kills it when it takes too long. */
  stop(): Promise<void>
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** SIGSTOP: the process keeps its connections and says nothing. */
  pause(): void
  /** SIGCONT. */
  resume(): void
}

/** How to run one main class. */
export interface JavaCommand {
  readonly java: string
  readonly classPath: readonly string[]
  readonly jvmArguments: readonly string[]
  readonly mainClass: string
  readonly programArguments: readonly string[]
}

/** What a JavaServer is made of. */
export interface JavaServerSpec {
  readonly name: string
  readonly command: JavaCommand
  /** Holds the argument file; the server's working directory. */
  readonly directory: string
  readonly logPath: string
  /** What is still missing until the server serves, e.g. `safe mode is on`; undefined when it is ready. */
  notReady(): Promise<string | undefined>
}

const START_TIMEOUT_MS = 90_000
const STOP_TIMEOUT_MS = 20_000
const READY_POLL_INTERVAL_MS = 100
const LOG_TAIL_LINES = 15

/** Runs one JavaServerSpec as a supervised process. */
export class JavaServer implements ServerHandle {
  readonly name: string
  readonly logPath: string
  readonly #spec: JavaServerSpec
  #process: SupervisedProcess | undefined
  #isPaused = false

  constructor(spec: JavaServerSpec) {
    this.name = spec.name
    this.logPath = spec.logPath
    this.#spec = spec
  }

  get pid(): number | undefined {
    return this.#running()?.pid
  }

  /** Whether the process runs and is not paused: it may still be starting. */
  get isServing(): boolean {
    return this.#running() !== undefined && !this.#isPaused
  }

  async start(): Promise<void> {
    await this.launch()
    await this.untilReady()
  }

  /** Starts the process without waiting until it serves; nothing when it runs. */
  async launch(): Promise<void> {
    if (this.#running() !== undefined) return
    const spec = await writeArgumentFile(this.#spec.command, this.#spec.directory, this.name)
    const log = await open(this.logPath, 'a')
    try {
      this.#process = await startSupervised(spec, log.fd)
      this.#isPaused = false
    } finally {
      await log.close()
    }
  }

  /** Resolves when the launched process serves; rejects with the end of its log when it ends or takes too long. */
  async untilReady(): Promise<void> {
    const startedAtMs = Date.now()
    for (;;) {
      const missing = await this.#spec.notReady()
      const process = this.#process
      if (process === undefined) throw new ClusterError(`${this.name} was not started`)
      if (process.end !== undefined) throw await this.#startFailure(`ended ${describeEnd(process.end)}`)
      if (missing === undefined) return
      if (Date.now() - startedAtMs > START_TIMEOUT_MS) {
        throw await this.#startFailure(`is not ready after ${START_TIMEOUT_MS} ms: ${missing}`)
      }
      await delay(READY_POLL_INTERVAL_MS)
    }
  }

  async stop(): Promise<void> {
    const process = this.#running()
    if (process === undefined) return
    // A paused process would keep SIGTERM pending.
    process.signal('SIGTERM')
    process.signal('SIGCONT')
    const timer = setTimeout(() => process.signal('SIGKILL'), STOP_TIMEOUT_MS)
    await process.ended
    clearTimeout(timer)
  }

  async kill(): Promise<void> {
    const process = this.#running()
    if (process === undefined) return
    process.signal('SIGKILL')
    await process.ended
  }

  pause(): void {
    this.#running()?.signal('SIGSTOP')
    this.#isPaused = true
  }

  resume(): void {
    this.#running()?.signal('SIGCONT')
    this.#isPaused = false
  }

  #running(): SupervisedProcess | undefined {
    return this.#process?.end === undefined ? this.#process : undefined
  }

  async #startFailure(what: string): Promise<ClusterError> {
    return new ClusterError(`${this.name} ${what}; ${await describeLog(this.logPath)}`)
  }
}

/**
 * Runs a main class to its end (formatting, administration) and returns what it printed. Rejects with a ClusterError
 * that holds the last lines when the exit code is not 0.
 */
export async function runJava(options: {
  readonly name: string
  readonly command: JavaCommand
  readonly directory: string
  readonly logPath: string
}): Promise<string> {
  const spec = await writeArgumentFile(options.command, options.directory, options.name)
  const { exitCode, signal, output } = await runToEnd({ ...spec, timeoutMs: START_TIMEOUT_MS })
  await writeFile(options.logPath, output, { flag: 'a' })
  if (exitCode === 0) return output
  throw new ClusterError(
    `${options.name} ended ${describeEnd({ exitCode, signal })}; ${await describeLog(options.logPath)}`,
  )
}

/** The class path goes to the JVM through a file: it is longer than a person wants to see in `ps`. */
async function writeArgumentFile(command: JavaCommand, directory: string, name: string) {
  const file = path.join(directory, `${name}.java-args`)
  const words = ['-cp', command.classPath.join(':'), ...command.jvmArguments]
  await writeFile(
    file,
    `${words.map((word) => `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join('\n')}\n`,
  )
  return {
    command: command.java,
    commandArguments: [`@${file}`, command.mainClass, ...command.programArguments],
    directory,
    environment: serverEnvironment(),
  }
}

/** Ours without what would reconfigure the servers or their JVMs behind the tests' back. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const passed = Object.entries(process.env).filter(
    ([name]) =>
      !/^(HADOOP|HDFS|KAFKA|HTTPFS)_|^(JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH)$/.test(name),
  )
  return Object.fromEntries(passed)
}

function describeEnd(end: ProcessEnd): string {
  return end.signal === null ? `with exit code ${end.exitCode}` : `by ${end.signal}`
}

async function describeLog(logPath: string): Promise<string> {
  // Without the frames of stack traces, which would be all that is left.
  const lines = (await readFile(logPath, 'utf8'))
    .trimEnd()
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
  return `the last lines of ${logPath}:\n${lines.slice(-LOG_TAIL_LINES).join('\n')}`
}
