// Rule: nothing in the repository tells on which machine, or behind which package mirror, it was written.
import type { Finding, RepositoryFile } from './repository.js'

/** What makes a text a trace; `root` is where this clone stands. */
export interface TraceOptions {
  readonly root: string
}

// Somebody's home. A path only counts where it begins: /user/root/x on HDFS is none.
const homePath = /(?<![\w.-])\/(?:root|home\/[\w.-]+|Users\/[\w.-]+)\//
const registryHost =
  /\b(?:registry\.[a-z0-9-]+\.[a-z]{2,}|npm\.pkg\.github\.com|repo1?\.maven\.(?:apache\.)?org|pypi\.org|files\.pythonhosted\.org)\b/
const resolvedUrl = /"resolved":\s*"https?:/

/** Findings for absolute paths of a machine, hosts of package registries, and `resolved` addresses in a lock file. */
export function checkMachineTraces(files: readonly RepositoryFile[], { root }: TraceOptions): Finding[] {
  const rules: { readonly pattern: RegExp; readonly message: string }[] = [
    { pattern: homePath, message: 'an absolute path of one machine' },
    { pattern: registryHost, message: 'the host of a package registry; whoever installs has their own' },
    { pattern: resolvedUrl, message: 'the lock file names a host: see omit-lockfile-registry-resolved in .npmrc' },
  ]
  // A clone in / or in a folder directly below it has a path that may well mean something else in a test.
  const telling = root.split('/').filter((segment) => segment !== '').length >= 2
  if (telling)
    rules.push({ pattern: new RegExp(`(?<![\\w.-])${escaped(root)}(?![\\w-])`), message: 'the path of this clone' })

  const findings: Finding[] = []
  for (const { path, text } of files) {
    for (const [index, textLine] of text.split('\n').entries()) {
      for (const { pattern, message } of rules) {
        const found = pattern.exec(textLine)
        if (found !== null) findings.push({ path, line: index + 1, message: `${message}: ${found[0]}` })
      }
    }
  }
  return findings
}

function escaped(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
