// The command run as people run it, in a process that a test can talk to: signals, lines as they come, its end.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { root } from './run-command-line.js'

/** An event of `run --json`. */
export interface ToldEvent {
  readonly event: string
  readonly [name: string]: unknown
}

/** How a command ended. */
export interface CommandEnd {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts `hdfs-multi-output`. `before`: a program and its words that start it in turn. */
export function startCommand(
  words: readonly string[],
  options: { readonly before?: readonly string[] } = {},
): RunningCommand {
  const node = [process.execPath, '--import', 'tsx', `${root}/src/cli/main.ts`]
  return new RunningCommand([...(options.before ?? []), ...node, ...words])
}

/** A command that runs. */
export class RunningCommand {
  readonly child: ChildProcess
  /** What `--json` told so far. */
  readonly events: ToldEvent[] = []
  readonly #ended: Promise<CommandEnd>
  #stdout = ''
  #stderr = ''
  #wake: () => void = () => {}

  constructor([program, ...words]: readonly string[]) {
    this.child = spawn(program!, words, { cwd: root, env: { ...process.env, NO_COLOR: '1' } })
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
      this.#wake()
    })
    createInterface(this.child.stdout!).on('line', (line) => {
      this.#stdout += `${line}\n`
      if (line.startsWith('{"event"')) this.events.push(JSON.parse(line) as ToldEvent)
      this.#wake()
    })
    // A command that ended reads no more of what it is given.
    this.child.stdin!.on('error', () => {})
    this.#ended = once(this.child, 'close').then(([exitCode, signal]) => {
      this.#wake()
      return { exitCode, signal, stdout: this.#stdout, stderr: this.#stderr } as CommandEnd
    })
  }

  /** Waits until this was told so many times; rejects if the command ends before. */
  async toldOf(event: string, times = 1): Promise<void> {
    await this.#until(() => this.events.filter((one) => one.event === event).length >= times, event)
  }

  /** Waits for words on standard error, and answers the match. */
  async says(words: RegExp): Promise<RegExpExecArray> {
    await this.#until(() => words.test(this.#stderr), String(words))
    return words.exec(this.#stderr)!
  }

  /** Sends a signal. */
  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }

  /** Waits for its end. */
  ended(): Promise<CommandEnd> {
    return this.#ended
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
    let end: CommandEnd | undefined
    void this.#ended.then((its) => {
      end = its
    })
    while (!holds()) {
      if (end !== undefined) throw new Error(`ended without ${what}: ${JSON.stringify(end)}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
