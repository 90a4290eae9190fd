// A writing process that ends with the test that started it.
import { onTestFinished } from 'vitest'
import { spawnWriter, type WritingProcess } from './spawned-writer.js'
import type { WritingOrder } from './told.js'

export { lastPositions } from './spawned-writer.js'

/** Starts the compiled program; it is killed after the test. `before` is a command that ends by executing what follows it. */
export function startWriting(script: string, order: WritingOrder, before: readonly string[] = []): WritingProcess {
  const writer = spawnWriter(script, order, before)
  onTestFinished(() => writer[Symbol.asyncDispose]())
  return writer
}
