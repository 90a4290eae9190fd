// Fills the disk that it is given, by a create and by an append, and reports what the file system says of it.
import { statfs, truncate } from 'node:fs/promises'
import type { FileSystemError } from '../../../../src/file-system/file-system-error.js'
import { createLocalFileSystem } from '../../../../src/file-system/local/local-file-system.js'

const [root] = process.argv.slice(2) as [string]
const fileSystem = createLocalFileSystem({ root })
const { blocks, bsize } = await statfs(root)
const tooMuch = new Uint8Array(blocks * bsize + 1)

const said = async (call: () => Promise<unknown>): Promise<unknown> => {
  const error = await call().then(
    () => undefined,
    (reason: FileSystemError) => reason,
  )
  if (error === undefined) return 'done'
  return { code: error.code, outcome: error.outcome, retry: error.retry, operation: error.operation, path: error.path }
}

// A whole page, so that an append needs a new one from the first byte on.
const base = bsize
await fileSystem.create('grows', new Uint8Array(base))
const report = {
  create: await said(() => fileSystem.create('big', tooMuch)),
  appendToFull: await said(() => fileSystem.append('grows', new Uint8Array(10), { base })),
  unchanged: (await fileSystem.stat('grows'))?.length === base,
  deleted: await fileSystem.delete('big'),
  append: await said(() => fileSystem.append('grows', tooMuch, { base })),
  upload: await said(async () => {
    const upload = await fileSystem.createUpload('streamed')
    const wait = upload.write(tooMuch)
    await wait?.catch(() => {})
    await upload.end()
  }),
  truncated: await said(() => fileSystem.truncate('grows', { length: 4, waitMs: 0 })),
}
await truncate(`${root}/streamed`, 0)
const afterwards = await fileSystem.append('grows', Buffer.from('more'), { base: 4 })
process.send!({ ...report, afterwards })
