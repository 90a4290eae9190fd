// Works as a user who may not: in directories that are not theirs.
import type { FileSystemError } from '../../../../src/file-system/file-system-error.js'
import { createLocalFileSystem } from '../../../../src/file-system/local/local-file-system.js'

const [root, userId] = process.argv.slice(2) as [string, string]
// All code is loaded by now; it may lie where that user cannot read.
process.seteuid!(Number(userId))
const fileSystem = createLocalFileSystem({ root })
const code = async (call: () => Promise<unknown>): Promise<string> => {
  return await call().then(
    (answer) => `done ${answer instanceof Uint8Array ? Buffer.from(answer).toString() : ''}`.trimEnd(),
    (error: FileSystemError) => `${error.code} ${error.outcome} ${error.retry}`,
  )
}
process.send!({
  create: await code(() => fileSystem.create('new', Buffer.from('x'))),
  createWithParents: await code(() => fileSystem.create('d/new', Buffer.from('x'), { parents: 'create' })),
  append: await code(() => fileSystem.append('file', Buffer.from('x'), { base: 4 })),
  truncate: await code(() => fileSystem.truncate('file', { length: 0, waitMs: 0 })),
  rename: await code(() => fileSystem.rename('file', 'other', { mode: 'move' })),
  claim: await code(() => fileSystem.rename('file', 'other', { mode: 'claim' })),
  delete: await code(() => fileSystem.delete('file')),
  deleteAll: await code(() => fileSystem.delete('directory', { recursive: 'all' })),
  mkdirs: await code(() => fileSystem.mkdirs('d')),
  mkdirsThere: await code(() => fileSystem.mkdirs('directory')),
  read: await code(() => fileSystem.read('file')),
  readSecret: await code(() => fileSystem.read('secret')),
  statBelowSecret: await code(() => fileSystem.stat('locked/file')),
})
