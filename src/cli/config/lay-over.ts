// Lays flags over what the YAML says.
import { UsageError } from '../exit-code.js'
import { attributeOf, configFlags, type FlagKind } from './flags.js'
import { type Plain, setAt } from './load.js'

/** What commander made of the words, by its names for them. */
export type GivenFlags = Readonly<Record<string, unknown>>

/**
 * Lays flags over a configuration, which is changed. A flag that names a source or a format replaces the other source or format that was there. Throws a UsageError.
 */
export function layOver(config: { [name: string]: Plain }, given: GivenFlags): void {
  const sources = ['files', 'stdin', 'topics'].filter((name) => given[name] !== undefined)
  if (sources.length > 1) {
    throw new UsageError(`${sources.map((name) => `--${name}`).join(' and ')}: name one source`)
  }
  for (const { name, path, kind } of configFlags) {
    const value = given[attributeOf(name)]
    if (value === undefined) continue
    if (name === 'files' || name === 'stdin') keepOnly(config, 'source', ['decode'])
    if (name === 'topics') keepOnly(config, 'source', ['decode', 'kafka'])
    if (name === 'format') chooseFormat(config, value as string)
    else setAt(config, path, plainOf(name, kind, value))
  }
}

function plainOf(name: string, kind: FlagKind, value: unknown): Plain {
  if (name === 'stdin') return {}
  if (name === 'field') return (value as string[]).map((field) => ({ field }))
  if (kind !== 'number') return value as Plain
  const number = Number(value)
  if (String(value).trim() === '' || !Number.isFinite(number)) {
    throw new UsageError(`--${name}: ${String(value)} is no number`)
  }
  return number
}

function chooseFormat(config: { [name: string]: Plain }, format: string): void {
  const kept = mappingAt(mappingAt(config, 'sink'), 'format')?.[format]
  setAt(config, ['sink', 'format'], { [format]: kept ?? {} })
}

function keepOnly(config: { [name: string]: Plain }, section: string, names: readonly string[]): void {
  const inner = mappingAt(config, section)
  if (inner === undefined) return
  config[section] = Object.fromEntries(Object.entries(inner).filter(([name]) => names.includes(name)))
}

function mappingAt(value: Plain | undefined, name: string): { [name: string]: Plain } | undefined {
  const inner = isMapping(value) ? value[name] : undefined
  return isMapping(inner) ? inner : undefined
}

function isMapping(value: Plain | undefined): value is { [name: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
