import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { delegationTokenFor } from '../../src/cli/delegation-token.js'
import { MultiOutput, text } from '../../src/index.js'
import { runCommandLine } from './run-command-line.js'

const environment = { HADOOP_DELEGATION_TOKEN: 'of-the-environment' }
const hdfs = 'webhdfs://namenode:9870/data'

test('a token that was given goes before that of the environment', () => {
  expect(delegationTokenFor(hdfs, { delegationToken: 'given' }, environment)).toBe('given')
  expect(delegationTokenFor(hdfs, {}, environment)).toBe('of-the-environment')
  expect(delegationTokenFor([hdfs, 'webhdfs://other:9870/data'], {}, environment)).toBe('of-the-environment')
  expect(delegationTokenFor(hdfs, {}, {})).toBeUndefined()
  expect(delegationTokenFor(hdfs, {}, { HADOOP_DELEGATION_TOKEN: '' })).toBeUndefined()
})

test('so does a user, by flag or in the location', () => {
  expect(delegationTokenFor(hdfs, { user: 'me' }, environment)).toBeUndefined()
  expect(delegationTokenFor('webhdfs://me@namenode:9870/data', {}, environment)).toBeUndefined()
})

test.each(['/data', './data', 'file:///data'])(
  '%s takes none from the environment, and one that was given is refused later',
  (location) => {
    expect(delegationTokenFor(location, {}, environment)).toBeUndefined()
    expect(delegationTokenFor(location, { delegationToken: 'given' }, environment)).toBe('given')
  },
)

test('every command works on a local directory while the variable is set', { timeout: 120_000 }, async () => {
  const location = mkdtempSync(join(tmpdir(), 'delegation-token-'))
  try {
    await (await MultiOutput.open({ location, job: 'events', format: text() })).close()
    const run = ['run', '--stdin', '--location', location, '--job', 'events', '--format', 'text']
    for (const words of [['inspect', location], ['verify', location], ['recover', location], run]) {
      const { status, stderr } = runCommandLine(words, { environment, input: '1\n' })
      expect(status, `${words[0]}: ${stderr}`).toBe(0)
    }
    const given = runCommandLine(['inspect', location, '--delegation-token', 'x'])
    expect(given).toMatchObject({ status: 2, stderr: expect.stringContaining('was given delegationToken') })
  } finally {
    rmSync(location, { recursive: true })
  }
})
