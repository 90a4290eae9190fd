// Claims one name after the other as it is told, and says whether it won.

import { isFileSystemError } from '../../../../src/file-system/file-system-error.js'
import { createLocalFileSystem } from '../../../../src/file-system/local/local-file-system.js'

const [root, name] = process.argv.slice(2) as [string, string]
const fileSystem = createLocalFileSystem({ root })
process.on('message', (round: number) => {
  void claim(round).then((answer) => process.send!(answer))
})
process.send!('ready')

async function claim(round: number): Promise<string> {
  const source = `tmp/${name}-${round}`
  await fileSystem.create(source, Buffer.from(`${name} ${round}`))
  try {
    await fileSystem.rename(source, `log/${round}`, { mode: 'claim' })
    return 'won'
  } catch (error) {
    return isFileSystemError(error, 'ALREADY_EXISTS') ? 'lost' : String(error)
  }
}
