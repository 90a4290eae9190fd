// Peer (d) in a process of its own, warm through all rounds: Hadoop's client and kafka-clients, on the jars that the cluster runs on.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { hadoopJars, jvmArguments } from '../../test/cluster/hadoop.js'
import { resolveJars } from '../../test/cluster/jars.js'
import { findJava } from '../../test/cluster/java.js'
import { kafkaJars } from '../../test/cluster/kafka.js'
import type { PipeReading, PipeTask } from './peer.js'
import { peerDirectory, WarmPeer } from './warm-peer.js'

const NEVER = 2 ** 31 - 1

/** How it commits: JavaSink.java says more. */
export type JavaWay = 'append' | 'hflush'

export class JavaSink implements AsyncDisposable {
  readonly #peer: WarmPeer

  /** Compiles it and starts it. Rejects when there is no `javac` beside `java`, or it does not compile. */
  static async start(place: {
    readonly url: string
    readonly user: string
    readonly closeDelayMs: number
  }): Promise<JavaSink> {
    const java = await findJava()
    const clients = (await resolveJars(kafkaJars('4.3.1'))).filter((jar) => /kafka-clients|lz4|zstd|snappy/.test(jar))
    const classPath = [...(await resolveJars(hadoopJars('3.4.2'))), ...clients]
    const directory = await peerDirectory('java-sink')
    const source = fileURLToPath(new URL('JavaSink.java', import.meta.url))
    const javac = process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/javac` : 'javac'
    const compiler = spawn(javac, ['-nowarn', '-d', directory, '-cp', classPath.join(':'), source], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code] = (await once(compiler, 'close')) as [number | null]
    if (code !== 0) throw new Error(`javac ended with ${code}`)
    // Without the servers' short-start settings: this one is to be as quick as it gets.
    const opened = jvmArguments.filter((each) => each.startsWith('--add-opens') || each.startsWith('-Djava'))
    const path = [directory, ...classPath].join(':')
    const own = ['JavaSink', place.url, place.user, String(place.closeDelayMs)]
    const words = [...opened, '-Xmx1g', '-cp', path, ...own]
    return new JavaSink(await WarmPeer.start('the Java client', { command: java, words, directory }))
  }

  private constructor(peer: WarmPeer) {
    this.#peer = peer
  }

  pipe(way: JavaWay, task: PipeTask): Promise<PipeReading> {
    const { recordsPerCommit = NEVER, commitIntervalMs = NEVER } = task
    const path = new URL(task.location).pathname
    const words = [way, task.brokers.join(','), task.topic, task.partitions, task.records]
    return this.#peer.ask([...words, recordsPerCommit, commitIntervalMs, path].join(' '))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#peer[Symbol.asyncDispose]()
  }
}
