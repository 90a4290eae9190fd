// How values look in `--json` output: maps as objects, offsets as decimal strings, as in the commit log.

/** A JSON text of a value that may hold bigints and maps. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_name, one: unknown) => {
      if (typeof one === 'bigint') return String(one)
      return one instanceof Map ? Object.fromEntries(one) : one
    },
    indent,
  )
}
