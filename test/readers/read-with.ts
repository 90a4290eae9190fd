// Reads data files with programs that other people wrote: what counts is what they find.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { hadoopJars, jvmArguments } from '../cluster/hadoop.js'
import { resolveJars } from '../cluster/jars.js'
import { findJava } from '../cluster/java.js'
import { findPython } from './python.js'

const pythonReaders = {
  /** Avro's object container files, with any codec of theirs. */
  fastavro: 'fastavro',
  /** Parquet. */
  pyarrow: 'pyarrow',
  /** Parquet. */
  duckdb: 'duckdb',
  /** A record is a list of texts; `.gz` and `.zst` are decompressed. */
  'python csv': 'csv',
  /** A record is a line; `.gz` and `.zst` are decompressed. */
  'python lines': 'lines',
} as const

const hadoopReaders = {
  /** `{ key, value }`: texts, or bytes where the file says BytesWritable. */
  'SequenceFile.Reader': 'sequence-file',
  /** The same, in pieces of 50,000 bytes, each begun with `sync`: as MapReduce and Spark share a file out. */
  'SequenceFile.Reader in splits': 'sequence-file-splits',
  /** What Hadoop's shell prints, a line a record: text, gzip, sequence files (key, tab, value), Avro as JSON. */
  'hdfs dfs -text': 'fs-shell-text',
  /** The lines that MapReduce's and Spark's text input finds, decompressed by Hadoop's codec for the name. */
  'Hadoop lines': 'line-reader',
} as const

/** Who reads. */
export type ReaderName = keyof typeof pythonReaders | keyof typeof hadoopReaders

const MAY_TAKE_MS = 120_000

/**
 * The records of files on the local disk, in order. Bytes are `Buffer`s, integers beyond 2^53 `bigint`s, times `Date`s (in UTC; to the millisecond). Rejects with an Error that
 * holds what the reader complained of.
 */
export async function readWith(reader: ReaderName, paths: readonly string[]): Promise<unknown[]> {
  const [command, ...commandArguments] = await commandOf(reader)
  const child = spawn(command!, commandArguments, { stdio: 'pipe', timeout: MAY_TAKE_MS, killSignal: 'SIGKILL' })
  const complaints: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
  // It may end before it has read them; its status tells.
  child.stdin.on('error', () => {})
  child.stdin.end(JSON.stringify(paths.map((each) => path.resolve(each))))
  const closed = once(child, 'close')
  const records: unknown[] = []
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY }))
    records.push(JSON.parse(line, revive))
  const [status, signal] = (await closed) as [number | null, NodeJS.Signals | null]
  if (status !== 0) throw new Error(`${reader} ended with ${signal ?? status}: ${complaints.join('').trim()}`)
  return records
}

async function commandOf(reader: ReaderName): Promise<string[]> {
  if (reader in pythonReaders) {
    const script = path.join(import.meta.dirname, 'read.py')
    return [await findPython(), script, pythonReaders[reader as keyof typeof pythonReaders]]
  }
  const jars = await resolveJars(hadoopJars('3.4.2'))
  const program = path.join(import.meta.dirname, 'Read.java')
  const job = hadoopReaders[reader as keyof typeof hadoopReaders]
  return [await findJava(), ...jvmArguments, '-Xmx512m', '-cp', jars.join(':'), program, job]
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const { $bytes, $integer, $number, $time } = value as Record<string, string | undefined>
  if ($bytes !== undefined) return Buffer.from($bytes, 'base64')
  if ($integer !== undefined) return BigInt($integer)
  if ($number !== undefined) return Number($number.replace('inf', 'Infinity').replace('nan', 'NaN'))
  if ($time !== undefined) return new Date(Number(BigInt($time) / 1000n))
  return value
}
