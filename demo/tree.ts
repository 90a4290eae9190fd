// Draws what is in a folder, with sizes.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bytesText } from '../src/cli/table.js'

/** The lines of the drawing. Folders named in `folded` are summed up on one line. */
export function tree(folder: string, folded: readonly string[], indent = ''): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry, index) => {
    const isLast = index === entries.length - 1
    const line = `${indent}${isLast ? '└─ ' : '├─ '}${entry.name}`
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) return [withSize(line, statSync(path).size)]
    if (!folded.includes(entry.name)) return [`${line}/`, ...tree(path, folded, `${indent}${isLast ? '   ' : '│  '}`)]
    const files = filesBelow(path)
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
    return [withSize(`${line}/  (the commit log: ${files.length} files)`, bytes)]
  })
}

/** The paths of all files below a folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function withSize(line: string, bytes: number): string {
  return `${line.padEnd(56)} ${bytesText(bytes).padStart(9)}`
}
