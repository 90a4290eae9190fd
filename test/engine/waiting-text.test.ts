import { expect, test } from 'vitest'
import { RecordBuffer } from '../../src/engine/record-buffer.js'
import { WAITING_CHARACTERS_MAX, WaitingText } from '../../src/engine/waiting-text.js'

const line = `${'x'.repeat(99)}\n`

test('text waits in many buffers up to a limit, then all of it is encoded', () => {
  const waiting = new WaitingText()
  const buffers = Array.from({ length: 30_000 }, () => new RecordBuffer(waiting))
  let charactersMax = 0
  let fell = 0
  let before = 0
  for (let round = 0; round < 3; round++) {
    for (const buffer of buffers) {
      buffer.text(line)
      charactersMax = Math.max(charactersMax, waiting.characters)
      if (waiting.characters < before) fell++
      before = waiting.characters
    }
  }
  expect(charactersMax).toBeLessThanOrEqual(WAITING_CHARACTERS_MAX)
  expect(fell).toBeGreaterThanOrEqual(Math.floor((30_000 * 3 * 100) / WAITING_CHARACTERS_MAX))
  for (const buffer of buffers) expect(Buffer.concat(buffer.take()).toString()).toBe(line.repeat(3))
  expect(waiting.characters).toBe(0)
})

test('what was encoded, taken or is bytes does not wait', () => {
  const waiting = new WaitingText()
  const [first, second, third] = [new RecordBuffer(waiting), new RecordBuffer(waiting), new RecordBuffer(waiting)]
  first.text(line)
  second.text(line)
  third.bytes(Buffer.from(line))
  expect(waiting.characters).toBe(200)
  first.take()
  expect(waiting.characters).toBe(100)
  second.bytes(Buffer.from(line))
  expect(waiting.characters).toBe(0)
  third.text('x'.repeat(WAITING_CHARACTERS_MAX + 1))
  expect(waiting.characters).toBe(0)
})

test('a busy buffer is listed once, however often its text was encoded', () => {
  const waiting = new WaitingText()
  let listed = 0
  const list = waiting.list.bind(waiting)
  waiting.list = (buffer) => {
    listed++
    list(buffer)
  }
  const buffer = new RecordBuffer(waiting)
  for (let i = 0; i < 10_000; i++) buffer.text(line)
  expect(listed).toBe(1)
})
