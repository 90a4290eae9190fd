// Small sources planted for the tests of the rules: `planted({ 'src/a.ts': '…' })`.
import type { RepositoryFile } from './repository.js'

/** A repository of just these files. */
export function planted(texts: Readonly<Record<string, string>>): RepositoryFile[] {
  return Object.entries(texts).map(([path, text]) => ({ path, text }))
}

/** What a finding is compared by: `path:line`. */
export function placesOf(findings: readonly { readonly path: string; readonly line: number }[]): string[] {
  return findings.map(({ path, line }) => `${path}:${line}`)
}
