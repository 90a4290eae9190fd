// Hadoop's own client in a process of its own, warm through all rounds, as the bench asks it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type HadoopVersion, hadoopJars, jvmArguments } from '../../test/cluster/hadoop.js'
import { resolveJars } from '../../test/cluster/jars.js'
import { findJava } from '../../test/cluster/java.js'

export interface Measured {
  readonly elapsedMs: number
  readonly cpuMs: number
}

export type JavaWork = 'stream' | 'close' | 'append' | 'hflush'

/** `shipped`: a close asks again after 400 ms. `tuned`: after 10 ms. */
export type JavaSetting = 'shipped' | 'tuned'

export class JavaClient implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>

  static async start(url: string, user: string, hadoop: HadoopVersion): Promise<JavaClient> {
    const jars = await resolveJars(hadoopJars(hadoop))
    const source = fileURLToPath(new URL('JavaClient.java', import.meta.url))
    // Without the servers' short-start settings: this one is to be as quick as it gets.
    const opened = jvmArguments.filter((each) => each.startsWith('--add-opens') || each.startsWith('-Djava'))
    const child = spawn(await findJava(), [...opened, '-Xmx512m', '-cp', jars.join(':'), source, url, user], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    return new JavaClient(child)
  }

  private constructor(child: ChildProcess) {
    this.#process = child
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  }

  /** `count`: MiB of a stream, else files. */
  async measure(work: JavaWork, setting: JavaSetting, path: string, count: number): Promise<Measured> {
    this.#process.stdin!.write(`${work} ${setting} ${path} ${count}\n`)
    const line = await this.#lines.next()
    if (line.done === true) throw new Error(`the Java client ended while it did ${work}`)
    const [elapsedMs = Number.NaN, cpuMs = Number.NaN] = line.value.split(' ').map(Number)
    return { elapsedMs, cpuMs }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin!.end()
    if (this.#process.exitCode === null) await once(this.#process, 'exit')
  }
}
