// The id of a record as it stands in a data file.

/** An id that was found. `topic` only where the id form has it. */
export interface FoundId {
  readonly topic: string | undefined
  readonly partition: number
  readonly offset: bigint
}

const idPattern = /^(?:(.+)-)?(\d+)-(\d+)$/

/** Reads `<partition>-<offset>` or `<topic>-<partition>-<offset>`; `undefined` for text that is neither. */
export function parseFoundId(text: string): FoundId | undefined {
  const match = idPattern.exec(text)
  return match === null ? undefined : { topic: match[1], partition: Number(match[2]), offset: BigInt(match[3]!) }
}

/** As it stood there. */
export function foundIdText({ topic, partition, offset }: FoundId): string {
  return `${topic === undefined ? '' : `${topic}-`}${partition}-${offset}`
}
