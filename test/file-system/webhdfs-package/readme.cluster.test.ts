// README's example with a client of the package, as printed but for the place, on real HDFS.
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openFileSystem } from '../../../src/index.js'
import { sharedCluster } from '../../cluster/shared-cluster.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

function replaced(text: string, from: string, to: string): string {
  expect(text.split(from)).toHaveLength(2)
  return text.replace(from, to)
}

test('the example writes and commits', async () => {
  const cluster = await sharedCluster()
  const { hostname, port } = new URL(cluster.webhdfsUrl)
  const { user } = cluster.description
  const path = `/package-readme-${randomUUID()}`
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  let code = /```ts\n([^`]*createWebHdfsPackageFileSystem[^`]*)```/.exec(readme)?.[1] ?? ''
  code = replaced(code, "'hdfs-multi-output'", JSON.stringify(join(root, 'src/index.ts')))
  code = replaced(
    code,
    "host: 'namenode', port: 9870, user: 'etl'",
    `host: '${hostname}', port: ${port}, user: '${user}'`,
  )
  code = replaced(code, "'/data/orders'", `'${path}'`)
  const directory = mkdtempSync(join(tmpdir(), 'package-readme-'))
  try {
    writeFileSync(join(directory, 'example.mts'), code)
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
    const words = ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), '--no-deprecation', 'example.mts']
    const run = spawnSync(process.execPath, words, { cwd: directory, encoding: 'utf8' })
    expect(run).toMatchObject({ status: 0, stderr: '' })
  } finally {
    rmSync(directory, { recursive: true })
  }
  await using fileSystem = await openFileSystem(`webhdfs://${user}@${hostname}:${port}${path}`)
  const texts: string[] = []
  for await (const { path: name, type } of fileSystem.list('')) {
    if (type === 'file') texts.push(Buffer.from(await fileSystem.read(name)).toString())
  }
  expect(texts).toEqual(['{"amount":1}\n'])
})
