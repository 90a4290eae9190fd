// Lines of buffers that are cut anywhere: compared with a dumb splitter, and the limit on the length of a line.
import { expect, test } from 'vitest'
import { BEGINNING_BYTES_MAX, LineSplitter } from '../../../src/source/lines/line-splitter.js'
import { SeededRandom } from '../../../src/testing/index.js'

interface SplitLine {
  readonly text: string
  readonly lineBytes: number
  readonly wasEnded: boolean
}

function split(chunks: readonly Buffer[], lineBytesMax = 1_000): SplitLine[] {
  const splitter = new LineSplitter({ lineBytesMax })
  const lines: SplitLine[] = []
  const take = (): void => {
    while (splitter.next()) {
      const { bytes, from, to, lineBytes, wasEnded } = splitter
      lines.push({ text: bytes.toString('latin1', from, to), lineBytes, wasEnded })
    }
  }
  for (const chunk of chunks) {
    splitter.push(chunk)
    take()
  }
  splitter.end()
  take()
  return lines
}

const texts = (...chunks: string[]): string[] =>
  split(chunks.map((chunk) => Buffer.from(chunk, 'latin1'))).map(({ text }) => text)

test.each([
  { chunks: [], lines: [] },
  { chunks: ['\n'], lines: [''] },
  { chunks: ['a'], lines: ['a'] },
  { chunks: ['a\n'], lines: ['a'] },
  { chunks: ['a\nb'], lines: ['a', 'b'] },
  { chunks: ['a\r\n\r\nb\r'], lines: ['a', '', 'b\r'] },
  { chunks: ['a\r', '\nb'], lines: ['a', 'b'] },
  { chunks: ['a\rb\r\r\n'], lines: ['a\rb\r'] },
  { chunks: ['', 'a', '', 'b', '\n', '', 'c'], lines: ['ab', 'c'] },
  { chunks: ['\r', '\n'], lines: [''] },
  { chunks: ['\r'], lines: ['\r'] },
])('$chunks are the lines $lines', ({ chunks, lines }) => {
  expect(texts(...chunks)).toEqual(lines)
})

const seed = process.env.LINES_SEED ?? String(Date.now())

test(`whatever the cuts, the lines are the same (LINES_SEED=${seed})`, () => {
  const random = new SeededRandom(seed)
  const alphabet = ['\n', '\r', '\r\n', 'a', 'bc', '\0', '\xff', 'x'.repeat(40)]
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: random.integer(40) }, () => alphabet[random.integer(alphabet.length)]!).join('')
    const bytes = Buffer.from(text, 'latin1')
    const chunks: Buffer[] = []
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + random.integer(8)
      chunks.push(bytes.subarray(at, end))
      at = end
    }
    const dumb = text.split('\n')
    const last = dumb.pop()!
    const expected = [...dumb.map((line) => line.replace(/\r$/, '')), ...(last === '' ? [] : [last])]
    expect(
      split(chunks).map((line) => line.text),
      JSON.stringify(text),
    ).toEqual(expected)
  }
})

test('a line within one buffer lies in it, and is not copied', () => {
  const chunk = Buffer.from('abc\ndef\n')
  const splitter = new LineSplitter({ lineBytesMax: 10 })
  splitter.push(chunk)
  expect(splitter.next()).toBe(true)
  expect(splitter.bytes).toBe(chunk)
})

test.each([1, 3, 7, 1_000])('a line may be as long as allowed and no longer, in pieces of %i bytes', (pieceBytes) => {
  const text = `${'a'.repeat(20)}\r\n${'b'.repeat(21)}\n${'c'.repeat(20)}\n${'d'.repeat(200_000)}\ne`
  const bytes = Buffer.from(text)
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes) chunks.push(bytes.subarray(at, at + pieceBytes))
  const lines = split(chunks, 20)
  expect(lines.map(({ lineBytes }) => lineBytes)).toEqual([20, 21, 20, 200_000, 1])
  expect(lines.map(({ text: line }) => line.length)).toEqual([20, 21, 20, expect.any(Number), 1])
  // Its beginning, and never more than is promised.
  expect(lines[3]!.text).toMatch(/^d+$/)
  expect(lines[3]!.text.length).toBeLessThanOrEqual(BEGINNING_BYTES_MAX)
  expect(lines[4]).toEqual({ text: 'e', lineBytes: 1, wasEnded: false })
})
