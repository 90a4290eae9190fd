// Finds the records of aborted transactions in what a fetch answered. kafkajs has a filter of its own, which lets records through where
// transactions of two producers overlap (it expects the list in the order in which they began; brokers send it in the order in which
// they ended, and it takes one a record), and where a record's key is four zero bytes (it takes that for the mark of an abort).

/** What is needed of a fetched record. kafkajs leaves out the ones with `isControlRecord`. */
export interface FetchedRecord {
  readonly offset: string
  readonly key: Uint8Array | null
  isControlRecord: boolean
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean }
}

/** A transaction that was aborted, as brokers tell it with a fetch. */
export interface AbortedTransaction {
  readonly producerId: string
  readonly firstOffset: string
}

/** Of a control record's key: version and type are 16 bits each; an abort is type 0. */
const ABORT_TYPE = 0

/** Marks the records of aborted transactions as control records: they keep their place and are handed to nobody. `records` are in the order of their offsets. */
export function hideAborted(records: readonly FetchedRecord[], aborted: readonly AbortedTransaction[]): void {
  const waiting = aborted
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
    .sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : a.firstOffset > b.firstOffset ? 1 : 0))
  const open = new Set<string>()
  let began = 0
  for (const record of records) {
    const { producerId, inTransaction } = record.batchContext ?? { producerId: '-1', inTransaction: false }
    while (began < waiting.length && waiting[began]!.firstOffset <= BigInt(record.offset)) {
      open.add(waiting[began]!.producerId)
      began += 1
    }
    if (record.isControlRecord) {
      if (isAbort(record.key)) open.delete(producerId)
    } else if (inTransaction && open.has(producerId)) {
      record.isControlRecord = true
    }
  }
}

function isAbort(key: Uint8Array | null): boolean {
  if (key === null || key.byteLength < 4) return false
  return new DataView(key.buffer, key.byteOffset, key.byteLength).getInt16(2) === ABORT_TYPE
}
