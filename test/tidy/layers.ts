// Rule: imports point downwards, and adapters know their port and nothing else. Type-only imports are held to it too:
// a type is knowledge of the layer above just as a call is.
import type { Finding, Import, RepositoryFile } from './repository.js'
import { codeAmong, importsOf } from './repository.js'

// From the top down. A file may import its own folder and every row below its own, never its neighbours in a row.
const rows: readonly (readonly string[])[] = [
  ['cli'],
  ['pipeline'],
  ['source', 'sink'],
  ['multi-output', 'inspect'],
  ['options'],
  ['engine'],
  ['protocol', 'file-system', 'format', 'partitioner'],
  ['model'],
  ['errors'],
]

// The published entries stand beside the rows: nothing in src imports them, and they may name what is listed here.
const entries: Readonly<Record<string, readonly string[]>> = {
  index: rows.slice(1).flat(),
  testing: ['source', 'sink', 'file-system', 'format', 'partitioner', 'model', 'errors'],
}

// Folders that hold a port and its adapters. The file named like the folder is the port; here stand the other files
// that every adapter may import. Whatever is not listed is an adapter: a file, a folder, or both of the same name.
const portFiles: Readonly<Record<string, readonly string[]>> = {
  'file-system': [
    'content',
    'file-system-error',
    'location',
    'name-order',
    'namenode-capabilities',
    'path',
    'webhdfs-protocol',
  ],
  format: ['compression', 'decompression', 'id-form', 'text-value', 'zstd-frames'],
  partitioner: ['partition-value', 'path-escaping'],
  source: [
    'decode',
    'interruption',
    'json-scan',
    'one-task',
    'read-once',
    'source-error',
    'task-group',
    'value-record',
  ],
  sink: ['dead-letter-format'],
}

// Files that choose among the adapters of their folder, so they may import all of these; no adapter may import them.
const choosers: Readonly<Record<string, readonly string[]>> = {
  'file-system': ['open', 'open-file-system'],
}

// The protocol decides, the engine does: these layers stay free of anything that reads, writes or waits.
const pureLayers = new Set(['protocol', 'model'])
const inputOutputModule =
  /^node:(child_process|cluster|dgram|dns|fs|http|http2|https|net|readline|stream|timers|tls|worker_threads)(\/|$)/

/** Findings for every import below src/ that does not point downwards. */
export function checkLayers(files: readonly RepositoryFile[]): Finding[] {
  const findings: Finding[] = []
  for (const file of codeAmong(files)) {
    const from = placeOf(file.path)
    if (from === undefined) continue
    if (allowedFor(from.layer) === undefined) {
      const message = `src/${from.layer} belongs to no layer: give it a row in test/tidy/layers.ts`
      findings.push({ path: file.path, line: 1, message })
      continue
    }
    for (const found of importsOf(file)) {
      const message = faultOf(from, found)
      if (message !== undefined) findings.push({ path: file.path, line: found.line, message })
    }
  }
  return findings
}

/** Where a file of src/ stands: `src/file-system/webhdfs/append.ts` is of layer file-system, part webhdfs. */
interface Place {
  readonly layer: string
  /** The file or folder directly below the layer's folder, without extension; undefined for a file of src/ itself. */
  readonly part: string | undefined
}

function placeOf(path: string): Place | undefined {
  const [source, layer, part] = path.replace(/\.[cm]?[jt]sx?$/, '').split('/')
  return source === 'src' && layer !== undefined ? { layer, part } : undefined
}

function allowedFor(layer: string): readonly string[] | undefined {
  if (entries[layer] !== undefined) return entries[layer]
  const row = rows.findIndex((names) => names.includes(layer))
  return row === -1 ? undefined : rows.slice(row + 1).flat()
}

function faultOf(from: Place, found: Import): string | undefined {
  if (found.target === undefined) {
    const forbidden = pureLayers.has(from.layer) && inputOutputModule.test(found.specifier)
    return forbidden ? `${from.layer} decides and does no I/O: it may not import ${found.specifier}` : undefined
  }
  const to = placeOf(found.target)
  if (to === undefined) return `src imports nothing from outside src: ${found.specifier}`
  if (to.layer === from.layer) return faultWithinPort(from, to)
  if (allowedFor(from.layer)?.includes(to.layer)) return undefined
  return `${from.layer} may not import ${to.layer}: imports point downwards`
}

function faultWithinPort({ layer, part: from }: Place, { part: to }: Place): string | undefined {
  const shared = portFiles[layer]
  if (shared === undefined || from === to || from === undefined || to === undefined) return undefined
  if (to === layer || shared.includes(to)) return undefined
  if (choosers[layer]?.includes(from)) return undefined
  const advice = `if ${to} belongs to the port, list it in portFiles of test/tidy/layers.ts`
  return `${layer}/${from} may not import ${layer}/${to}: adapters know their port and nothing else (${advice})`
}
