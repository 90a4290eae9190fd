// Claims a name and stops between the link and the unlink, to be killed there.
import * as nodeFileSystem from 'node:fs/promises'
import { createLocalFileSystem } from '../../../../src/file-system/local/local-file-system.js'

const [root, source, destination] = process.argv.slice(2) as [string, string, string]
const unlink = async (): Promise<void> => {
  process.send!('linked')
  await new Promise(() => setInterval(() => {}, 1_000))
}
const fileSystem = createLocalFileSystem({ root, disk: { ...nodeFileSystem, unlink } })
await fileSystem.rename(source, destination, { mode: 'claim' })
