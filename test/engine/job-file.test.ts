// The description of a location's job: who puts it, and what is said when it cannot be put.
import { expect, test } from 'vitest'
import { claimJob, type JobDescription, readJob } from '../../src/engine/job-file.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { FaultyFileSystem, losesReply, neverArrives } from './faulty-file-system.js'
import { sampleContext } from './sample-context.js'

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
