// The checker's own reading of the commit log: lines of JSON, taken at their word. It shares nothing with src/protocol.

/** Offsets `from` up to, not including, `until`, of a partition. */
export interface RawRange {
  readonly partition: number
  readonly from: bigint
  readonly until: bigint
}

/** What a record says of a data file. */
export interface RawFile {
  readonly serial: number
  readonly directory: string
  readonly path: string
  readonly baseLength: number
  readonly length: number
  readonly recordCount: number
  readonly ranges: readonly RawRange[]
  readonly isSealed: boolean
}

/** What a checkpoint keeps. */
export interface RawState {
  readonly epoch: number
  readonly ranges: readonly RawRange[]
  readonly openFiles: readonly RawFile[]
  readonly sealedFiles: readonly RawFile[]
  readonly nextSerial: number
  readonly watermarkMs: number | undefined
}

/** A record of the log. */
export interface RawRecord {
  readonly type: 'claim' | 'commit' | 'checkpoint'
  readonly id: string
  readonly epoch: number
  readonly pid: number
  readonly ranges: readonly RawRange[]
  readonly files: readonly RawFile[]
  /** Paths that are absent once everything listed is done. */
  readonly consumes: readonly string[]
  /** Serials for which a CONCAT is listed. */
  readonly concats: ReadonlySet<number>
  readonly released: boolean
  readonly watermarkMs: number | undefined
  readonly state: RawState | undefined
}

type Json = { readonly [name: string]: unknown }

/** Reads the first line of a record. Throws where it is none. */
export function parseRawRecord(bytes: Uint8Array): RawRecord {
  const json = firstLine(bytes)
  const publish = (json.publish ?? []) as Json[]
  return {
    type: json.type as RawRecord['type'],
    id: json.id as string,
    epoch: json.epoch as number,
    pid: (json.writer as { pid: number }).pid,
    ranges: rangesOf(json.offsets),
    files: filesOf(json.files),
    consumes: publish.map((action) => (action.from ?? action.source ?? action.path) as string),
    concats: new Set(publish.filter((action) => action.do === 'concat').map((action) => action.serial as number)),
    released: json.released === true,
    watermarkMs: json.watermarkMs as number | undefined,
    state: json.state === undefined ? undefined : stateOf(json.state as Json),
  }
}

/** The files that a manifest lists. */
export function parseRawManifest(bytes: Uint8Array): readonly RawFile[] {
  return filesOf(firstLine(bytes).files)
}

function firstLine(bytes: Uint8Array): Json {
  const text = Buffer.from(bytes).toString()
  const end = text.indexOf('\n')
  if (end === -1) throw new Error('its first line does not end')
  return JSON.parse(text.slice(0, end)) as Json
}

function stateOf(json: Json): RawState {
  return {
    epoch: json.epoch as number,
    ranges: rangesOf(json.offsets),
    openFiles: filesOf(json.openFiles),
    sealedFiles: filesOf(json.sealedFiles),
    nextSerial: json.nextSerial as number,
    watermarkMs: json.watermarkMs as number | undefined,
  }
}

function rangesOf(rows: unknown): RawRange[] {
  return ((rows ?? []) as [string, number, string, string][]).map(([, partition, from, until]) => ({
    partition,
    from: BigInt(from),
    until: BigInt(until),
  }))
}

function filesOf(rows: unknown): RawFile[] {
  return ((rows ?? []) as Json[]).map((row) => ({
    serial: row.serial as number,
    directory: row.directory as string,
    path: row.path as string,
    baseLength: (row.baseLength ?? 0) as number,
    length: row.length as number,
    recordCount: row.recordCount as number,
    ranges: rangesOf(row.offsets),
    isSealed: row.sealed === true || row.sealedMs !== undefined,
  }))
}
