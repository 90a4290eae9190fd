// The one place where data becomes names of directories: Hive's escaping, so that Hive, Spark, Trino and Impala read the
// values back, and what HDFS refuses beyond it.
import { MultiOutputError } from '../model/multi-output-error.js'

/**
 * The characters that Hive escapes (`escapePathName` of Hive's FileUtils): controls, DEL and ``"#%'*\/:=?\{[]^``. The colon,
 * which HDFS refuses, and the slash are among them; `}` is not.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what Hive escapes
const escaped = /[\u0000-\u001f\u007f"#%'*/:=?\\{[\]^]/
const eachEscaped = new RegExp(escaped, 'g')

/** HDFS (`dfs.namenode.fs-limits.max-component-length`) and every common local file system stop here. */
const NAME_BYTES_MAX = 255

/** UTF-8 takes at most three bytes for a UTF-16 unit, so shorter names need no counting. */
const NAME_UNITS_SAFE = Math.floor(NAME_BYTES_MAX / 3)

/** Escapes a text as Hive does: `%` and two upper-case hexadecimal digits for each character of its list. Throws `BAD_RECORD` for half a surrogate pair, which has no UTF-8. */
export function escapePathName(text: string): string {
  if (!text.isWellFormed()) throw badName(text, 'contains half a surrogate pair, which no file name can hold')
  return escaped.test(text) ? text.replace(eachEscaped, escapeCharacter) : text
}

/** What {@link escapePathName}, {@link plainName} and Hive made a name of. `%` without two hexadecimal digits is taken as it is, as Hive does. */
export function unescapePathName(name: string): string {
  return name.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

/** `name=value`, both escaped. Throws `BAD_RECORD` where the result is longer than 255 bytes. */
export function keyValueName(name: string, value: string): string {
  return checkLength(`${escapePathName(name)}=${escapePathName(value)}`)
}

/**
 * The value alone as a name. A first `.` or `_` is escaped too: `.` and `..` are no names, and Hadoop's readers do not see names that begin
 * so. Throws `BAD_RECORD` for the empty string and for names longer than 255 bytes.
 */
export function plainName(value: string): string {
  if (value === '') throw badName(value, 'is empty')
  const name = escapePathName(value)
  const first = name[0]!
  return checkLength(isHidden(name) ? escapeCharacter(first) + name.slice(1) : name)
}

/** Whether Hadoop's readers pass over a name. */
export function isHidden(name: string): boolean {
  return name.startsWith('_') || name.startsWith('.')
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

function checkLength(name: string): string {
  if (name.length <= NAME_UNITS_SAFE) return name
  const bytes = Buffer.byteLength(name)
  if (bytes <= NAME_BYTES_MAX) return name
  throw badName(name, `has ${bytes} bytes once escaped; a name may have ${NAME_BYTES_MAX}`)
}

function badName(text: string, complaint: string): MultiOutputError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return new MultiOutputError('BAD_RECORD', `${JSON.stringify(shown)} ${complaint}`)
}
