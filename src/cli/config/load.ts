// Reads a configuration: YAML text, `${ENV}` filled in, flags laid over it, checked, complaints with their place.
import { distance } from 'fastest-levenshtein'
import { parseDocument } from 'yaml'
import type { ShapeComplaint } from '../../model/shape.js'
import { UsageError } from '../exit-code.js'
import { checkConfigShape, type RunConfig } from './schema.js'

/** Names within so many edits of each other are taken for slips of the same one. */
const SLIP_EDITS_MAX = 3

/** A value as YAML has it. */
export type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain }

/** Parses YAML. Throws a UsageError with file, line and column. */
export function parseYaml(text: string, file: string): Plain {
  const document = parseDocument(text, { prettyErrors: true })
  const [error] = document.errors
  if (error !== undefined) throw new UsageError(`${file}: ${error.message.trimEnd()}`)
  const value = document.toJS() as Plain | undefined
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new UsageError(`${file}: is no mapping; it must have the keys source and sink`)
}

/** Fills `${NAME}` in all strings in from the environment. `$$` is a dollar sign. Throws where a name is not set. */
export function fillIn(value: Plain, environment: Readonly<Record<string, string | undefined>>, place = ''): Plain {
  if (typeof value === 'string') {
    return value.replaceAll(/\$\$|\$\{([^}]*)\}/g, (whole, name: string | undefined) => {
      if (whole === '$$') return '$'
      const found = environment[name!]
      if (found !== undefined) return found
      throw new UsageError(`${place}: the environment variable ${name} is not set`)
    })
  }
  if (Array.isArray(value)) return value.map((one, index) => fillIn(one, environment, `${place}[${index}]`))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      fillIn(one, environment, place === '' ? name : `${place}.${name}`),
    ]),
  )
}

/** Sets a value at a path of names, making the mappings on the way. */
export function setAt(config: { [name: string]: Plain }, path: readonly string[], value: Plain): void {
  const [first, ...rest] = path
  if (rest.length === 0) {
    config[first!] = value
    return
  }
  const inner = config[first!]
  if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
    setAt(inner, rest, value)
    return
  }
  const made: { [name: string]: Plain } = {}
  setAt(made, rest, value)
  config[first!] = made
}

/** Checks a configuration. Throws a UsageError with every complaint on a line of its own. `where` names the file, or the flags. */
export function checkConfig(value: Plain, where: string): RunConfig {
  const result = checkConfigShape(value)
  if (result.complaints === undefined) return result.value
  throw new UsageError(
    result.complaints
      .flatMap((complaint) => linesOf(complaint))
      .map((line) => `${where}: ${line}`)
      .join('\n'),
  )
}

function linesOf({ path, message, unknown }: ShapeComplaint): string[] {
  const place = path.join('.')
  if (unknown === undefined) return [place === '' ? message : `${place}: ${message}`]
  return unknown.keys.map((key) => {
    const full = place === '' ? key : `${place}.${key}`
    const near = nearest(key, unknown.known)
    return `${full}: unknown; ${near === undefined ? `known here: ${unknown.known.join(', ')}` : `did you mean ${near}?`}`
  })
}

/** The known name that a slip is nearest to. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const scored = known.map((one) => ({ one, edits: distance(name.toLowerCase(), one.toLowerCase()) }))
  scored.sort((a, b) => a.edits - b.edits)
  const [best] = scored
  return best !== undefined && best.edits <= SLIP_EDITS_MAX ? best.one : undefined
}
