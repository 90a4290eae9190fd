// Runs a script of this folder in a process of its own, and speaks with it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** A script in a process of its own; what it sends is awaited with `next`. */
export interface Child {
  send(message: unknown): void
  /** The child's next message; rejects when it ends without one. */
  next<T>(): Promise<T>
  /** Ends it as a crash does, and waits until it has ended. */
  kill(): Promise<void>
}

/** Starts `<name>.ts`; it is killed after the test. `before` is a command that ends by executing what follows it. */
export function startChild(
  name: string,
  parameters: readonly string[],
  options?: { readonly before: readonly string[] },
): Child {
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const command = [...(options?.before ?? []), process.execPath, '--import', 'tsx', script, ...parameters]
  const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ended = once(child, 'exit')
  const messages: unknown[] = []
  let wake: () => void = () => {}
  child.on('message', (message) => {
    messages.push(message)
    wake()
  })
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  onTestFinished(kill)
  return {
    kill,
    send: (message) => {
      child.send(message as string)
    },
    async next<T>(): Promise<T> {
      if (messages.length === 0) {
        const told = new Promise<void>((resolve) => {
          wake = resolve
        })
        const gone = ended.then(([code, signal]) => {
          throw new Error(`${name} ended with ${code ?? signal} and said nothing`)
        })
        await Promise.race([told, gone])
      }
      return messages.shift() as T
    },
  }
}
