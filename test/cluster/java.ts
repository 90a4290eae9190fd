// Finds the Java that runs the servers and the Maven that fetches them, and says in one line when one is missing or unfit.
import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { ClusterError } from './cluster-error.js'

const run = promisify(execFile)

/** Kafka 4 and Hadoop 3.5 are compiled for 17; Hadoop 3.4 needs the Subject API that Java 23 disabled. */
const JAVA_VERSION_MIN = 17
const JAVA_VERSION_MAX = 22
const JAVA_ANSWER_TIMEOUT_MS = 30_000

/**
 * The `java` to start servers with: `$JAVA_HOME/bin/java`, else the one on the PATH.
 * Rejects with a ClusterError of one line when it is missing or its version does not fit.
 */
export async function findJava(): Promise<string> {
  const home = process.env.JAVA_HOME
  const java = home ? `${home}/bin/java` : 'java'
  const where = home ? `JAVA_HOME (${home})` : 'the PATH'
  let answer: string
  try {
    const { stdout, stderr } = await run(java, ['-version'], { timeout: JAVA_ANSWER_TIMEOUT_MS })
    answer = stderr + stdout
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new ClusterError(`no Java in ${where}: install Java ${JAVA_VERSION_MIN} (Debian: openjdk-17-jdk-headless)`)
    }
    throw new ClusterError(`the Java in ${where} does not work: ${firstLine(String((error as Error).message))}`)
  }
  const version = javaMajorVersion(answer)
  if (version === undefined) {
    throw new ClusterError(`cannot tell the version of the Java in ${where} from "${firstLine(answer)}"`)
  }
  if (version < JAVA_VERSION_MIN || version > JAVA_VERSION_MAX) {
    throw new ClusterError(
      `Java ${version} in ${where}: the servers need ${JAVA_VERSION_MIN} to ${JAVA_VERSION_MAX} ` +
        `(Debian: openjdk-17-jdk-headless; JAVA_HOME chooses between several)`,
    )
  }
  return java
}

/**
 * The path of `mvn` on the PATH; rejects with a ClusterError of one line when there is none. Wanted even where all
 * jars are there already, so that what runs on a machine does not depend on what ran there before.
 */
export async function findMaven(): Promise<string> {
  for (const directory of (process.env.PATH ?? '').split(path.delimiter)) {
    const candidate = path.join(directory, 'mvn')
    if (directory !== '' && (await isExecutable(candidate))) return candidate
  }
  throw new ClusterError('no Maven (mvn) in the PATH: install it (Debian: maven)')
}

/** Why the servers cannot be started on this machine, in one line; undefined when Java and Maven are there. */
export async function whyNoServers(): Promise<string | undefined> {
  try {
    await findJava()
    await findMaven()
    return undefined
  } catch (error) {
    if (error instanceof ClusterError) return error.message
    throw error
  }
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return true
  } catch {
    // Absent or not ours to run: the search goes on.
    return false
  }
}

/** 17 from `openjdk version "17.0.15" 2025-04-15`, 8 from `java version "1.8.0_402"`; undefined when there is none. */
export function javaMajorVersion(answer: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(answer)
  return match?.[1] === undefined ? undefined : Number(match[1])
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? ''
}
