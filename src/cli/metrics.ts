// `--metrics-port`: a run's numbers for Prometheus, and whether it is well. Names and units: docs/metrics.md.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Observation } from '../file-system/layers/observe.js'
import type { PipelineState, PipelineStatus } from '../pipeline/pipeline-options.js'

/** A server of metrics. */
export interface MetricsServer {
  /** Of `/metrics`. */
  readonly url: string
  /** Ends also what still reads from it. */
  close(): Promise<void>
}

const PREFIX = 'hdfs_multi_output_'
const states: readonly PipelineState[] = ['new', 'opening', 'running', 'away', 'stopping', 'ended']

/** Seconds: a look at a local disk takes less than the first, a close on HDFS some of the middle, and nothing sane more than the last. */
const DURATION_BUCKETS_SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60]

/** A run's numbers. */
export interface Metrics {
  /** For `withObserver`: counts what is done with the file system. */
  readonly onObservation: (observation: Observation) => void
  /** Serves `/metrics` and `/healthz`. Rejects where the address is taken or may not be had. Once. */
  serve(status: () => PipelineStatus, options: { readonly host: string; readonly port: number }): Promise<MetricsServer>
}

/** Makes them; nothing listens yet. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  return {
    onObservation: fileSystemMetrics(registry),
    serve: (status, options) => {
      addStatus(registry, status)
      return serveMetrics(registry, status, options)
    },
  }
}

function fileSystemMetrics(registry: Registry): (observation: Observation) => void {
  const requests = new Histogram({
    name: `${PREFIX}file_system_operation_duration_seconds`,
    help: 'Every request to the file system, each try of its own: how long it was waited for.',
    labelNames: ['operation', 'step', 'outcome'],
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [registry],
  })
  const bytes = new Counter({
    name: `${PREFIX}file_system_bytes_total`,
    help: 'Bytes given to the file system and got from it, whatever became of them.',
    labelNames: ['operation'],
    registers: [registry],
  })
  return ({ operation, step, outcome, durationMs, bytes: moved }) => {
    requests.observe({ operation, step, outcome }, durationMs / 1000)
    if (moved > 0) bytes.inc({ operation }, moved)
  }
}

async function serveMetrics(
  registry: Registry,
  status: () => PipelineStatus,
  options: { readonly host: string; readonly port: number },
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
    } else if (path === '/healthz') {
      const { state, away } = status()
      response.writeHead(away === undefined ? 200 : 503, { 'content-type': 'application/json' })
      response.end(`${JSON.stringify({ state, ...(away === undefined ? {} : { awaySinceMs: away.sinceMs }) })}\n`)
    } else if (path === '/metrics') {
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        (error: unknown) => response.writeHead(500).end(`${String(error)}\n`),
      )
    } else {
      response.writeHead(404).end('/metrics or /healthz\n')
    }
  })
  await listen(server, options)
  // The pipeline keeps the process; this must not.
  server.unref()
  const { port } = server.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${host}:${port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** All values are read off the status when somebody asks. */
function addStatus(registry: Registry, status: () => PipelineStatus): void {
  collectDefaultMetrics({ register: registry })
  const counter = (name: string, help: string, value: (now: PipelineStatus) => number): void => {
    new Counter({
      name: `${PREFIX}${name}`,
      help,
      registers: [registry],
      collect() {
        this.reset()
        this.inc(value(status()))
      },
    })
  }
  const gauge = (name: string, help: string, value: (now: PipelineStatus) => number | undefined): void => {
    new Gauge({
      name: `${PREFIX}${name}`,
      help,
      registers: [registry],
      collect() {
        const now = value(status())
        // What is not known is not there, rather than 0.
        if (now === undefined) this.remove()
        else this.set(now)
      },
    })
  }
  counter('records_total', 'Records handed to the sink; replayed ones count again.', (now) => now.records)
  counter('input_bytes_total', 'Bytes of input that they came in.', (now) => now.bytes)
  counter('bad_records_total', 'Records that were refused; replayed ones count again.', (now) => now.badRecords)
  counter('skipped_records_total', 'Records that were there already.', (now) => now.sink.skippedRecords ?? 0)
  counter('late_records_total', 'Records whose window was sealed before they came.', (now) => now.sink.lateRecords ?? 0)
  counter('committed_records_total', 'Records in commits.', (now) => now.committedRecords)
  counter('committed_bytes_total', 'Bytes that commits added to files.', (now) => now.committedBytes)
  counter('commits_total', 'Commits that added something.', (now) => now.commits)
  gauge('last_commit_duration_seconds', 'How long the last commit took.', ({ lastCommit }) =>
    lastCommit === undefined ? undefined : lastCommit.durationMs / 1000,
  )
  gauge('last_commit_timestamp_seconds', 'When the last commit was published, since 1970.', ({ lastCommit }) =>
    lastCommit === undefined ? undefined : lastCommit.timeMs / 1000,
  )
  gauge('lag_records', 'Records of the source that were not read yet.', (now) => now.source.lagRecords)
  gauge('lag_bytes', 'Bytes of the source, as stored, that were not read yet.', (now) => now.source.lagBytes)
  gauge('open_files', 'Data files that a later commit may go on with.', (now) => now.sink.openFiles)
  gauge('watermark_timestamp_seconds', 'Up to where windows of event time are sealed, since 1970.', ({ sink }) =>
    sink.watermarkMs === undefined ? undefined : sink.watermarkMs / 1000,
  )
  gauge('away_seconds', 'Since when the storage or the source is away; 0 while it is not.', ({ away }) =>
    away === undefined ? 0 : Math.max(0, Date.now() - away.sinceMs) / 1000,
  )
  addState(registry, status)
}

function addState(registry: Registry, status: () => PipelineStatus): void {
  new Gauge({
    name: `${PREFIX}state`,
    help: '1 for the state that the pipeline is in, 0 for the others.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { state } = status()
      for (const one of states) this.set({ state: one }, one === state ? 1 : 0)
    },
  })
}
