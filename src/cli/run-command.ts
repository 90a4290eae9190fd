// `run`: moves records from a source to a location until the source ends, or it is told to stop.
import { readFile } from 'node:fs/promises'
import type { PipelineResult } from '../pipeline/pipeline-options.js'
import { closeHint } from './close-hint.js'
import { type BuildContext, buildPipeline, type Runnable } from './config/build.js'
import { type GivenFlags, layOver } from './config/lay-over.js'
import { checkConfig, fillIn, type Plain, parseYaml } from './config/load.js'
import { printedConfig } from './config/print.js'
import type { RunConfig } from './config/schema.js'
import { exitCodes, UsageError } from './exit-code.js'
import { loadMetrics } from './load-metrics.js'
import type { Metrics, MetricsServer } from './metrics.js'
import type { Progress } from './progress/progress.js'
import { progressFor } from './progress/progress-for.js'
import { goOnUnheard } from './standard-output.js'

/** Flags of `run` that are not keys of the configuration. */
export interface RunFlags extends GivenFlags {
  readonly untilEnd?: true
  readonly printConfig?: true
  readonly json?: true
  readonly metricsPort?: string
  readonly metricsHost?: string
}

const METRICS_HOST_DEFAULT = '127.0.0.1'

/** Runs a pipeline; `file` names the YAML. Answers the exit code. */
export async function runCommand(file: string | undefined, flags: RunFlags): Promise<number> {
  const config = await readConfig(file, flags)
  if (flags.printConfig) {
    console.log(printedConfig(config, flags.json ? 'json' : 'yaml'))
    return exitCodes.done
  }
  const metricsPort = portOf(flags.metricsPort)
  const metrics = metricsPort === undefined ? undefined : await loadMetrics()
  const progress = progressFor(process, { form: flags.json ? 'json' : 'text' })
  const { logger, events } = progress
  const observing = observedBy([metrics?.onObservation, closeHint(config.sink.location, logger)])
  const context = { stdin: () => process.stdin, logger, environment: process.env, ...observing }
  const pipeline = await buildPipeline(config, context, { untilEnd: flags.untilEnd === true, events, logger })
  goOnUnheard()
  const server = metrics && (await serve(metrics, pipeline, { port: metricsPort!, host: flags.metricsHost }, progress))
  const stopListening = obeySignals(pipeline, progress)
  let result: PipelineResult | undefined
  try {
    progress.start(() => pipeline.status())
    result = await pipeline.run()
  } finally {
    progress.end(result)
    stopListening()
    await server?.close()
    // Whoever feeds it may never end it.
    if (config.source.stdin !== undefined) process.stdin.destroy()
  }
  const exitCode = result.outcome === 'ended' || result.outcome === 'stopped' ? exitCodes.done : exitCodes.failed
  // What was given up may hold the process for as long as a server takes to answer.
  if (result.outcome === 'abandoned') process.exit(exitCode)
  return exitCode
}

type Listener = BuildContext['onObservation']

function observedBy(listeners: readonly Listener[]): Pick<BuildContext, 'onObservation'> {
  const present = listeners.filter((listener) => listener !== undefined)
  if (present.length === 0) return {}
  return {
    onObservation: (observation) => {
      for (const listener of present) listener(observation)
    },
  }
}

async function readConfig(file: string | undefined, flags: RunFlags): Promise<RunConfig> {
  const where = file ?? 'flags'
  const config = file === undefined ? {} : parseYaml(await readText(file), file)
  const filled = filledIn(config, where)
  layOver(filled, flags)
  if (Object.keys(filled).length === 0) {
    throw new UsageError(
      'run: name a configuration file, or give flags: --files, --stdin or --topics, --location, --job, --format',
    )
  }
  return checkConfig(filled, where)
}

function filledIn(config: Plain, where: string): { [name: string]: Plain } {
  try {
    return fillIn(config, process.env) as { [name: string]: Plain }
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${where}: ${error.message}`)
    throw error
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file}: cannot be read: ${(error as Error).message}`)
  }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new UsageError(`--metrics-port: ${text} is no port; 0 takes a free one`)
}

async function serve(
  metrics: Metrics,
  pipeline: Runnable,
  { port, host = METRICS_HOST_DEFAULT }: { readonly port: number; readonly host: string | undefined },
  progress: Progress,
): Promise<MetricsServer> {
  const server = await metrics.serve(() => pipeline.status(), { host, port })
  progress.say(`metrics at ${server.url}`)
  return server
}

/** SIGTERM and SIGINT commit and leave; a SIGINT after that leaves at once. Answers how to listen no more. */
function obeySignals(pipeline: Runnable, progress: Progress): () => void {
  let isStopping = false
  const stop = (name: NodeJS.Signals): void => {
    if (isStopping) return
    isStopping = true
    progress.say(`${name}: committing what was read, then leaving; SIGINT now leaves at once`)
    pipeline.stop()
  }
  const interrupt = (name: NodeJS.Signals): void => {
    if (isStopping) pipeline.stopNow()
    else stop(name)
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', stop)
  return () => {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', stop)
  }
}
