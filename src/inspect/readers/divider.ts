// Finds records in bytes that come chunk by chunk.
import type { CommittedFile, RecordVisitor } from './record-reader.js'

/** Takes a file's bytes, in order, and tells of the records in them. */
export interface Divider {
  take(bytes: Buffer): void
  /** The file ends here. */
  end(): void
}

/** Has a file divided. `hasIds`: each of its records should have one. */
export async function divide(
  file: CommittedFile,
  visitor: RecordVisitor,
  { hasIds, divider }: { readonly hasIds: boolean; readonly divider: Divider },
): Promise<void> {
  if (hasIds) visitor.expectIds()
  for await (const chunk of file.chunks()) divider.take(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
  divider.end()
}
