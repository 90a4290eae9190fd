// Text and JSON lines, beside gathering strings and encoding them as UTF-8; compressed, beside Node's own stream for it.
import { once } from 'node:events'
import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import { hasZstd } from '../../src/format/zstd-frames.js'
import { jsonLines, text } from '../../src/index.js'
import type { Order } from '../writer/orders.js'
import {
  type FormatBench,
  idOf,
  jsonOf,
  LIBRARY_RATIO_MIN,
  PIECE_BYTES,
  PIECE_CHARACTERS,
  type ReadOrder,
  type Sample,
  type Take,
} from './format-bench.js'

type LineOf = (sample: Sample) => string

function gathered(lineOf: LineOf, pieceCharacters: number = PIECE_CHARACTERS) {
  return (samples: readonly Sample[], take: Take): void => {
    let piece = ''
    for (const sample of samples) {
      piece += `${lineOf(sample)}\n`
      if (piece.length < pieceCharacters) continue
      take(Buffer.from(piece))
      piece = ''
    }
    take(Buffer.from(piece))
  }
}

/** Through a stream of Node's, waiting where it asks to. */
function compressed(open: () => Transform) {
  return async (samples: readonly Sample[], take: Take): Promise<void> => {
    const stream = open()
    stream.on('data', take)
    const ended = once(stream, 'end')
    let piece = ''
    for (const { order } of samples) {
      piece += `${JSON.stringify(order)}\n`
      if (piece.length < PIECE_BYTES) continue
      if (!stream.write(piece)) await once(stream, 'drain')
      piece = ''
    }
    stream.end(piece)
    await ended
  }
}

function readLines(file: Buffer): ReadOrder[] {
  if (file.at(-1) !== 0x0a) throw new Error('the last line has no end')
  return file
    .toString()
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as ReadOrder)
}

function readLinesWithIds(file: Buffer): ReadOrder[] {
  const lines = file.toString().slice(0, -1).split('\n')
  return lines.map((line) => {
    const tab = line.indexOf('\t')
    return { _id: line.slice(0, tab), ...(JSON.parse(line.slice(tab + 1)) as Order) }
  })
}

// The types are those of the oldest Node that we run on, which has none.
const { createZstdCompress, zstdDecompressSync } = zlib as unknown as {
  readonly createZstdCompress: () => Transform
  readonly zstdDecompressSync: (bytes: Buffer) => Buffer
}

/** Text of strings, and JSON lines. */
export const lines: readonly FormatBench[] = [
  {
    name: 'text',
    format: () => text<Order>({ value: jsonOf }),
    against: 'strings to UTF-8',
    bare: gathered(({ order }) => jsonOf(order)),
    read: readLines,
  },
  {
    name: 'text, ids',
    format: () => text<Order>({ value: jsonOf, prefixId: true }),
    hasIds: true,
    against: 'strings to UTF-8',
    bare: gathered((sample) => `${idOf(sample)}\t${jsonOf(sample.order)}`),
    read: readLinesWithIds,
  },
  {
    name: 'jsonLines',
    format: () => jsonLines<Order>(),
    against: 'JSON.stringify, UTF-8',
    ratioMin: LIBRARY_RATIO_MIN,
    bare: gathered(({ order }) => JSON.stringify(order)),
    read: readLines,
  },
  {
    name: 'jsonLines, ids',
    format: () => jsonLines<Order>({ idField: '_id' }),
    hasIds: true,
    against: 'JSON.stringify, UTF-8',
    ratioMin: LIBRARY_RATIO_MIN,
    bare: gathered((sample) => JSON.stringify({ _id: idOf(sample), ...sample.order })),
    read: readLines,
  },
  {
    name: 'jsonLines gzip',
    format: () => jsonLines<Order>(),
    compression: 'gzip',
    against: 'zlib.createGzip',
    ratioMin: LIBRARY_RATIO_MIN,
    bare: compressed(() => zlib.createGzip()),
    read: (file) => readLines(zlib.gunzipSync(file)),
  },
  ...(hasZstd()
    ? [
        {
          name: 'jsonLines zstd',
          format: () => jsonLines<Order>(),
          compression: 'zstd' as const,
          against: 'zlib.createZstdCompress',
          ratioMin: LIBRARY_RATIO_MIN,
          bare: compressed(() => createZstdCompress()),
          read: (file: Buffer) => readLines(zstdDecompressSync(file)),
        },
      ]
    : []),
]
