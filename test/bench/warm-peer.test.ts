// A peer that is not there, or fails, is told in one line and never becomes a figure.
import { access, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { SparkSink } from '../../bench/peers/spark-sink.js'
import { peerDirectory, WarmPeer } from '../../bench/peers/warm-peer.js'

const PLACE = { url: 'hdfs://127.0.0.1:1', user: 'nobody', closeDelayMs: 10 }

/** Named as the Python that has PySpark: a script of the shell. */
async function pythonIs(script: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hdfs-multi-output-test-'))
  const python = join(directory, 'python')
  await writeFile(python, `#!/bin/sh\n${script}\n`)
  await chmod(python, 0o755)
  vi.stubEnv('PYSPARK_PYTHON', python)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(directory, { recursive: true })
  })
  return python
}

async function shellPeer(script: string): Promise<{ readonly peer: Promise<WarmPeer>; readonly directory: string }> {
  const directory = await peerDirectory('test')
  return { peer: WarmPeer.start('the peer', { command: '/bin/sh', words: ['-c', script], directory }), directory }
}

test('a Python without PySpark: what to install', async () => {
  const python = await pythonIs(`echo "ModuleNotFoundError: No module named 'pyspark'" >&2; exit 1`)
  await expect(SparkSink.start(PLACE)).rejects.toThrow(`${python} has no pyspark: pip install pyspark==4.0.0`)
})

test('a PySpark that is too old, and a Python that is not there', async () => {
  await pythonIs('echo 3.5.1')
  await expect(SparkSink.start(PLACE)).rejects.toThrow('pyspark 3.5.1 is there, 4 is wanted: pip install')
  vi.stubEnv('PYSPARK_PYTHON', '/nowhere/python')
  await expect(SparkSink.start(PLACE)).rejects.toThrow('no /nowhere/python; Python 3.10 or later')
})

test('a warm peer answers line by line; what it says when it fails is the reason', async () => {
  const { peer: starting, directory } = await shellPeer(
    `echo '{"ready":true}'; read line; echo '{"records":3}'; read line; echo '{"error":"no space"}'; read line`,
  )
  const peer = await starting
  expect(await peer.ask('first')).toEqual({ records: 3 })
  await expect(peer.ask('second')).rejects.toThrow('the peer: no space')
  await peer[Symbol.asyncDispose]()
  await expect(access(directory)).rejects.toThrow('ENOENT')
})

test('a peer that has ended is told, too', async () => {
  const { peer: starting } = await shellPeer(`echo '{"ready":true}'`)
  await using peer = await starting
  await expect(peer.ask('first')).rejects.toThrow('the process of the peer ended')
  await expect(peer.ask('x'.repeat(2 ** 20))).rejects.toThrow('the process of the peer ended')
})

test('a peer that does not start leaves no directory', async () => {
  const { peer, directory } = await shellPeer('exit 1')
  await expect(peer).rejects.toThrow('the process of the peer ended')
  await expect(access(directory)).rejects.toThrow('ENOENT')
})
