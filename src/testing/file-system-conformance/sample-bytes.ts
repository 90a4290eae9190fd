// Bytes to write and to find again: the same for the same arguments, without a pattern that a lost or repeated chunk would fit.

/** `length` bytes that follow from `seed` (xorshift32). */
export function sampleBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = (seed * 0x9e3779b1) | 1
  for (let index = 0; index < length; index++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[index] = state
  }
  return bytes
}

/** UTF-8 of a text. */
export function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Cuts bytes into chunks of at most `chunkBytes`. */
export function* chunked(bytes: Uint8Array, chunkBytes: number): Generator<Uint8Array> {
  for (let from = 0; from < bytes.byteLength; from += chunkBytes) yield bytes.subarray(from, from + chunkBytes)
}
