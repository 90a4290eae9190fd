// Rule: a command that the documents name exists, and the CI runs the test command that the README names.
import type { Finding, RepositoryFile } from './repository.js'

const command = /\bnpm (?:run ([\w:-]+)|(test)\b)/g

/** Findings for `npm run x` in a Markdown file or in .ci/run where package.json has no script x. */
export function checkDocumentedScripts(files: readonly RepositoryFile[]): Finding[] {
  const manifest = files.find(({ path }) => path === 'package.json')
  const scripts = Object.keys((JSON.parse(manifest?.text ?? '{}') as { scripts?: object }).scripts ?? {})
  const findings: Finding[] = []
  for (const { path, text } of files) {
    if (!path.endsWith('.md') && path !== '.ci/run') continue
    for (const [index, textLine] of text.split('\n').entries()) {
      for (const [named, script, test] of textLine.matchAll(command)) {
        if (scripts.includes(script ?? test ?? '')) continue
        findings.push({ path, line: index + 1, message: `package.json has no script for "${named}"` })
      }
    }
  }
  return [...findings, ...checkTestCommand(files)]
}

function checkTestCommand(files: readonly RepositoryFile[]): Finding[] {
  const named = (path: string): boolean => {
    const text = files.find((file) => file.path === path)?.text ?? ''
    return [...text.matchAll(command)].some(([found]) => found === 'npm test')
  }
  return ['README.md', '.ci/run']
    .filter((path) => !named(path))
    .map((path) => ({ path, line: 1, message: '"npm test" is not in it: the README and the CI name the same command' }))
}
