// How quickly and in how much memory does `run` move a large file? Starts the compiled command as a user does, and asks the
// kernel what it took. Used by bench/writer.ts.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LINE_BYTES, orders } from './orders.js'

/** What a run took. */
export interface CommandRun {
  readonly wallMs: number
  /** Of the whole process, all threads, start and end included. */
  readonly cpuMs: number
  /** The most memory that was resident. */
  readonly residentBytesMax: number
  /** From the start to the first byte on standard output or error. */
  readonly firstByteMs: number
}

const TEMPLATES = 200_000

/** Writes lines of `orders` until there are so many bytes, and answers how many lines. */
export async function writeInput(
  path: string,
  options: { readonly bytes: number; readonly keys: number },
): Promise<number> {
  const templates = Math.min(TEMPLATES, Math.ceil(options.bytes / LINE_BYTES))
  const texts = orders(templates, options.keys).map((order) => `${JSON.stringify(order)}\n`)
  const file = createWriteStream(path)
  let lines = 0
  for (let bytes = 0; bytes < options.bytes; ) {
    const text = texts.join('')
    bytes += text.length
    lines += texts.length
    if (!file.write(text)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
  return lines
}

/** Runs Node with the arguments; `preload` is compiled at-exit.ts. Rejects where it fails. */
export async function runNode(args: readonly string[], preload: string): Promise<CommandRun> {
  const startMs = performance.now()
  const child = spawn(process.execPath, ['--import', preload, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  let firstByteMs: number | undefined
  let said = ''
  let usage = ''
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (chunk: Buffer) => {
      firstByteMs ??= performance.now() - startMs
      said = `${said}${chunk}`.slice(-2_000)
    })
  }
  child.stdio[3]!.on('data', (chunk: Buffer) => {
    usage += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  const wallMs = performance.now() - startMs
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}: ${said}`)
  const { cpuMs, residentBytesMax } = JSON.parse(usage) as { cpuMs: number; residentBytesMax: number }
  return { wallMs, cpuMs, residentBytesMax, firstByteMs: firstByteMs ?? wallMs }
}

/** Lines in all data files below a directory. */
export async function countLines(directory: string): Promise<number> {
  let lines = 0
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.startsWith('part-')) continue
    const handle = await open(join(entry.parentPath, entry.name))
    lines += await linesOf(handle).finally(() => handle.close())
  }
  return lines
}

const LF = 0x0a
const READ_BYTES = 2 ** 20

async function linesOf(handle: FileHandle): Promise<number> {
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  let lines = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, READ_BYTES)
    if (bytesRead === 0) return lines
    for (let at = buffer.indexOf(LF); at !== -1 && at < bytesRead; at = buffer.indexOf(LF, at + 1)) lines += 1
  }
}
