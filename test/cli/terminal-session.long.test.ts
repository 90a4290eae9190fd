// A whole session of `run` on a terminal of 80 columns, kept as a golden file: what is on the screen at each step. Times and rates are taken out of it.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync, type WriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { root } from './run-command-line.js'

vi.setConfig({ testTimeout: 180_000 })

const STEP_MS_MAX = 60_000
const COLUMNS = 80
/** `run` begins a line again by nothing else. */
const BEGIN_AGAIN = '\r\u001b[K'

/** Whatever was written to a line, one after the other. */
function writtenLines(written: string): string[][] {
  const lines = written.replaceAll('\r\n', '\n').split('\n')
  return lines.map((line) => line.split(BEGIN_AGAIN))
}

/** What the terminal shows. */
function screenOf(written: string): string[] {
  return writtenLines(written).map((line) => line.at(-1)!)
}

/** Without what differs from run to run. */
function steady(line: string): string {
  return line
    .replace(/\b[\d.]+[kMGT]?\/s/g, '<n>/s')
    .replace(/\b[\d.]+ (B|[KMGT]iB)\/s/g, '<bytes>/s')
    .replace(/commit \d+ m?s ago/g, 'commit <time> ago')
}

/** A command on a terminal, whose standard input is a named pipe. */
class TerminalSession {
  readonly #ended: Promise<unknown[]>
  readonly input: WriteStream
  #written = ''
  #wake: () => void = () => {}

  constructor(words: readonly string[], fifo: string) {
    expect(spawnSync('mkfifo', [fifo]).status).toBe(0)
    const command = [process.execPath, '--import', 'tsx', 'src/cli/main.ts', ...words].join(' ')
    // `script` of util-linux makes the terminal.
    const child = spawn('script', ['-qec', `stty cols ${COLUMNS}; ${command} < ${fifo}`, '/dev/null'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#written += text
      this.#wake()
    })
    this.#ended = once(child, 'close')
    child.once('close', () => this.#wake())
    this.input = createWriteStream(fifo)
  }

  /** The screen, once a line on it says this. */
  async screenWith(sentence: RegExp): Promise<string> {
    const late = setTimeout(() => this.#wake(), STEP_MS_MAX)
    const untilMs = Date.now() + STEP_MS_MAX
    try {
      while (!screenOf(this.#written).some((line) => sentence.test(line))) {
        if (Date.now() >= untilMs) throw new Error(`the terminal never said ${sentence}: ${this.#written}`)
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      clearTimeout(late)
    }
    return this.#screen()
  }

  async screenAtEnd(): Promise<string> {
    expect(await this.#ended).toEqual([0, null])
    return this.#screen()
  }

  /** Every line of progress that was ever shown, also those that were written over. */
  get progressLines(): string[] {
    return writtenLines(this.#written).flatMap((line) => line.filter((text) => / records {2}/.test(text)))
  }

  #screen(): string {
    return screenOf(this.#written).map(steady).join('\n')
  }
}

test.skipIf(process.platform !== 'linux')('a session on a terminal, step by step', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'terminal-session-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const sink = ['--location', join(folder, 'out'), '--job', 'events', '--field', 'key', '--format', 'jsonLines']
  const commits = ['--commit-interval-ms', '3600000', '--commit-records-max', '4']
  const dead = ['--dead-letter-directory', '_dead']
  const session = new TerminalSession(['run', '--stdin', ...sink, ...commits, ...dead], join(folder, 'in'))
  const steps: string[] = []
  const step = (what: string, screen: string): void => {
    steps.push(`== ${what}\n${screen}\n`)
  }
  step('nothing has come', await session.screenWith(/^0 records/))
  session.input.write('{"key":"a"}\n{"key":"b"}\n')
  step('two records have come', await session.screenWith(/^2 records/))
  session.input.write(Buffer.from([0xff, 0x0a]))
  step('a bad one', await session.screenWith(/^3 records/))
  session.input.write('{"key":"c"}\n')
  step('and what commits them', await session.screenWith(/^4 records.*commit/))
  session.input.write('{"other":1}\n')
  session.input.end()
  step('the end', await session.screenAtEnd())
  expect(session.progressLines.length).toBeGreaterThan(3)
  for (const line of session.progressLines) expect(line.length).toBeLessThan(COLUMNS)
  await expect(steps.join('\n')).toMatchFileSnapshot('golden/terminal-session.golden')
})
