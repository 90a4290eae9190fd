import { expect, test } from 'vitest'
import { loadMetrics } from '../../src/cli/load-metrics.js'

/** What Node says, where a package is missing. */
async function withoutPackage(name: string): Promise<never> {
  const error: NodeJS.ErrnoException = new Error(`Cannot find package '${name}' imported from /app/dist/cli/metrics.js`)
  error.code = 'ERR_MODULE_NOT_FOUND'
  return Promise.reject(error)
}

test('where prom-client is there, metrics are', async () => {
  expect(await loadMetrics()).toMatchObject({ serve: expect.any(Function) as unknown })
})

test('where it is not, it is said what to install', async () => {
  const missing = loadMetrics(() => withoutPackage('prom-client'))
  await expect(missing).rejects.toMatchObject({ name: 'UsageError' })
  await expect(missing).rejects.toThrow(/^--metrics-port: .*npm install prom-client/)
})

test('any other failure is told as it is', async () => {
  await expect(loadMetrics(() => withoutPackage('tdigest'))).rejects.toThrow(/'tdigest'/)
  await expect(loadMetrics(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
})
