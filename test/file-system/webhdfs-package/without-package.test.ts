// The package webhdfs is an optional peer: the library is there without it, and so is its adapter, which is given a client.
import { expect, test, vi } from 'vitest'

vi.mock('webhdfs', () => {
  throw new Error('not installed')
})

test('the library can be imported without the package', async () => {
  await expect(import('webhdfs')).rejects.toThrow()
  const library = await import('../../../src/index.js')
  expect(library.createWebHdfsPackageFileSystem).toBeTypeOf('function')
  expect(library.MultiOutput.open).toBeTypeOf('function')
})
