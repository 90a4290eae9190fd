import { expect, test } from 'vitest'
import { sharedCluster } from '../cluster/shared-cluster.js'
import { ordersByDirectory, ordersIn, runExample } from './example.js'

const DIRECTORY = '/examples/rows-by-country'

interface Listing {
  readonly FileStatuses: { readonly FileStatus: readonly { readonly pathSuffix: string }[] }
}

test('on a cluster with only the URL changed', async () => {
  const { webhdfsUrl, webhdfsHttpUrl, description } = await sharedCluster()
  const ask = (path: string, op: string) =>
    fetch(`${webhdfsHttpUrl}${encodeURI(path)}?op=${op}&user.name=${description.user}`)
  const namesIn = async (path: string) =>
    ((await (await ask(path, 'LISTSTATUS')).json()) as Listing).FileStatuses.FileStatus.map((file) => file.pathSuffix)
  const location = `${webhdfsUrl.replace('://', `://${description.user}@`)}${DIRECTORY}`

  for (const rows of [10, 0]) {
    const run = await runExample('rows-by-country', location)
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`${rows} rows were added`) })
    const found: Record<string, string[]> = {}
    for (const directory of (await namesIn(DIRECTORY)).filter((name) => !name.startsWith('_'))) {
      const files = await namesIn(`${DIRECTORY}/${directory}`)
      expect(files).toHaveLength(1)
      found[directory] = ordersIn(await (await ask(`${DIRECTORY}/${directory}/${files[0]}`, 'OPEN')).text())
    }
    expect(found).toEqual(ordersByDirectory)
  }
})
