// What is said of a value of the wrong shape: in the words of whoever writes options, YAML or JSON, and what to write instead.
import type { BaseIssue } from 'valibot'

/** By valibot's types of schemas. `custom` stands for `anyMapping` and `mapping` of shape.ts: all others of its kind have messages. */
const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list, as in [a, b]',
  strict_tuple: 'a list, as in [a, b]',
  custom: 'a mapping, as in { name: value }',
  record: 'a mapping, as in { name: value }',
  strict_object: 'a mapping, as in { name: value }',
}

/** The message of an issue that brings none of its own. */
export function shapeMessage(issue: BaseIssue<unknown>): string {
  const { type, input, requirement } = issue
  switch (type) {
    case 'non_empty':
      return 'must not be empty'
    case 'finite':
      return 'must be finite'
    case 'safe_integer':
      return `must be a whole number, not ${said(input)}`
    case 'gt_value':
      return `must be more than ${String(requirement)}`
    case 'min_value':
      return `must be at least ${String(requirement)}`
    case 'max_value':
      return `must be at most ${String(requirement)}`
    case 'max_length':
      return `must not be longer than ${String(requirement)}`
  }
  const wanted = kindOf(type) ?? choices(issue.expected)
  if (input === undefined) return missingMessage(wanted)
  return `must be ${wanted}, not ${said(input)}${type === 'string' ? inQuotes(input) : ''}`
}

/** Of a value that is not there; `wanted` says what should be. */
export function missingMessage(wanted: string | undefined): string {
  return wanted === undefined ? 'is missing' : `is missing; it must be ${wanted}`
}

/** What a schema of this type wants. */
export function kindOf(type: string): string | undefined {
  return kinds[type]
}

/** From valibot's `("append" | "new-file")`. */
function choices(expected: string | null): string {
  if (expected === 'Object') return kinds.strict_object!
  const bare = (expected ?? 'something else').replace(/^\((.*)\)$/, '$1')
  return bare
    .split(' | ')
    .map((one) => one.replace(/^"(.*)"$/, '$1'))
    .join(' or ')
}

function said(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'string' ? `the text ${JSON.stringify(value)}` : `the ${typeof value} ${String(value)}`
}

/** YAML takes `2026` and `yes` for what they look like. */
function inQuotes(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? `: write it in quotes, "${String(value)}"` : ''
}
