// Text by the suite of the formats.
import { describe, it } from 'vitest'
import { text } from '../../../src/format/text.js'
import { runFormatConformance } from '../../../src/testing/index.js'

function linesOf(bytes: Uint8Array): string[] {
  const whole = Buffer.from(bytes).toString()
  if (!whole.endsWith('\n')) throw new Error('the last line has no end')
  return whole.slice(0, -1).split('\n')
}

const records = ['a', '', 'grün', 'x'.repeat(3_000)]
const refused = ['two\nlines', '\ud800', 7 as unknown as string]

runFormatConformance('text', () => ({ format: text<string>(), records, refused, read: linesOf }), { describe, it })

runFormatConformance(
  'text with ids',
  () => ({
    format: text<string>({ prefixId: true, newlines: 'escape' }),
    records: [...records, 'two\nlines'],
    refused: ['\udc00'],
    read: linesOf,
    asRead: (record, { id }) => `${id!.partition}-${id!.offset}\t${record.replace('\n', '\\n')}`,
  }),
  { describe, it },
)
