// Peer (e) in a process of its own, warm through all rounds: PySpark of the Python that has it, with the Kafka connector of its version from Maven.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type JarSet, resolveJars } from '../../test/cluster/jars.js'
import type { PipeReading, PipeTask } from './peer.js'
import { peerDirectory, WarmPeer } from './warm-peer.js'

const run = promisify(execFile)

/** What the row of a machine without it says to install; its connector is built for Scala 2.13. */
const VERSION_WANTED = '4.0.0'
/** Importing it reads 300 MB from a disk that may be cold. */
const IMPORT_MS_MAX = 60_000

/** The Kafka connector, and of what it needs the jars that PySpark does not have. */
function connectorJars(version: string): JarSet {
  return {
    name: `spark-kafka-${version}`,
    artifacts: [
      `org.apache.spark:spark-sql-kafka-0-10_2.13:${version}`,
      `org.apache.spark:spark-token-provider-kafka-0-10_2.13:${version}`,
      'org.apache.kafka:kafka-clients:3.9.1',
      'org.apache.commons:commons-pool2:2.12.0',
    ],
    // Their descriptions also name repositories that a network may not reach, and Spark itself, which is there.
    dependencies: 'none',
  }
}

export class SparkSink implements AsyncDisposable {
  readonly #peer: WarmPeer
  /** Of PySpark. */
  readonly version: string

  /** `PYSPARK_PYTHON` names the Python (default `python3`). Rejects with an Error of one line when it has no PySpark 4, or Spark does not start. */
  static async start(place: {
    readonly url: string
    readonly user: string
    readonly closeDelayMs: number
  }): Promise<SparkSink> {
    const python = process.env.PYSPARK_PYTHON ?? 'python3'
    const version = await versionOf(python)
    const jars = await resolveJars(connectorJars(version))
    const directory = await peerDirectory('spark-sink')
    const script = fileURLToPath(new URL('spark_sink.py', import.meta.url))
    // A Spark or a configuration from elsewhere is not what was asked for.
    const { SPARK_HOME, SPARK_CONF_DIR, HADOOP_CONF_DIR, ...inherited } = process.env
    const peer = await WarmPeer.start('PySpark', {
      command: python,
      words: [script, JSON.stringify({ ...place, directory, jars })],
      directory,
      options: { cwd: directory, env: { ...inherited, HADOOP_USER_NAME: place.user, PYSPARK_PYTHON: python } },
    })
    return new SparkSink(peer, version)
  }

  private constructor(peer: WarmPeer, version: string) {
    this.#peer = peer
    this.version = version
  }

  pipe(task: PipeTask): Promise<PipeReading> {
    return this.#peer.ask(JSON.stringify({ ...task, path: new URL(task.location).pathname }))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#peer[Symbol.asyncDispose]()
  }
}

async function versionOf(python: string): Promise<string> {
  const advice = `pip install pyspark==${VERSION_WANTED} (PYSPARK_PYTHON names the Python)`
  let version: string
  try {
    const { stdout } = await run(python, ['-c', 'import pyspark; print(pyspark.__version__)'], {
      timeout: IMPORT_MS_MAX,
    })
    version = stdout.trim()
  } catch (error) {
    const { code, stderr = '', message } = error as { code?: unknown; stderr?: string; message: string }
    if (code === 'ENOENT') throw new Error(`no ${python}; Python 3.10 or later, and ${advice}`)
    if (stderr.includes("No module named 'pyspark'")) throw new Error(`${python} has no pyspark: ${advice}`)
    throw new Error(`${python} cannot import pyspark: ${(stderr.trim() || message).split('\n').at(-1)}`)
  }
  if (!version.startsWith('4.')) throw new Error(`pyspark ${version} is there, 4 is wanted: ${advice}`)
  return version
}
