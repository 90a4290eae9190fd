// Rules: no file above 400 lines, and none whose name says only that it was handy to put things there.
import type { Finding, RepositoryFile } from './repository.js'
import { codeAmong } from './repository.js'

const fileLinesMax = 400
const drawers = new Set(['common', 'helper', 'helpers', 'misc', 'util', 'utils'])

/** A finding for every file of code that is longer than 400 lines. */
export function checkFileLengths(files: readonly RepositoryFile[]): Finding[] {
  const findings: Finding[] = []
  for (const { path, text } of codeAmong(files)) {
    const lines = text.replace(/\n$/, '').split('\n').length
    if (lines <= fileLinesMax) continue
    findings.push({ path, line: fileLinesMax + 1, message: `${lines} lines; ${fileLinesMax} is the most: split it` })
  }
  return findings
}

/** A finding for every file or folder that is a drawer, or whose last word is one (`string-utils`, `test_helpers`). */
export function checkFileNames(files: readonly RepositoryFile[]): Finding[] {
  const findings: Finding[] = []
  for (const { path } of files) {
    const drawer = path.split('/').find(isDrawer)
    if (drawer === undefined) continue
    findings.push({ path, line: 1, message: `"${drawer}" names a drawer: call it by what it does` })
  }
  return findings
}

function isDrawer(segment: string): boolean {
  const stem = segment.replace(/^\.+/, '').split('.')[0] ?? ''
  const lastWord = stem.split(/[-_]|(?<=[a-z])(?=[A-Z])/).at(-1) ?? ''
  return drawers.has(lastWord.toLowerCase())
}
