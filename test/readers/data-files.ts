// The data files of a location on the local disk, as whoever lists directories sees them.
import { readdir } from 'node:fs/promises'
import path from 'node:path'

/** Absolute paths, sorted by name within a directory; nothing that is hidden, nor what the job keeps for itself. */
export async function dataFilesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const seen = entries.filter(({ name }) => !/^[_.]/.test(name)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const found: string[] = []
  for (const entry of seen) {
    const below = path.join(directory, entry.name)
    found.push(...(entry.isDirectory() ? await dataFilesBelow(below) : [below]))
  }
  return found
}
