// Resolves the servers' jars with Maven into the user's Maven repository, and remembers the class paths,
// so that Maven runs only when a version is new or jars have gone.
import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ClusterError } from './cluster-error.js'
import { findMaven } from './java.js'
import { repositoryRoot } from './repository-root.js'
import { runToEnd } from './supervised-process.js'

/** A set of Maven artifacts, written `group:artifact:version`, that make one class path. */
export interface JarSet {
  /** Names the class path file, e.g. `hadoop-3.4.2`. */
  readonly name: string
  readonly artifacts: readonly string[]
  /** `none`: these jars alone. Else whatever they need, too, from repositories that their own descriptions may name. */
  readonly dependencies?: 'none'
}

const EXCLUDE_ALL = '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>'

/** Pinned, so that a new plugin release changes nothing. */
const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath'
/** A first run downloads about 70 MB. */
const MAVEN_TIMEOUT_MS = 600_000
const JAR_CHECKS_AT_ONCE_MAX = 64

/**
 * The absolute paths of the jars of `set` and (unless it wants none) everything that they need, in class path order.
 *
 * The list is kept in `.tmp/cluster-jars/` of the repository, under a name that holds the hash of the artifacts;
 * a list of which any jar is missing is made anew. `MAVEN_ARGS` is passed on to Maven (split at blanks), e.g.
 * `-Dmaven.repo.local=…`. Rejects with a ClusterError of one line when Maven fails, with the signal's reason when that is aborted.
 */
export async function resolveJars(
  set: JarSet,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string[]> {
  const mavenArguments = (process.env.MAVEN_ARGS ?? '').split(/\s+/).filter((word) => word !== '')
  const pom = pomText(set)
  const hash = createHash('sha256').update(pom).update(mavenArguments.join('\0')).digest('hex').slice(0, 16)
  const cacheDirectory = path.join(repositoryRoot, '.tmp', 'cluster-jars')
  const cacheFile = path.join(cacheDirectory, `${set.name}-${hash}.txt`)
  const known = await readJarList(cacheFile)
  if (known !== undefined) return known

  const work = await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-maven-'))
  try {
    await writeFile(path.join(work, 'pom.xml'), pom)
    const outputFile = path.join(work, 'classpath.txt')
    await runMaven({ set, directory: work, signal }, [
      '-B',
      '-ntp',
      ...mavenArguments,
      DEPENDENCY_PLUGIN,
      `-Dmdep.outputFile=${outputFile}`,
      '-Dmdep.pathSeparator=:',
    ])
    const jars = (await readFile(outputFile, 'utf8')).trim().split(':')
    await mkdir(cacheDirectory, { recursive: true })
    // Written beside and renamed, because several test workers may resolve at once.
    const temporary = `${cacheFile}.${process.pid}`
    await writeFile(temporary, `${jars.join('\n')}\n`)
    await rename(temporary, cacheFile)
    return jars
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function readJarList(cacheFile: string): Promise<string[] | undefined> {
  let jars: string[]
  try {
    jars = (await readFile(cacheFile, 'utf8')).trim().split('\n')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  for (let i = 0; i < jars.length; i += JAR_CHECKS_AT_ONCE_MAX) {
    const found = await Promise.all(jars.slice(i, i + JAR_CHECKS_AT_ONCE_MAX).map(exists))
    if (found.includes(false)) return undefined
  }
  return jars
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file)
    return true
  } catch {
    // Unreadable counts as missing: Maven then says what is wrong with it.
    return false
  }
}

async function runMaven(
  run: { readonly set: JarSet; readonly directory: string; readonly signal: AbortSignal | undefined },
  mavenArguments: readonly string[],
): Promise<void> {
  const { exitCode, output } = await runToEnd({
    command: await findMaven(),
    commandArguments: mavenArguments,
    directory: run.directory,
    environment: { ...process.env },
    timeoutMs: MAVEN_TIMEOUT_MS,
    signal: run.signal,
  })
  run.signal?.throwIfAborted()
  if (exitCode !== 0) throw new ClusterError(`Maven cannot fetch ${run.set.name}: ${mavenReason(output)}`)
}

/** The first error of Maven's output without its decoration, cut to one line that a person can read. */
function mavenReason(output: string): string {
  const lines = output.split('\n').map((line) => line.trim())
  const error = lines.find((line) => line.startsWith('[ERROR] ') && line.length > '[ERROR] '.length)
  const text = error?.slice('[ERROR] '.length) ?? lines.filter((line) => line !== '').at(-1) ?? 'it said nothing'
  return text.replace(/ ?->? ?\[Help 1\]$/, '')
}

function pomText(set: JarSet): string {
  const dependencies = set.artifacts.map((artifact) => {
    const [group, name, version] = artifact.split(':')
    const exclusions = set.dependencies === 'none' ? EXCLUDE_ALL : ''
    return `    <dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>${exclusions}</dependency>`
  })
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>hdfs-multi-output.test</groupId><artifactId>${set.name}</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies>
${dependencies.join('\n')}
  </dependencies>
</project>
`
}
