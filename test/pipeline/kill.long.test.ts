// A pipeline on the local disk, killed again and again: in the end every line of its files is there once, in order.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { createLocalFileSystem } from '../../src/file-system/local/local-file-system.js'
import { SeededRandom } from '../../src/testing/index.js'
import { dataLines, deadLetters } from '../sink/stored-records.js'

const script = fileURLToPath(new URL('children/piping.ts', import.meta.url))

const KILLS = 4
const LINES = 12_000

const seed = process.env.KILL_SEED ?? String(Date.now())

interface Told {
  readonly what: 'commit' | 'away' | 'ended'
  readonly outcome?: string
}

/** Runs it; kills it `delayMs` after the given number of commits. Answers what it told. */
async function run(
  parameters: readonly string[],
  kill?: { readonly commits: number; readonly delayMs: number },
): Promise<Told[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const told: Told[] = []
  let commits = 0
  createInterface({ input: child.stdout }).on('line', (line) => {
    const one = JSON.parse(line) as Told
    told.push(one)
    if (one.what === 'commit') commits += 1
    if (kill !== undefined && commits === kill.commits && one.what === 'commit') {
      setTimeout(() => child.kill('SIGKILL'), kill.delayMs)
    }
  })
  await once(child, 'close')
  return told
}

function lineAt(name: string, i: number): string {
  if (i % 13 === 5) return ''
  if (i % 101 === 7) return `no JSON ${name} ${i}`
  return JSON.stringify({ key: `k${(i * 7) % 5}`, name, i })
}

test(`killed ${KILLS} times (KILL_SEED=${seed})`, { timeout: 120_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kill-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const random = new SeededRandom(seed)
  const contents = ['a', 'b'].map((name) => Array.from({ length: LINES / 2 }, (_, i) => lineAt(name, i)))
  const plain = join(directory, 'a.jsonl')
  const zipped = join(directory, 'b.jsonl.gz')
  await writeFile(plain, `${contents[0]!.join('\n')}\n`)
  await writeFile(zipped, gzipSync(contents[1]!.join('\r\n')))
  const location = join(directory, 'out')
  let kills = 0
  for (; kills < KILLS; kills++) {
    // The files change places between runs: ids do not.
    const files = random.happens(0.5) ? [plain, zipped] : [zipped, plain]
    const told = await run([location, ...(kills === 0 ? [plain, zipped] : files)], {
      commits: 1 + random.integer(4),
      delayMs: random.integer(20),
    })
    if (told.at(-1)?.what === 'ended') break
  }
  expect(kills).toBeGreaterThan(1)
  const told = await run([location, plain, zipped])
  expect(told.at(-1)).toMatchObject({ what: 'ended', outcome: 'ended' })

  const fileSystem = createLocalFileSystem({ root: location })
  const found = new Map<string, string[]>()
  const dead: string[] = []
  for (const [partition, lines] of contents.entries()) {
    for (const [offset, line] of lines.entries()) {
      const id = `lines-${partition}-${offset}`
      if (line.startsWith('no JSON')) dead.push(`${id} ${line}`)
      else if (line !== '') {
        const { key } = JSON.parse(line) as { key: string }
        found.set(`${key} ${partition}`, [...(found.get(`${key} ${partition}`) ?? []), `${id}\t${line}`])
      }
    }
  }
  const stored = new Map<string, string[]>()
  for (const line of await dataLines(fileSystem, 'good')) {
    const [, partition, , json] = /^lines-(\d+)-(\d+)\t(.*)$/.exec(line)!
    const { key } = JSON.parse(json!) as { key: string }
    stored.set(`${key} ${partition}`, [...(stored.get(`${key} ${partition}`) ?? []), line])
  }
  for (const [place, lines] of found) expect(stored.get(place), place).toEqual(lines)
  expect([...stored.keys()].toSorted()).toEqual([...found.keys()].toSorted())
  const kept = (await deadLetters(fileSystem)).map(({ id, value }) => `${id} ${value}`)
  expect(kept.toSorted()).toEqual(dead.toSorted())
  await fileSystem.close()
})
