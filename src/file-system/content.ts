// What create and append take: bytes in one piece or in several, so that buffered chunks need no joining.

/** Bytes in one piece, or in several to be written one after the other. Handed over: they must not be changed afterwards. */
export type Content = Uint8Array | readonly Uint8Array[]

/** The pieces of a content. */
export function chunksOf(content: Content): readonly Uint8Array[] {
  return content instanceof Uint8Array ? [content] : content
}

/** Number of bytes. */
export function lengthOf(content: Content): number {
  if (content instanceof Uint8Array) return content.byteLength
  let bytes = 0
  for (const chunk of content) bytes += chunk.byteLength
  return bytes
}
