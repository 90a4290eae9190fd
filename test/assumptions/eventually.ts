// Waiting for a server to get somewhere, without a test around it (concurrent tests share no `expect.poll`).
import { setTimeout as delay } from 'node:timers/promises'

/** How long anything that a server does by itself may take on a busy machine. */
const waitMs = 30_000

/** Asks again and again until something is so; rejects when it has not become so within 30 s. */
export async function eventually(what: string, condition: () => Promise<boolean>, intervalMs = 20): Promise<void> {
  const until = Date.now() + waitMs
  while (!(await condition())) {
    if (Date.now() > until) throw new Error(`not within ${waitMs} ms: ${what}`)
    await delay(intervalMs)
  }
}
