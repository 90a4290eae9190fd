// Rule: no file imports itself, by however many steps; types count as much as values.
import type { Finding, Import, RepositoryFile } from './repository.js'
import { codeAmong, importsOf } from './repository.js'

/** One finding per import that closes a circle, at the line of that import. */
export function checkCycles(files: readonly RepositoryFile[]): Finding[] {
  const importsByPath = new Map<string, Import[]>()
  for (const file of codeAmong(files)) importsByPath.set(file.path, importsOf(file))

  const findings: Finding[] = []
  const finished = new Set<string>()
  const trail: string[] = []
  const visit = (path: string): void => {
    trail.push(path)
    for (const { target, line } of importsByPath.get(path) ?? []) {
      if (target === undefined || finished.has(target)) continue
      const start = trail.indexOf(target)
      if (start === -1) visit(target)
      else findings.push({ path, line, message: `import cycle: ${[...trail.slice(start), target].join(' → ')}` })
    }
    trail.pop()
    finished.add(path)
  }
  for (const path of importsByPath.keys()) if (!finished.has(path)) visit(path)
  return findings
}
