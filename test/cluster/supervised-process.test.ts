// A supervised process dies with its owner, however that ends, and is left alone by its watcher when it ends first.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { killMarkedProcesses, markedEnvironment, markedProcesses, remainingProcesses } from './process-list.js'
import { runToEnd } from './supervised-process.js'

const GONE_WITHIN_MS = 10_000

/** A process that runs `script` with `startSupervised` in scope, and says "ready" through `ready()`. */
async function startOwner(mark: string, script: string): Promise<ChildProcess> {
  const module = JSON.stringify(path.join(import.meta.dirname, 'supervised-process.ts'))
  const source = `
    import { startSupervised } from ${module}
    const environment = process.env
    const sleep = () => startSupervised({ command: 'sleep', commandArguments: ['1000'], directory: '/', environment }, 1)
    const ready = () => process.stderr.write('ready')
    ;${script}`
  const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], {
    env: markedEnvironment(mark),
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  onTestFinished(() => killMarkedProcesses(mark))
  const [said] = (await once(owner.stderr!, 'data')) as [Buffer]
  expect(said.toString()).toBe('ready')
  return owner
}

test('kill -9 of the owner ends its processes, a paused one too, and their watchers', async () => {
  const mark = randomUUID()
  const owner = await startOwner(mark, `await sleep(); (await sleep()).signal('SIGSTOP'); ready()`)
  // The owner, two processes, two watchers; polled, because a process shows no mark while it executes its command.
  await expect.poll(() => markedProcesses(mark)).toHaveLength(5)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  expect(await remainingProcesses({ mark, waitMsMax: GONE_WITHIN_MS })).toEqual([])
})

test('process.exit of the owner ends its processes', async () => {
  const mark = randomUUID()
  const owner = await startOwner(mark, `await sleep(); process.once('SIGUSR2', () => process.exit()); ready()`)
  owner.kill('SIGUSR2')
  await once(owner, 'exit')
  expect(await remainingProcesses({ mark, waitMsMax: GONE_WITHIN_MS })).toEqual([])
})

test('a process that ends first is reported, and its watcher leaves', async () => {
  const mark = randomUUID()
  const owner = await startOwner(mark, `(await sleep()).signal('SIGTERM'); await sleep(); ready()`)
  // The owner, the second process and its watcher.
  await expect.poll(() => markedProcesses(mark)).toHaveLength(3)
  owner.kill('SIGKILL')
  expect(await remainingProcesses({ mark, waitMsMax: GONE_WITHIN_MS })).toEqual([])
})

test('a run that takes too long is killed and says so', async () => {
  const run = { command: 'sleep', commandArguments: ['1000'], directory: '/', environment: process.env, timeoutMs: 50 }
  const { signal, output } = await runToEnd(run)
  expect(signal).toBe('SIGKILL')
  expect(output).toContain('ended after 50 ms without a result')
})
