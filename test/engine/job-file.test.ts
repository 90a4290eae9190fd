// The description of a location's job: who puts it, and what is said when it cannot be put.
import { expect, test } from 'vitest'
import { claimJob, type JobDescription, readJob } from '../../src/engine/job-file.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { type Disturbance, FaultyFileSystem, losesReply, neverArrives } from './faulty-file-system.js'
import { sampleContext } from './sample-context.js'
import { openOutput } from './sample-output.js'

const job: JobDescription = { job: 'orders', taskCount: 1, mode: 'append', visibility: 'live' }

test('whose rename was not answered reads it back', async () => {
  const faulty = new FaultyFileSystem(new MemoryFileSystem())
  faulty.disturb('rename', /job\.json/, losesReply())
  await claimJob(sampleContext(faulty), job)
  expect(await readJob({ fileSystem: faulty })).toEqual(job)
})

test('where it cannot be put, the file system says why', async () => {
  const faulty = new FaultyFileSystem(new MemoryFileSystem())
  faulty.disturb('create', /tmp/, neverArrives('NO_SPACE'), Number.POSITIVE_INFINITY)
  await expect(claimJob(sampleContext(faulty), job)).rejects.toMatchObject({
    code: 'OPEN_FAILED',
    message: expect.stringContaining('NO_SPACE'),
    cause: { code: 'NO_SPACE' },
  })
})

test('what a writer left behind that died while putting it goes with the next open', async () => {
  const memory = new MemoryFileSystem()
  await memory.create('_multi_output/tmp/0123', Buffer.from('half a job'), { parents: 'create' })
  const output = await openOutput(memory)
  expect(await memory.stat('_multi_output/tmp')).toBeUndefined()
  await output.close()
})

test('whoever puts it while another sweeps up reads what stands there', async () => {
  const faulty = new FaultyFileSystem(new MemoryFileSystem())
  const context = sampleContext(faulty)
  const swept: Disturbance = async (_call, run) => {
    await claimJob(context, job)
    await faulty.delete('_multi_output/tmp', { recursive: 'all' })
    return run()
  }
  faulty.disturb('rename', /job\.json/, swept)
  await claimJob(context, job)
  expect(await readJob({ fileSystem: faulty })).toEqual(job)
})
