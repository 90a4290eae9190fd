// The reader that all else is judged by: each kind of wrong is planted, and must be found.
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { complaintsAbout, type ReadFile } from './count-records.js'
import { keys, lineAt, recordAt } from './numbered-source.js'

const UNTIL = 60n

/** What a right writer makes of both partitions: a file a key. */
function rightFiles(): ReadFile[] {
  const texts = new Map<string, string>()
  for (let partition = 0; partition < 2; partition++) {
    for (let offset = 0n; offset < UNTIL; offset++) {
      const { key } = recordAt(partition, offset)
      texts.set(key, `${texts.get(key) ?? ''}${lineAt(partition, offset)}\n`)
    }
  }
  return [...texts].map(([path, text]) => ({ path, bytes: Buffer.from(text) }))
}

const complaints = (files: readonly ReadFile[]) => complaintsAbout(files, [UNTIL, UNTIL]).join('; ')

/** The right files with one of them changed. */
function withFile(change: (lines: string[]) => string): ReadFile[] {
  const [first, ...others] = rightFiles()
  const lines = first!.bytes.toString().trimEnd().split('\n')
  return [{ path: first!.path, bytes: Buffer.from(change(lines)) }, ...others]
}

const asText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

test('right files are right', () => {
  const files = rightFiles()
  expect(files.length).toBe(keys.length)
  expect(complaints(files)).toBe('')
})

test.each<[string, (lines: string[]) => string, string]>([
  ['a record that is missing', (lines) => asText(lines.slice(1)), 'is there 0 times'],
  ['a record that is there twice', (lines) => asText([...lines, lines.at(-1)!]), 'is there 2 times'],
  ['records out of order', ([first, second, ...rest]) => asText([second!, first!, ...rest]), 'after'],
  ['a record cut short', (lines) => asText(lines).slice(0, -2), 'has no end'],
  ['a record cut short in the middle', ([first, ...rest]) => asText([first!.slice(0, -1), ...rest]), 'foreign bytes'],
  ['a line of somebody else', (lines) => asText(['hello', ...lines]), 'foreign bytes'],
  ['a record that was never committed', (lines) => asText([...lines, lineAt(0, UNTIL)]), 'was never committed'],
  ['an empty file', () => '', 'is empty'],
])('%s is found', (_, change, complaint) => {
  expect(complaints(withFile(change))).toContain(complaint)
})

test('a record in the file of another key is found', () => {
  const [first, second, ...others] = rightFiles()
  const merged = { path: 'both', bytes: Buffer.concat([first!.bytes, second!.bytes]) }
  expect(complaints([merged, ...others])).toContain('holds records of')
})

test('compressed files are unpacked, all their members, and what is wrong with one is found', () => {
  const [first, ...others] = rightFiles()
  const lines = first!.bytes.toString().trimEnd().split('\n')
  const packed = (...members: string[]) => ({
    path: `${first!.path}.gz`,
    bytes: Buffer.concat(members.map((member) => gzipSync(member))),
  })
  const right = packed(asText(lines.slice(0, 3)), asText(lines.slice(3)))
  expect(complaints([right, ...others])).toBe('')
  expect(complaints([packed(asText(lines.slice(0, 3))), ...others])).toContain('is there 0 times')
  expect(complaints([{ ...right, bytes: right.bytes.subarray(0, -5) }, ...others])).toContain('does not unpack')
})
