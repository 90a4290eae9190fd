// Finds the id of a line: the prefix of `text({ prefixId })`, or the first field of `jsonLines({ idField })`.
import { type FoundId, parseFoundId } from '../found-id.js'

/** Reads the ids of one file's lines; `undefined` for a line that has none. */
export type LineIdReader = (line: string) => FoundId | undefined

const prefixReader: LineIdReader = (line) => {
  const tab = line.indexOf('\t')
  return tab === -1 ? undefined : parseFoundId(line.slice(0, tab))
}

const fieldPattern = /^\{"((?:[^"\\]|\\.)*)":"((?:[^"\\]|\\.)*)"/

/** Reads the first field of a JSON line, which is where `jsonLines` puts the id. */
function fieldReader(idField: string): LineIdReader {
  return (line) => {
    const match = fieldPattern.exec(line)
    return match?.[1] === idField ? parseFoundId(unquote(match[2]!)) : undefined
  }
}

function unquote(text: string): string {
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text
}

/** Tells from a file's first line how its lines carry their ids; `undefined` where they seem to carry none. `idField` names the field where it is known. */
export function lineIdReader(firstLine: string, idField?: string): LineIdReader | undefined {
  if (prefixReader(firstLine) !== undefined) return prefixReader
  const field = idField ?? fieldPattern.exec(firstLine)?.[1]
  if (field === undefined) return undefined
  const reader = fieldReader(field)
  return reader(firstLine) === undefined && idField === undefined ? undefined : reader
}
