// Length-delimited bytes, and a format of one function, by the suite of the formats.
import { describe, it } from 'vitest'
import { type BytesOptions, bytes } from '../../../src/format/bytes.js'
import { custom } from '../../../src/format/custom.js'
import { runFormatConformance } from '../../../src/testing/index.js'

const records = ['a', '', 'grün\n', 'x'.repeat(300)]
const refused = ['\ud800', 7, null, {}]

/** A dumb reader of frames. */
function framesOf(content: Uint8Array, framing: 'uint32be' | 'varint'): Buffer[] {
  const frames: Buffer[] = []
  const rest = [...content]
  while (rest.length > 0) {
    let length = 0
    if (framing === 'uint32be') for (const byte of rest.splice(0, 4)) length = length * 256 + byte
    else {
      const last = rest.findIndex((byte) => byte < 0x80)
      for (const [index, byte] of rest.splice(0, last + 1).entries()) length += (byte & 0x7f) * 128 ** index
    }
    if (rest.length < length) throw new Error('a frame lacks its end')
    frames.push(Buffer.from(rest.splice(0, length)))
  }
  return frames
}

const options: BytesOptions<unknown>[] = [
  { framing: 'uint32be' },
  { framing: 'varint' },
  { framing: 'varint', prefixId: true },
  { framing: 'uint32be', prefixId: 'withTopic' },
]
for (const each of options) {
  const { framing, prefixId = false } = each
  runFormatConformance<unknown>(
    `bytes ${JSON.stringify(each)}`,
    () => ({
      format: bytes<unknown>(each),
      records,
      refused,
      read: (content) =>
        framesOf(content, framing).map((frame) => {
          if (prefixId === false) return frame.toString()
          const sizeBytes = framing === 'varint' ? 1 : 4
          const idEnd = sizeBytes + frame[sizeBytes - 1]!
          return `${frame.subarray(sizeBytes, idEnd).toString()}:${frame.subarray(idEnd).toString()}`
        }),
      asRead: (record, { id }) => {
        if (prefixId === false) return record
        return `${prefixId === true ? '' : `${id!.topic}-`}${id!.partition}-${id!.offset}:${record as string}`
      },
    }),
    { describe, it },
  )
}

runFormatConformance<unknown>(
  'custom',
  () => ({
    format: custom<unknown>({ name: 'own', extension: 'own', encode: (record) => `${record as string};` }),
    records: ['a', 'b', 'grün'],
    refused: ['\ud800'],
    read: (content) => Buffer.from(content).toString().split(';').slice(0, -1),
  }),
  { describe, it },
)
