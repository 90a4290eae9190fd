// Peer (d) in a process of its own, warm through all rounds: Hadoop's client and kafka-clients, on the jars that the cluster runs on.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { hadoopJars, jvmArguments } from '../../test/cluster/hadoop.js'
import { resolveJars } from '../../test/cluster/jars.js'
import { findJava } from '../../test/cluster/java.js'
import { kafkaJars } from '../../test/cluster/kafka.js'
import type { PipeReading, PipeTask } from './peer.js'

const NEVER = 2 ** 31 - 1

/** How it commits: JavaSink.java says more. */
export type JavaWay = 'append' | 'hflush'

export class JavaSink implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #directory: string

  /** Compiles it and starts it. Rejects when there is no `javac` beside `java`, or it does not compile. */
  static async start(place: {
    readonly url: string
    readonly user: string
    readonly closeDelayMs: number
  }): Promise<JavaSink> {
    const java = await findJava()
    const clients = (await resolveJars(kafkaJars('4.3.1'))).filter((jar) => /kafka-clients|lz4|zstd|snappy/.test(jar))
    const classPath = [...(await resolveJars(hadoopJars('3.4.2'))), ...clients]
    const directory = await mkdtemp(join(tmpdir(), 'hdfs-multi-output-java-sink-'))
    const source = fileURLToPath(new URL('JavaSink.java', import.meta.url))
    const javac = process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/javac` : 'javac'
    const compiler = spawn(javac, ['-nowarn', '-d', directory, '-cp', classPath.join(':'), source], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code] = (await once(compiler, 'close')) as [number | null]
    if (code !== 0) throw new Error(`javac ended with ${code}`)
    // Without the servers' short-start settings: this one is to be as quick as it gets.
    const opened = jvmArguments.filter((each) => each.startsWith('--add-opens') || each.startsWith('-Djava'))
    const child = spawn(
      java,
      [
        ...opened,
        '-Xmx1g',
        '-cp',
        [directory, ...classPath].join(':'),
        'JavaSink',
        place.url,
        place.user,
        String(place.closeDelayMs),
      ],
      { stdio: ['pipe', 'pipe', 'ignore'] },
    )
    const sink = new JavaSink(child, directory)
    await sink.#answer('start')
    return sink
  }

  private constructor(child: ChildProcess, directory: string) {
    this.#process = child
    this.#directory = directory
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  }

  async pipe(way: JavaWay, task: PipeTask): Promise<PipeReading> {
    const { recordsPerCommit = NEVER, commitIntervalMs = NEVER } = task
    const path = new URL(task.location).pathname
    const words = [way, task.brokers.join(','), task.topic, task.partitions, task.records]
    this.#process.stdin!.write(`${[...words, recordsPerCommit, commitIntervalMs, path].join(' ')}\n`)
    return JSON.parse(await this.#answer(way)) as PipeReading
  }

  async #answer(what: string): Promise<string> {
    const line = await this.#lines.next()
    if (line.done === true) throw new Error(`the Java process ended at ${what}`)
    return line.value
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin!.end()
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit')
    await rm(this.#directory, { recursive: true, force: true })
  }
}
