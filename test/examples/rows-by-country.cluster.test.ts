import { expect, test } from 'vitest'
import { sharedCluster } from '../cluster/shared-cluster.js'
import { ordersByDirectory, ordersIn, runExample } from './example.js'

const DIRECTORY = '/examples/rows-by-country'

interface Listing {
  readonly FileStatuses: { readonly FileStatus: readonly { readonly pathSuffix: string }[] }
}

test.each(['hdfsUrl', 'webhdfsUrl'] as const)('on a cluster with only the URL changed: %s', async (over) => {
  const cluster = await sharedCluster()
  const { webhdfsHttpUrl, description } = cluster
  const directory = `${DIRECTORY}-${over}`
  const ask = (path: string, op: string) =>
    fetch(`${webhdfsHttpUrl}${encodeURI(path)}?op=${op}&user.name=${description.user}`)
  const namesIn = async (path: string) =>
    ((await (await ask(path, 'LISTSTATUS')).json()) as Listing).FileStatuses.FileStatus.map((file) => file.pathSuffix)
  const location = `${cluster[over].replace('://', `://${description.user}@`)}${directory}`

  for (const rows of [10, 0]) {
    const run = await runExample('rows-by-country', location)
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`${rows} rows were added`) })
    const found: Record<string, string[]> = {}
    for (const country of (await namesIn(directory)).filter((name) => !name.startsWith('_'))) {
      const files = await namesIn(`${directory}/${country}`)
      expect(files).toHaveLength(1)
      found[country] = ordersIn(await (await ask(`${directory}/${country}/${files[0]}`, 'OPEN')).text())
    }
    expect(found).toEqual(ordersByDirectory)
  }
})
