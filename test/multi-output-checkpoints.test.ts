// Checkpoints that fail: the commit before stands, and a later checkpoint makes it good.
import { describe, expect, test } from 'vitest'
import { MemoryFileSystem } from '../src/testing/index.js'
import { everythingBelow, FaultyFileSystem, losesReply, refused } from './engine/faulty-file-system.js'
import { at, linesByDirectory, openOutput } from './engine/sample-output.js'

const LOG = /task-00000\/log\//

describe('a checkpoint that fails', () => {
  test.each<[string, (fileSystem: FaultyFileSystem) => void]>([
    ['its manifest cannot be written', (fs) => fs.disturb('create', /manifest-/, refused('NO_SPACE'))],
    [
      'its record is not answered',
      (fs) => {
        let armed = 0
        fs.rules.push(({ operation, path, destination }) => {
          if (operation === 'create' && /manifest-/.test(path)) armed += 1
          if (armed !== 1 || operation !== 'rename' || !LOG.test(destination ?? '')) return undefined
          fs.disturb('read', LOG, refused('UNAVAILABLE'))
          armed += 1
          return losesReply()
        })
      },
    ],
    ['its manifest cannot be published', (fs) => fs.disturb('rename', /\/sealed\//, refused('PERMISSION'))],
    ['the log cannot be cleaned', (fs) => fs.disturb('delete', LOG, refused('PERMISSION'))],
  ])('%s: the commit stands, and a later one makes it good', async (_what, arrange) => {
    const memory = new MemoryFileSystem()
    const fileSystem = new FaultyFileSystem(memory)
    const warnings: object[] = []
    const logger = { debug() {}, info() {}, error() {}, warn: (fields: object) => warnings.push(fields) }
    const environment = { checkpointLimits: { commitsMax: 2, bytesMin: 1e9 } }
    const output = await openOutput(fileSystem, { mode: 'new-file', logger }, environment)
    for (let offset = 0; offset < 8; offset++) {
      if (offset === 3) arrange(fileSystem)
      await output.write({ key: 'a', text: `a${offset}` }, at(offset))
      await output.commit()
    }
    expect(warnings.length).toBeGreaterThan(0)
    await output.close()
    const next = await openOutput(memory, { mode: 'new-file' }, environment)
    await next.close()
    expect((await linesByDirectory(memory)).a).toHaveLength(8)
    const kept = (await everythingBelow(memory, '_multi_output/task-00000/log')).length
    expect(kept).toBeLessThan(9)
  })
})
