// Finds the id of a line: the prefix of `text({ prefixId })`, or the first field of `jsonLines({ idField })`.

/** The id of a line as it stands there. `topic` only where the id form has it. */
export interface LineId {
  readonly topic: string | undefined
  readonly partition: number
  readonly offset: bigint
}

/** Reads the ids of one file's lines; `undefined` for a line that has none. */
export type LineIdReader = (line: string) => LineId | undefined

const idPattern = /^(?:(.+)-)?(\d+)-(\d+)$/

function parseId(text: string): LineId | undefined {
  const match = idPattern.exec(text)
  return match === null ? undefined : { topic: match[1], partition: Number(match[2]), offset: BigInt(match[3]!) }
}

const prefixReader: LineIdReader = (line) => {
  const tab = line.indexOf('\t')
  return tab === -1 ? undefined : parseId(line.slice(0, tab))
}

const fieldPattern = /^\{"((?:[^"\\]|\\.)*)":"((?:[^"\\]|\\.)*)"/

/** Reads the first field of a JSON line, which is where `jsonLines` puts the id. */
function fieldReader(idField: string): LineIdReader {
  return (line) => {
    const match = fieldPattern.exec(line)
    return match?.[1] === idField ? parseId(unquote(match[2]!)) : undefined
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
