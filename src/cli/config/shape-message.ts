// What is said of a value of the wrong kind, in the words of whoever wrote the YAML, and what to write instead.
import type { z } from 'zod'

/** By zod's names of kinds. */
const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list, as in [a, b]',
  object: 'a mapping, as in { name: value }',
  record: 'a mapping, as in { name: value }',
}

/** The message for an issue, for `safeParse`; `undefined` leaves it to zod. */
export function shapeMessage(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'too_small') return tooSmall(issue)
  if (issue.code === 'invalid_value')
    return `must be ${issue.values.map(String).join(' or ')}, not ${said(issue.input)}`
  if (issue.code !== 'invalid_type' && issue.code !== 'invalid_union') return undefined
  const wanted = issue.code === 'invalid_type' ? kinds[issue.expected] : undefined
  if (issue.input === undefined) return wanted === undefined ? 'is missing' : `is missing; it must be ${wanted}`
  if (wanted === undefined) return undefined
  return `must be ${wanted}, not ${said(issue.input)}${issue.expected === 'string' ? inQuotes(issue.input) : ''}`
}

function tooSmall({
  origin,
  minimum,
  inclusive,
}: {
  origin: string
  minimum: number | bigint
  inclusive?: boolean
}): string {
  if (origin === 'string' || origin === 'array') return 'must not be empty'
  return `must be ${inclusive === false ? 'more than' : 'at least'} ${minimum}`
}

function said(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return typeof value === 'string' ? `the text ${JSON.stringify(value)}` : `the ${typeof value} ${String(value)}`
}

/** YAML takes `2026` and `yes` for what they look like. */
function inQuotes(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? `: write it in quotes, "${String(value)}"` : ''
}
