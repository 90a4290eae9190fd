import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { currentProcess, isSurelyGone } from '../../src/engine/running-process.js'
import type { ProcessIdentity } from '../../src/model/process-identity.js'

const module = new URL('../../src/engine/running-process.ts', import.meta.url).href
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

// A child that says who it is and then waits to be killed.
async function startChild(): Promise<{ child: ChildProcess; identity: ProcessIdentity }> {
  const script = `import { currentProcess } from '${module}'
    console.log(JSON.stringify(currentProcess()))
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [output] = await once(child.stdout!, 'data')
  return { child, identity: JSON.parse(String(output)) as ProcessIdentity }
}

test('this process knows itself, always in the same words, and is not gone', () => {
  const identity = currentProcess()
  expect(identity.pid).toBe(process.pid)
  for (const [field, value] of Object.entries(identity)) expect(value, field).not.toBe('')
  expect(currentProcess()).toEqual(identity)
  expect(isSurelyGone(identity)).toBe(false)
})

test('a child is there while it runs, also while it is stopped, and gone once it was killed', async () => {
  const { child, identity } = await startChild()
  expect(identity).toMatchObject({ pid: child.pid, bootId: currentProcess().bootId })
  expect(isSurelyGone(identity)).toBe(false)
  child.kill('SIGSTOP')
  expect(isSurelyGone(identity)).toBe(false)
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
  expect(isSurelyGone(identity)).toBe(true)
})

test('a number that has passed to another process does not keep the old one alive', () => {
  expect(isSurelyGone({ ...currentProcess(), startTime: '1' })).toBe(true)
})

test.each([
  ['another machine or boot', { bootId: 'b0c4e8a6-0000-4000-8000-000000000000' }],
  ['another pid namespace', { pidNamespace: 'pid:[1] time:[1]' }],
  ['an unknown boot', { bootId: '' }],
  ['an unknown pid namespace', { pidNamespace: '' }],
  ['an unknown start time', { startTime: '' }],
  ['no pid', { pid: 0 }],
  ['a process group', { pid: -1 }],
  ['half a pid', { pid: 1.5 }],
])('nothing is proved about %s', (_, part) => {
  // A pid and start time that are surely not in use, so that only the part in question keeps the answer false.
  expect(isSurelyGone({ ...currentProcess(), startTime: '1', ...part })).toBe(false)
})

test.skipIf(process.platform !== 'linux')('a process of another user is not gone', () => {
  // Process 1 runs wherever there is a /proc; its start time is readable, or else in doubt.
  const text = readFileSync('/proc/1/stat', 'utf8')
  const startTime = text.slice(text.lastIndexOf(')') + 2).split(' ')[19]!
  expect(isSurelyGone({ ...currentProcess(), pid: 1, startTime })).toBe(false)
})

test.skipIf(process.platform !== 'linux')('a zombie is gone: its files are closed', async () => {
  // A shell that starts a child, tells its number and never waits for it.
  const shell = spawn('/bin/sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(shell)
  const [output] = await once(shell.stdout, 'data')
  const pid = Number(String(output))
  // Until it is replaced by `sleep`, the shell would reap a child that dies.
  await expect.poll(() => readFileSync(`/proc/${shell.pid}/comm`, 'utf8').trim()).toBe('sleep')
  const stateOf = (): string[] => {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  }
  const identity = { ...currentProcess(), pid, startTime: stateOf()[19]! }
  expect(isSurelyGone(identity)).toBe(false)
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => stateOf()[0]).toBe('Z')
  expect(isSurelyGone(identity)).toBe(true)
})
