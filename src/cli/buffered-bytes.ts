// How much of what is read waits in memory, where nobody said.

/** As the library has it: every buffer that is written before its commit costs HDFS a further close, which is what it is short of. */
const REMOTE_BYTES_MAX = 256 * 2 ** 20

/**
 * To a local disk a buffer that is written early costs next to nothing, and a command need not take 350 MiB: with a quarter of the
 * budget a run over 100 keys took 220 MiB, and 3 % more processor time (bench/writer.ts).
 */
const LOCAL_BYTES_MAX = 64 * 2 ** 20

/** The budget of a run: what it was told, else by where it writes to. */
export function bufferedBytesMaxOf(sink: {
  readonly location: string | readonly string[]
  readonly bufferedBytesMax?: number | undefined
}): number {
  return sink.bufferedBytesMax ?? (isLocal(sink.location) ? LOCAL_BYTES_MAX : REMOTE_BYTES_MAX)
}

/** What is no location at all is refused elsewhere. */
function isLocal(location: string | readonly string[]): boolean {
  return typeof location === 'string' && (location.startsWith('file:') || !location.includes('://'))
}
