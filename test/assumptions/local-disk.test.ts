// Pins what docs/assumptions.md says of local disks, on the disk that the tests run on.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  link,
  lstat,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

let directory: string
const at = (name: string): string => path.join(directory, name)
const contenders = 16

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'assumptions-'))
})

afterAll(() => rm(directory, { recursive: true }))

/** A process that runs this text, with the directory as its argument, until it ends or is killed. */
function child(text: string): ReturnType<typeof spawn> {
  return spawn(process.execPath, ['--input-type=module', '-e', text, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

test('L1 link never replaces: of contenders in several processes exactly one wins', async () => {
  await writeFile(at('taken'), 'old')
  await writeFile(at('temp'), 'new')
  await expect(link(at('temp'), at('taken'))).rejects.toMatchObject({ code: 'EEXIST' })
  expect(await readFile(at('taken'), 'utf8')).toBe('old')

  const compete = `
    import { linkSync, writeFileSync } from 'node:fs'
    const [directory] = process.argv.slice(1)
    const wins = []
    for (let n = 0; n < ${contenders}; n++) {
      const temp = directory + '/temp-' + process.pid + '-' + n
      writeFileSync(temp, String(process.pid))
      try { linkSync(temp, directory + '/log-' + n); wins.push(n) } catch (error) { if (error.code !== 'EEXIST') throw error }
    }
    console.log(JSON.stringify(wins))`
  const wins = await Promise.all(
    [compete, compete, compete].map(async (text) => {
      const chunks: Buffer[] = []
      for await (const chunk of child(text).stdout!) chunks.push(chunk as Buffer)
      return JSON.parse(Buffer.concat(chunks).toString()) as number[]
    }),
  )
  expect(wins.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: contenders }, (_, n) => n))
})

test('L2 a link is a second name of the same inode, and either can go', async () => {
  await writeFile(at('one'), 'content')
  await link(at('one'), at('two'))
  const [one, two] = await Promise.all([stat(at('one')), stat(at('two'))])
  expect([two.ino, two.nlink]).toEqual([one.ino, 2])
  await unlink(at('one'))
  expect(await readFile(at('two'), 'utf8')).toBe('content')
  expect((await stat(at('two'))).nlink).toBe(1)
})

test('L3 rename replaces, and the name is there at every moment', async () => {
  await writeFile(at('current'), 'begin')
  let isDone = false
  const reader = (async () => {
    const seen = new Set<string>()
    while (!isDone) seen.add((await readFile(at('current'), 'utf8')).slice(0, 5))
    return seen
  })()
  for (let n = 0; n < 200; n++) {
    await writeFile(at('next'), `turn ${n}`)
    await rename(at('next'), at('current'))
  }
  isDone = true
  for (const content of await reader) expect(['begin', 'turn ']).toContain(content)
  expect(await readFile(at('current'), 'utf8')).toBe('turn 199')
})

test('L4 a descriptor outlives a rename and an unlink: it writes on, to wherever its file is', async () => {
  await writeFile(at('old-name'), 'before')
  const writer = await open(at('old-name'), 'a')
  await rename(at('old-name'), at('new-name'))
  await writer.write(', after')
  expect(await readFile(at('new-name'), 'utf8')).toBe('before, after')
  await unlink(at('new-name'))
  await writer.write(', never seen')
  await writeFile(at('new-name'), 'another')
  await writer.write(', never seen')
  await writer.close()
  expect(await readFile(at('new-name'), 'utf8')).toBe('another')
})

test('L5 a truncation is done when it is answered, whoever has the file open; appending goes on at the new end', async () => {
  await writeFile(at('cut'), '0123456789')
  const writer = await open(at('cut'), 'a')
  await writer.write('abc')
  await truncate(at('cut'), 4)
  expect(await readFile(at('cut'), 'utf8')).toBe('0123')
  await writer.write('xyz')
  await writer.close()
  expect(await readFile(at('cut'), 'utf8')).toBe('0123xyz')
})

test('L6 when a killed process is gone, none of its writes is still to come', async () => {
  const writer = child(`
    import { openSync, writeSync } from 'node:fs'
    const file = openSync(process.argv[1] + '/killed', 'a')
    console.log('open')
    for (let n = 0; n < 10_000; n++) writeSync(file, 'x'.repeat(1000))
    setInterval(() => {}, 1000)`)
  await once(writer.stdout!, 'data')
  writer.kill('SIGKILL')
  await once(writer, 'exit')
  const lengthBytes = (await stat(at('killed'))).size
  const copy = await readFile(at('killed'))
  expect(copy.length).toBe(lengthBytes)
  await writeFile(at('killed'), 'mine', { flag: 'a' })
  expect((await stat(at('killed'))).size).toBe(lengthBytes + 4)
})

test.skipIf(process.platform !== 'linux')(
  'L7 a process is told by boot id, pid namespace, pid and start time',
  async () => {
    const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    expect(bootId.trim()).toMatch(/^[0-9a-f-]{36}$/)
    expect(await readlink('/proc/self/ns/pid')).toMatch(/^pid:\[\d+\]$/)
    const startTicks = async (pid: number): Promise<number> => {
      const line = await readFile(`/proc/${pid}/stat`, 'utf8')
      // The name in parentheses may hold anything; the start is the 20th field behind it.
      return Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[19])
    }
    const other = child('setInterval(() => {}, 1000); console.log("up")')
    await once(other.stdout!, 'data')
    const [mine, theirs] = await Promise.all([startTicks(process.pid), startTicks(other.pid!)])
    expect(await startTicks(process.pid)).toBe(mine)
    expect(theirs).toBeGreaterThan(mine)
    other.kill('SIGKILL')
    await once(other, 'exit')
    await expect(lstat(`/proc/${other.pid}`)).rejects.toMatchObject({ code: 'ENOENT' })
  },
)

test('L8 a directory can be opened and fsynced', async () => {
  const handle = await open(directory, 'r')
  await handle.sync()
  await handle.close()
  expect(await readdir(directory)).not.toHaveLength(0)
})
