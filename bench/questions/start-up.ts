// How soon the command asks its first request, and how large the package is once installed.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Section } from '../reporting/report.js'
import type { Inquiry } from './question.js'

const FIRST_REQUEST_MS_MAX = 400
const INSTALLED_MB_MAX = 15
const ROUNDS = 7
const ROUNDS_QUICK = 3
const FIRST_REQUEST_WAIT_MS_MAX = 30_000

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

export async function startUp({ section, progress, isQuick, rounds, compiledDirectory }: Inquiry): Promise<void> {
  const times = rounds ?? (isQuick ? ROUNDS_QUICK : ROUNDS)
  progress.plan(times * 2 + 1)
  const work = await mkdtemp(join(tmpdir(), 'hdfs-multi-output-start-'))
  try {
    await copyFile(join(root, 'package.json'), join(compiledDirectory, 'package.json'))
    await writeFile(join(work, 'few.jsonl'), '{"key":"a"}\n')
    const main = join(compiledDirectory, 'src/cli/main.js')
    const [ours, bare]: [number[], number[]] = [[], []]
    for (let round = 0; round < times; round++) {
      progress.step('bare node, to its first request')
      bare.push(await firstRequestMs((url) => ['-e', `require('http').get('${url.replace('webhdfs', 'http')}')`]))
      progress.step('run, to its first request')
      const flags = ['--files', join(work, 'few.jsonl'), '--job', 'start', '--format', 'text']
      ours.push(await firstRequestMs((url) => [main, 'run', ...flags, '--location', `${url}/start`]))
    }
    const setting = 'from spawn to the first request'
    section.row({ setting, way: 'bare node', unit: 'ms', values: bare })
    section.row({ setting, way: 'hdfs-multi-output run', unit: 'ms', values: ours })
    const found = section.median(setting, 'hdfs-multi-output run')
    section.atMost(`run to its first request within ${FIRST_REQUEST_MS_MAX} ms`, found, FIRST_REQUEST_MS_MAX)
    progress.step('the package, installed')
    await installedBytes(section, work)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Starts node with words made from the URL of a namenode that only listens, and kills it at its first request. */
async function firstRequestMs(words: (url: string) => string[]): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const startMs = performance.now()
  const child = spawn(process.execPath, words(`webhdfs://127.0.0.1:${port}`), { stdio: 'ignore' })
  try {
    await once(server, 'request', { signal: AbortSignal.timeout(FIRST_REQUEST_WAIT_MS_MAX) })
    return performance.now() - startMs
  } finally {
    child.kill('SIGKILL')
    server.closeAllConnections()
    server.close()
  }
}

/** Built, packed and installed without development and optional peers, all below a temporary directory. */
async function installedBytes(section: Section, work: string): Promise<void> {
  const place = { setting: 'installed without dev dependencies', way: 'hdfs-multi-output', unit: 'MB' }
  const [source, target] = [join(work, 'package'), join(work, 'installed')]
  try {
    await mkdir(source)
    await mkdir(target)
    await symlink(join(root, 'node_modules'), join(source, 'node_modules'))
    for (const name of [
      'package.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'src',
      'docs',
      'CHANGELOG.md',
      'README.md',
      'LICENSE',
    ]) {
      await cp(join(root, name), join(source, name), { recursive: true })
    }
    await run('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { cwd: source })
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', work], { cwd: source })
    await writeFile(join(target, 'package.json'), '{ "private": true }')
    const packed = (await readdir(work)).find((name) => name.endsWith('.tgz'))!
    await run('npm', ['install', '--omit=dev', '--omit=peer', '--no-audit', '--no-fund', join(work, packed)], {
      cwd: target,
    })
    // The files' bytes, as npm's registry tells a package's size; what blocks of a disk they fill is up to the disk.
    const { stdout } = await run('du', ['-sb', 'node_modules'], { cwd: target })
    section.row({ ...place, values: [Number.parseInt(stdout, 10) / 1e6] })
  } catch (error) {
    // Without a registry to install from there is no figure.
    section.notRun(place, (error instanceof Error ? error.message : String(error)).split('\n')[0]!)
  }
  const found = section.median(place.setting, place.way)
  section.atMost(`installed, under ${INSTALLED_MB_MAX} MB`, found, INSTALLED_MB_MAX)
}
