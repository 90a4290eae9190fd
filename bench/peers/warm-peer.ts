// A peer in a process of its own that stays warm through all rounds: it is asked a line, and answers with a line of JSON.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { PipeReading } from './peer.js'

/** What it says when it cannot do what it was asked. */
interface Failure {
  readonly error?: string
}

/** A directory for what a peer makes, below the system's temporary one. */
export function peerDirectory(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `hdfs-multi-output-${name}-`))
}

export class WarmPeer implements AsyncDisposable {
  readonly #name: string
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #directory: string

  /** Starts it and waits until it says that it is ready. `directory` is removed when it is disposed of, or does not start. */
  static async start(
    name: string,
    {
      command,
      words,
      directory,
      options = {},
    }: {
      readonly command: string
      readonly words: readonly string[]
      readonly directory: string
      readonly options?: Pick<SpawnOptions, 'cwd' | 'env'>
    },
  ): Promise<WarmPeer> {
    const child = spawn(command, words, { ...options, stdio: ['pipe', 'pipe', 'ignore'] })
    const peer = new WarmPeer(name, child, directory)
    try {
      await once(child, 'spawn')
      await peer.#answer()
      return peer
    } catch (error) {
      await peer[Symbol.asyncDispose]()
      throw error
    }
  }

  private constructor(name: string, child: ChildProcess, directory: string) {
    this.#name = name
    this.#process = child
    this.#directory = directory
    // Of writing to one that has ended: its missing answer tells it.
    child.stdin!.on('error', () => {})
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  }

  /** Rejects with what it says when it fails, and when its process ends. */
  async ask(line: string): Promise<PipeReading> {
    this.#process.stdin!.write(`${line}\n`)
    return (await this.#answer()) as PipeReading
  }

  async #answer(): Promise<object> {
    const line = await this.#lines.next()
    if (line.done === true) throw new Error(`the process of ${this.#name} ended`)
    const said = JSON.parse(line.value) as Failure
    if (said.error !== undefined) throw new Error(`${this.#name}: ${said.error}`)
    return said
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, stdin, exitCode, signalCode } = this.#process
    stdin!.end()
    if (pid !== undefined && exitCode === null && signalCode === null) await once(this.#process, 'exit')
    await rm(this.#directory, { recursive: true, force: true })
  }
}
