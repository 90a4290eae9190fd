// The records that docs/protocol.md shows are records: they read, with their checksums where these are shown.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeChecked, encodeChecked } from '../../src/protocol/checked-text.js'
import { decodeManifest } from '../../src/protocol/manifest.js'
import { decodeRecord } from '../../src/protocol/record-codec.js'
import { id, processA } from './sample-records.js'

const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/^```\n(\{[^`]*)```$/gm)].map(([, text]) => text!)

/** The words that the page gives to what it leaves out. */
function completed(text: string): Uint8Array {
  const shown = JSON.parse(text.replace('{…}', JSON.stringify(processA))) as object
  return encodeChecked(JSON.stringify({ ...shown, id: id(1), writer: processA }))
}

test('the page shows each kind of record, job.json and a manifest', () => {
  const kinds = examples.map((text) => /"type":"(\w+)"|"(formatVersion|day)"/.exec(text)?.slice(1).find(Boolean))
  expect(kinds).toEqual(['formatVersion', 'claim', 'commit', 'commit', 'checkpoint', 'day'])
})

describe('each reads', () => {
  test.each(examples.map((text) => [text.slice(0, 60), text]))('%s', (_start, text) => {
    const isWhole = text.includes('"crc32c"')
    const bytes = isWhole ? Buffer.from(text) : completed(text)
    if (text.includes('"formatVersion"')) expect(decodeChecked(bytes)).toHaveProperty('job')
    else if (text.includes('"day"')) expect(decodeManifest(bytes, 'manifest').files).toHaveLength(1)
    else expect(decodeRecord(bytes, 'record').writer.host).toBe('worker-7')
  })
})
