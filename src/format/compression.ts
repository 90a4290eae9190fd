// Compression of data files: members (gzip) or frames (zstd) that follow one another, which every tool reads as one file.
import type { Transform } from 'node:stream'
import zlib from 'node:zlib'

/** `zstd` where Node has it: 22.15, 23.8 and later. */
export type CompressionName = 'none' | 'gzip' | 'zstd'

/** One member on its way: an upload begins with it and ends with it, so a file can be cut at any commit. */
export interface Member {
  /** Takes bytes in; answers what is ready to be stored, which may be nothing. */
  write(bytes: Uint8Array): Promise<readonly Uint8Array[]>
  /** Ends the member and answers the rest of it. */
  end(): Promise<readonly Uint8Array[]>
  /** Frees what it holds, at any time. Repeatable. */
  close(): void
}

/** A way to compress. */
export interface Compression {
  /** Added to the format's, behind a dot: `gz`. */
  readonly extension: string
  open(): Member
}

/** The compression of a name; `undefined` for `none`. Throws a RangeError where this version of Node has none of that name. */
export function compressionOf(name: CompressionName): Compression | undefined {
  switch (name) {
    case 'none':
      return undefined
    case 'gzip':
      return { extension: 'gz', open: () => new TransformMember(zlib.createGzip()) }
    case 'zstd': {
      // The types are those of the oldest Node that we run on, which has none.
      const { createZstdCompress } = zlib as { createZstdCompress?: () => Transform }
      if (createZstdCompress !== undefined)
        return { extension: 'zst', open: () => new TransformMember(createZstdCompress()) }
      throw new RangeError(`Node ${process.versions.node} has no zstd: take Node 22.15 or later, or gzip`)
    }
  }
}

/** Compresses all at once: one member. */
export async function compressed({ open }: Compression, pieces: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const member = open()
  try {
    const ready: Uint8Array[] = []
    for (const piece of pieces) ready.push(...(await member.write(piece)))
    ready.push(...(await member.end()))
    return ready
  } finally {
    member.close()
  }
}

/** What goes through a transform of zlib's, piece by piece. */
export class TransformMember implements Member {
  readonly #transform: Transform
  #ready: Uint8Array[] = []
  #failure: Error | undefined

  constructor(transform: Transform) {
    this.#transform = transform
    transform.on('data', (chunk: Uint8Array) => this.#ready.push(chunk))
    // Told to whoever writes; nobody may be waiting when it comes.
    transform.on('error', (error) => {
      this.#failure = error
    })
  }

  write(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    return this.#settled((done) => this.#transform.write(bytes, done))
  }

  end(): Promise<readonly Uint8Array[]> {
    return this.#settled((done) => {
      this.#transform.once('end', () => done(null))
      this.#transform.end()
    })
  }

  #settled(step: (done: (error: Error | null | undefined) => void) => void): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      const fail = (error: Error): void => reject(error)
      this.#transform.once('error', fail)
      step((error) => {
        this.#transform.off('error', fail)
        if (error) reject(error)
        else resolve(this.#take())
      })
    })
  }

  #take(): readonly Uint8Array[] {
    const ready = this.#ready
    this.#ready = []
    return ready
  }

  close(): void {
    this.#transform.destroy()
  }
}
