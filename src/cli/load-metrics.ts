// Loads what serves metrics when it is asked for: not everybody's first byte shall wait for it, nor everybody install prom-client.
import { UsageError } from './exit-code.js'
import type { Metrics } from './metrics.js'

type MetricsModule = Pick<typeof import('./metrics.js'), 'createMetrics'>

/** Makes a run's numbers. Throws a UsageError that says what to install where prom-client is missing. */
export async function loadMetrics(load: () => Promise<MetricsModule> = () => import('./metrics.js')): Promise<Metrics> {
  try {
    return (await load()).createMetrics()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes("'prom-client'")) throw error
    throw new UsageError(
      '--metrics-port: the package prom-client makes the metrics, and is not installed. Install it beside hdfs-multi-output: npm install prom-client (with -g if that was)',
    )
  }
}
