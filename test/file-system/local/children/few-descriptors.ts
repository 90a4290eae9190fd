// Uses up the file descriptors that it may have, and reports what the file system says of it, then and afterwards.
import { closeSync, openSync } from 'node:fs'
import type { FileSystemError } from '../../../../src/file-system/file-system-error.js'
import { createLocalFileSystem } from '../../../../src/file-system/local/local-file-system.js'

const [root] = process.argv.slice(2) as [string]
const fileSystem = createLocalFileSystem({ root })
const code = async (call: () => Promise<unknown>): Promise<string> => {
  return await call().then(
    () => 'done',
    (error: FileSystemError) => `${error.code} ${error.outcome} ${error.retry}`,
  )
}
await fileSystem.create('a', Buffer.from('a'))

const held: number[] = []
try {
  for (;;) held.push(openSync('/dev/null', 'r'))
} catch {
  // That was the last one.
}
const meanwhile = {
  create: await code(() => fileSystem.create('b', Buffer.from('b'))),
  append: await code(() => fileSystem.append('a', Buffer.from('b'), { base: 1 })),
  read: await code(() => fileSystem.read('a')),
  truncate: await code(() => fileSystem.truncate('a', { length: 0, waitMs: 0 })),
  list: await code(async () => {
    for await (const entry of fileSystem.list('')) void entry
  }),
  // The rename is done, and then no descriptor is left for the directory's sync.
  rename: await code(() => fileSystem.rename('a', 'c', { mode: 'claim' })),
}
for (const descriptor of held) closeSync(descriptor)
const afterwards = {
  create: await code(() => fileSystem.create('b', Buffer.from('b'))),
  rename: await code(() => fileSystem.rename('a', 'c', { mode: 'claim' })),
  source: await fileSystem.stat('a'),
  read: Buffer.from(await fileSystem.read('c')).toString(),
}
process.send!({ meanwhile, afterwards })
