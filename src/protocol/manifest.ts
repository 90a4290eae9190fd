// The manifest of the files that a task sealed on one UTC day: put in place by the checkpoint that forgets them.
import * as v from 'valibot'
import type { SealedFile } from '../model/data-file.js'
import { checkShape, firstComplaint, mapping, wholeNotNegative } from '../model/shape.js'
import { decodeChecked, encodeChecked, TextDamaged } from './checked-text.js'
import { corrupt, writtenFile } from './record-codec.js'
import { sealedFileSchema } from './record-schema.js'

/** Version of the manifests' form. A reader refuses any other, naming the file. */
export const MANIFEST_VERSION = 1

/** What a manifest holds. */
export interface Manifest {
  readonly task: number
  /** `2026-11-21`, in UTC. */
  readonly day: string
  readonly files: readonly SealedFile[]
}

const schema = mapping({
  version: v.literal(MANIFEST_VERSION),
  task: wholeNotNegative,
  day: v.string(),
  files: v.array(sealedFileSchema),
})

/** The bytes of a manifest. */
export function encodeManifest({ task, day, files }: Manifest): Uint8Array {
  return encodeChecked(JSON.stringify({ version: MANIFEST_VERSION, task, day, files: files.map(writtenFile) }))
}

/** Reads a manifest. Throws `LOG_CORRUPT` naming `path` and the field. */
export function decodeManifest(bytes: Uint8Array, path: string): Manifest {
  let value: unknown
  try {
    value = decodeChecked(bytes)
  } catch (error) {
    if (!(error instanceof TextDamaged) && !(error instanceof SyntaxError)) throw error
    throw corrupt(path, error.message, error)
  }
  const result = checkShape(schema, value)
  if (result.complaints) throw corrupt(path, `its field ${firstComplaint(result.complaints, '(manifest)')}`)
  return result.value as unknown as Manifest
}
