import { expect, test } from 'vitest'
import { Epoch } from '../../src/engine/task-context.js'
import { writeTemp } from '../../src/engine/write-temp.js'
import { MemoryFileSystem } from '../../src/file-system/memory/memory-file-system.js'
import { epochTmpDirectory } from '../../src/protocol/layout.js'
import { type Disturbance, FaultyFileSystem, losesReply, neverArrives, refused } from './faulty-file-system.js'
import { sampleContext } from './sample-context.js'

const content = Buffer.from('content')

/** Writes a temp while its first creates are disturbed so. */
async function written(...disturbances: readonly Disturbance[]): Promise<{ temp: string; creates: string[] }> {
  const creates: string[] = []
  const memory = new MemoryFileSystem()
  await memory.mkdirs(epochTmpDirectory(0, 1))
  const fileSystem = new FaultyFileSystem(memory)
  fileSystem.rules.push((call) => {
    if (call.operation !== 'create') return undefined
    creates.push(call.path)
    return disturbances[creates.length - 1]
  })
  const context = sampleContext(fileSystem)
  const temp = await writeTemp(context, new Epoch(context, 1), 'data', content)
  expect(Buffer.from(await memory.read(temp))).toEqual(content)
  return { temp, creates }
}

test('a temp that may or may not be there costs another name', async () => {
  const { temp, creates } = await written(losesReply(), neverArrives())
  expect(new Set(creates).size).toBe(3)
  expect(temp).toBe(creates[2])
})

test('a temp that was deleted under our hands costs another name: the record will tell by whom', async () => {
  const { creates } = await written(refused('NOT_FOUND'), refused('PARENT_NOT_FOUND'))
  expect(new Set(creates).size).toBe(3)
})

test('what surely did not happen for another reason is told at once', async () => {
  await expect(written(refused('NO_SPACE'))).rejects.toMatchObject({ code: 'NO_SPACE' })
})

test('after a limited number of names the last error is told', async () => {
  await expect(written(...Array.from({ length: 20 }, () => neverArrives()))).rejects.toMatchObject({ code: 'TIMEOUT' })
})
