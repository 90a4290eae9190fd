// The command `npm run cluster`: starts a cluster, prints where it is and what to paste next, stops it on Ctrl-C.
import { type Cluster, startCluster } from './cluster.js'
import { ClusterError } from './cluster-error.js'
import { helpText, parseCommandLine, UsageError } from './command-line.js'
import { whatToPasteNext } from './what-to-paste-next.js'

/** As the command of the package has them. */
const EXIT_FAILED = 1
const EXIT_WRONG_USAGE = 2
const STARTER_CHECK_INTERVAL_MS = 1_000

async function main(): Promise<void> {
  const commandLine = parseCommandLine(process.argv.slice(2))
  if (commandLine === 'help') {
    process.stdout.write(helpText)
    return
  }
  const asked = askedToStop()
  let cluster: Cluster
  console.log('starting; the first time, Maven fetches up to 200 MB of jars')
  try {
    cluster = await startCluster({ ...commandLine, signal: asked })
  } catch (error) {
    if (asked.aborted) return
    throw error
  }
  process.stdout.write(whatToPasteNext(cluster))
  await aborted(asked)
  console.log('stopping')
  await cluster.stop()
}

/**
 * Aborted by Ctrl-C, SIGTERM, a closed terminal, or the end of the npm that started us. Signals after the first
 * change nothing: Ctrl-C under npm reaches us twice, from the terminal and from npm.
 */
function askedToStop(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort())
  if (process.env.npm_lifecycle_event !== undefined) {
    // A killed npm does not end what it started. Its end shows as a new parent.
    const starter = process.ppid
    setInterval(() => {
      if (process.ppid !== starter) controller.abort()
    }, STARTER_CHECK_INTERVAL_MS).unref()
  }
  return controller.signal
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}

try {
  await main()
  // Not by itself: a timer or socket that somebody forgot would keep the terminal.
  process.exit(0)
} catch (error) {
  if (error instanceof UsageError) {
    console.error(error.message)
    process.exit(EXIT_WRONG_USAGE)
  }
  console.error(error instanceof ClusterError ? error.message : error)
  process.exit(EXIT_FAILED)
}
