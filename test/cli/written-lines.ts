// Reads what runs have written, knowing nothing of the project: the files that a reader of the location would list.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** Lines by directory, in the order of the files' names. Hidden names are left out, as Hadoop's readers do. */
export function writtenLines(location: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const path of filesBelow(location).sort()) {
    const names = relative(location, path).split(sep)
    if (names.some((name) => /^[._]/.test(name))) continue
    const directory = names.slice(0, -1).join('/')
    found.set(directory, [...(found.get(directory) ?? []), ...linesOf(path)])
  }
  return found
}

/** Paths of all files below a directory. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** The lines of a file; a last one without its end is an error. */
export function linesOf(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  if (text === '') return []
  if (!text.endsWith('\n')) throw new Error(`${path} ends in the middle of a line`)
  return text.slice(0, -1).split('\n')
}
