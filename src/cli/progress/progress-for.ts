// Chooses the way of showing progress.
import { JsonProgress } from './json-progress.js'
import { PlainProgress } from './plain-progress.js'
import type { Progress, ProgressStreams } from './progress.js'
import { TerminalProgress } from './terminal-progress.js'

/** The way that suits: JSON where asked for, a line that changes on a terminal, lines elsewhere. */
export function progressFor(streams: ProgressStreams, options: { readonly form: 'text' | 'json' }): Progress {
  const { stdout, stderr } = streams
  if (options.form === 'json') return new JsonProgress({ stdout, stderr })
  return stderr.isTTY ? new TerminalProgress(stderr) : new PlainProgress(stderr)
}
