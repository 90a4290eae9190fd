// Text with a checksum, as records, manifests and job.json are written: one line of JSON, then one line with the CRC-32C of
// the first line's UTF-8 bytes, its newline excluded. A cut, a flipped byte and a file of another origin all show.
import crc32c from 'crc-32/crc32c.js'

/** What is wrong with a text; the caller knows where it came from. */
export class TextDamaged extends Error {
  override readonly name: string = 'TextDamaged'
}

function checksumOf(bytes: Uint8Array): string {
  return (crc32c.buf(bytes) >>> 0).toString(16).padStart(8, '0')
}

/** Writes a JSON text and its checksum. `json` must not contain a newline, as `JSON.stringify` without indentation never does. */
export function encodeChecked(json: string): Uint8Array {
  const line = Buffer.from(json)
  return Buffer.concat([line, Buffer.from(`\n{"crc32c":"${checksumOf(line)}"}\n`)])
}

/** Checks and parses. Throws {@link TextDamaged}. */
export function decodeChecked(bytes: Uint8Array): unknown {
  const end = bytes.indexOf(0x0a)
  if (end === -1) throw new TextDamaged('its first line does not end: it is cut, or not one of ours')
  const line = bytes.subarray(0, end)
  const rest = Buffer.from(bytes.subarray(end + 1)).toString()
  const expected = /^\{"crc32c":"([0-9a-f]{8})"\}\n$/.exec(rest)?.[1]
  if (expected === undefined) throw new TextDamaged('its second line is no checksum: it is cut, or not one of ours')
  const actual = checksumOf(line)
  if (actual !== expected) throw new TextDamaged(`its CRC-32C is ${actual}, not ${expected} as its second line says`)
  return JSON.parse(Buffer.from(line).toString())
}
