// The shape that a value from outside must have: pieces that many are made of, beside valibot's own, and the check.
import * as v from 'valibot'
import { kindOf, missingMessage, shapeMessage } from './shape-message.js'

/** Above 0. */
export const positive: v.GenericSchema<number> = v.pipe(v.number(), v.finite(), v.gtValue(0))

/** At least 0. */
export const notNegative: v.GenericSchema<number> = v.pipe(v.number(), v.finite(), v.minValue(0))

/** Whole, and exact. */
export const whole: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger())

/** Whole and at least 0. */
export const wholeNotNegative: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** Whole and at least 1. */
export const count: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(1))

/** Not empty. */
export const text: v.GenericSchema<string> = v.pipe(v.string(), v.nonEmpty())

/** A list with something in it. */
export function listOf<T>(item: v.GenericSchema<unknown, T>): v.GenericSchema<T[]> {
  return v.pipe(v.array(item), v.nonEmpty()) as v.GenericSchema<unknown, T[]> as v.GenericSchema<T[]>
}

/** Any object that is no list, as it is: nothing in it is looked at. */
export const anyMapping: v.GenericSchema<Record<string, unknown>> = v.custom<Record<string, unknown>>(isMapping)

/** A mapping with these keys and no others. A list is none, though valibot's own would take it for one. */
export function mapping<Entries extends v.ObjectEntries>(entries: Entries): MappingSchema<Entries> {
  type Input = v.InferInput<v.StrictObjectSchema<Entries, undefined>>
  return v.pipe(v.custom<Input>(isMapping), v.strictObject(entries)) as unknown as MappingSchema<Entries>
}

/** What {@link mapping} makes. */
export type MappingSchema<Entries extends v.ObjectEntries> = v.GenericSchema<
  v.InferInput<v.StrictObjectSchema<Entries, undefined>>,
  v.InferOutput<v.StrictObjectSchema<Entries, undefined>>
>

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What is wrong at one place. */
export interface ShapeComplaint {
  /** From the outermost key; a list's places count from 0. */
  readonly path: readonly string[]
  readonly message: string
  /** Set where keys are unknown; `known` are those that may stand at this place. */
  readonly unknown?: { readonly keys: readonly string[]; readonly known: readonly string[] }
}

/** A value in its shape, with the defaults; or what is wrong with it. */
export type Checked<T> =
  | { readonly value: T; readonly complaints?: undefined }
  | { readonly complaints: readonly [ShapeComplaint, ...ShapeComplaint[]] }

/** Checks a value's shape. */
export function checkShape<T>(schema: v.GenericSchema<unknown, T>, value: unknown): Checked<T> {
  const result = v.safeParse(schema, value, { abortPipeEarly: true, message: shapeMessage })
  if (result.success) return { value: result.output }
  const [first, ...others] = result.issues
  return { complaints: [complaintOf(schema, first), ...others.map((issue) => complaintOf(schema, issue))] }
}

/** The first complaint in one line. `self` names the value where all of it is meant. */
export function firstComplaint([first]: readonly [ShapeComplaint, ...ShapeComplaint[]], self: string): string {
  return `${first.path.join('.') || self}: ${first.message}`
}

function complaintOf(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): ShapeComplaint {
  const items = issue.path ?? []
  const path = items.map(({ key }) => String(key))
  const last = items.at(-1)
  if (issue.type !== 'strict_object' || last?.origin !== 'key') return { path, message: issue.message }
  // A key too few or, of which valibot names the first only, some too many.
  if (issue.expected !== 'never') return { path, message: missingMessage(wantedBy(schemaAt(schema, path))) }
  const known = keysAt(schema, path.slice(0, -1))
  const keys =
    known.length === 0 ? path.slice(-1) : Object.keys(last.input as object).filter((key) => !known.includes(key))
  const message = `has ${keys.map((key) => JSON.stringify(key)).join(', ')}, which nobody knows here`
  return { path: path.slice(0, -1), message, unknown: { keys, known } }
}

/** What can be looked into of valibot's schemas. */
interface SchemaInside {
  readonly type: string
  readonly message?: unknown
  readonly entries?: Readonly<Record<string, SchemaInside>>
  readonly item?: SchemaInside
  readonly wrapped?: SchemaInside
  readonly pipe?: readonly SchemaInside[]
}

/** The keys that may stand at a place, as far as it is the same in all variants: read off the schema, so that no list of them can go stale. */
export function keysAt(schema: v.GenericSchema, path: readonly string[]): readonly string[] {
  return Object.keys(insideOf(schemaAt(schema, path))?.entries ?? {})
}

function schemaAt(schema: v.GenericSchema, path: readonly string[]): SchemaInside | undefined {
  let at: SchemaInside | undefined = schema
  for (const name of path) {
    const inside: SchemaInside | undefined = insideOf(at)
    at = inside?.item ?? inside?.entries?.[name]
  }
  return at
}

/** Without what may be missing or nothing, and of the steps of a pipe the one that has keys or items. */
function insideOf(schema: SchemaInside | undefined): SchemaInside | undefined {
  if (schema?.wrapped !== undefined) return insideOf(schema.wrapped)
  const steps = schema?.pipe?.map((step) => insideOf(step))
  return steps?.find((step) => step?.entries !== undefined || step?.item !== undefined) ?? schema
}

function wantedBy(schema: SchemaInside | undefined): string | undefined {
  if (typeof schema?.message === 'string') return schema.message.replace(/^must be /, '')
  return schema === undefined ? undefined : kindOf(schema.type)
}
