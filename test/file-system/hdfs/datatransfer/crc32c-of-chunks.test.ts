import slowCrc32c from 'crc-32/crc32c.js'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { CHUNK_BYTES, GROUP_BYTES } from '../../../../src/file-system/hdfs/datatransfer/crc32c-of-chunks.js'

interface WithEngine {
  WebAssembly: { validate(bytes: Uint8Array): boolean; Instance: new (module: object) => { exports: object } }
}

const engine = (globalThis as unknown as WithEngine).WebAssembly
/** Whole groups and chunks, none, and what is left behind them. */
const lengths = fc
  .tuple(fc.nat(3), fc.nat(17), fc.nat(CHUNK_BYTES - 1))
  .map(([groups, chunks, rest]) => groups * GROUP_BYTES + chunks * CHUNK_BYTES + rest)

afterEach(() => vi.unstubAllGlobals())

/** As a process has it that has not used it yet. */
async function fresh(): Promise<typeof import('../../../../src/file-system/hdfs/datatransfer/crc32c-of-chunks.js')> {
  vi.resetModules()
  return import('../../../../src/file-system/hdfs/datatransfer/crc32c-of-chunks.js')
}

/** Bytes that do not repeat from chunk to chunk. */
function someBytes(length: number, seed: number, offset: number): Uint8Array {
  const bytes = new Uint8Array(length + offset).subarray(offset)
  let state = seed >>> 0
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[index] = state >>> 16
  }
  return bytes
}

async function expectSlowOnes(): Promise<void> {
  const { writeChecksums } = await fresh()
  fc.assert(
    fc.property(lengths, fc.integer(), fc.nat(9), fc.nat(9), (length, seed, offset, at) => {
      const data = someBytes(length, seed, offset)
      const expected = Buffer.alloc(at + Math.ceil(length / CHUNK_BYTES) * 4 + 1, 0x55)
      let end = at
      for (let start = 0; start < length; start += CHUNK_BYTES) {
        end = expected.writeInt32BE(slowCrc32c.buf(data.subarray(start, start + CHUNK_BYTES)), end)
      }
      const written = Buffer.alloc(expected.byteLength, 0x55)
      expect(writeChecksums(data, written, at)).toBe(end)
      expect(written.equals(expected)).toBe(true)
    }),
  )
}

describe('checksums of chunks', () => {
  test('are those of another implementation, and sixteen are made at once', async () => {
    let instances = 0
    class Instance extends engine.Instance {
      constructor(module: object) {
        super(module)
        instances += 1
      }
    }
    vi.stubGlobal('WebAssembly', { ...properties(engine), Instance })
    await expectSlowOnes()
    expect(instances).toBe(1)
  })

  test('are the same without WebAssembly, without its vectors, and without addresses for its memory', async () => {
    vi.stubGlobal('WebAssembly', undefined)
    await expectSlowOnes()
    vi.stubGlobal('WebAssembly', { ...properties(engine), validate: () => false })
    await expectSlowOnes()
    class Instance {
      constructor() {
        throw new RangeError('WebAssembly.Memory(): could not allocate memory')
      }
    }
    vi.stubGlobal('WebAssembly', { ...properties(engine), Instance })
    await expectSlowOnes()
  })
})

/** The engine's are not enumerable. */
function properties(from: object): object {
  return Object.fromEntries(Object.getOwnPropertyNames(from).map((name) => [name, Reflect.get(from, name)]))
}
