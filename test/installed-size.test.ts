// What a user's disk takes: everything that package.json's dependencies bring, beside this package.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const INSTALLED_BYTES_MAX = 15_000_000
/** What is packed of this package and room for it to grow by a quarter: `npm run bench -- start-up` packs, installs and measures it. */
const OWN_BYTES_MAX = 2_800_000

const root = fileURLToPath(new URL('..', import.meta.url))

test('what is installed with this package takes less than 15 MB together with it', async () => {
  const folders = await installedFolders()
  // A later package-lock of another form would leave nothing to add up.
  expect(folders).toEqual(expect.arrayContaining(['node_modules/kafkajs', 'node_modules/yocto-queue']))
  const installed = await Promise.all(
    folders.map(async (name) => ({ name, bytes: await bytesBelow(join(root, name)) })),
  )
  installed.sort((a, b) => b.bytes - a.bytes)
  const sum = installed.reduce((bytes, one) => bytes + one.bytes, 0)
  expect(sum, JSON.stringify(installed, null, 2)).toBeLessThan(INSTALLED_BYTES_MAX - OWN_BYTES_MAX)
})

/** As npm would make them for a user: without development, optional and peers. */
async function installedFolders(): Promise<string[]> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: true; optional?: true; devOptional?: true; peer?: true }>
  }
  return Object.entries(lock.packages)
    .filter(([path, { dev, optional, devOptional, peer }]) => path !== '' && !(dev || optional || devOptional || peer))
    .map(([path]) => path)
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const bytes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size))
  return bytes.reduce((sum, one) => sum + one, 0)
}
