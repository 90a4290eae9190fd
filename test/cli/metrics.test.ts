import { expect, onTestFinished, test } from 'vitest'
import { createMetrics } from '../../src/cli/metrics.js'
import { withObserver } from '../../src/file-system/layers/observe.js'
import type { PipelineStatus } from '../../src/index.js'
import { MemoryFileSystem } from '../../src/testing/index.js'

const status: PipelineStatus = {
  state: 'running',
  records: 7,
  bytes: 70,
  badRecords: 0,
  committedRecords: 5,
  committedBytes: 50,
  commits: 1,
  source: {},
  sink: {},
}

test('what was done with the file system, by operation, step and outcome', async () => {
  const metrics = createMetrics()
  const fileSystem = withObserver(new MemoryFileSystem(), metrics)
  await fileSystem.create('a', Buffer.from('12345'))
  await fileSystem.create('b', Buffer.from('678'))
  await expect(fileSystem.create('a', Buffer.from('1'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  await fileSystem.read('a')
  const server = await metrics.serve(() => status, { host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  const lines = (await (await fetch(server.url)).text()).split('\n')
  const count = 'hdfs_multi_output_file_system_operation_duration_seconds_count'
  expect(lines).toContain(`${count}{operation="create",step="whole",outcome="done"} 2`)
  expect(lines).toContain(`${count}{operation="create",step="whole",outcome="not-applied"} 1`)
  expect(lines).toContain(`${count}{operation="read",step="whole",outcome="done"} 1`)
  expect(lines).toContain('hdfs_multi_output_file_system_bytes_total{operation="create"} 9')
  expect(lines).toContain('hdfs_multi_output_file_system_bytes_total{operation="read"} 5')
  expect(lines).toContain('hdfs_multi_output_records_total 7')
  expect(lines.find((line) => line.startsWith('hdfs_multi_output_lag_records '))).toBeUndefined()
})

test('an address that is taken', async () => {
  const server = await createMetrics().serve(() => status, { host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  const port = Number(new URL(server.url).port)
  await expect(createMetrics().serve(() => status, { host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
})
