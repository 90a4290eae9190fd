// The manifest of the files that a task sealed on one UTC day: put in place by the checkpoint that forgets them.
import { z } from 'zod'
import type { SealedFile } from '../model/data-file.js'
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

const schema = z.strictObject({
  version: z.literal(MANIFEST_VERSION),
  task: z.number().int().nonnegative(),
  day: z.string(),
  files: z.array(sealedFileSchema),
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
  const result = schema.safeParse(value)
  if (result.success) return result.data as unknown as Manifest
  const issue = result.error.issues[0]!
  throw corrupt(path, `its field ${issue.path.join('.') || '(manifest)'}: ${issue.message}`)
}
