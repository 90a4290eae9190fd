// A location in memory with forty records in four commits, and what tests do to its files.
import { expect } from 'vitest'
import type { Format, MultiOutputOptions } from '../../src/index.js'
import { MultiOutput } from '../../src/index.js'
import { readLocation } from '../../src/inspect/read-location.js'
import { type VerifyOptions, type VerifyReport, verify } from '../../src/inspect/verify.js'
import { MemoryFileSystem } from '../../src/testing/index.js'

/** What is written. */
export interface Row {
  readonly key: string
  readonly value: string
}

/** A location that was written, and its data files. */
export class WrittenLocation {
  readonly fileSystem: MemoryFileSystem = new MemoryFileSystem()

  /** Keys a and b, rolled after 15 records, partitions 0 and 1; four commits, and a writer of its own for each two. */
  static async write(format: Format<Row>, options: Partial<MultiOutputOptions<Row>> = {}): Promise<WrittenLocation> {
    const location = new WrittenLocation()
    const { fileSystem } = location
    for (const rounds of [
      [0, 1],
      [2, 3],
    ]) {
      await using output = await MultiOutput.open<Row>({
        fileSystem,
        job: 'orders',
        format,
        partitioner: ({ key }) => `key=${key}`,
        roll: { recordsMax: 15 },
        ...options,
      })
      for (const round of rounds) {
        for (let index = 0; index < 10; index++) {
          const offset = BigInt(round * 5 + (index >> 1))
          const id = { topic: 'events', partition: index % 2, offset }
          await output.write({ key: index < 6 ? 'a' : 'b', value: `value ${round}-${index}` }, { id })
        }
        await output.commit()
      }
    }
    return location
  }

  /** Their paths, those of key a first. */
  async dataFiles(): Promise<string[]> {
    const { tasks } = await readLocation(this.fileSystem)
    return tasks
      .flatMap(({ state, sealedFiles }) => [...sealedFiles, ...state.openFiles.values()].map(({ path }) => path))
      .sort()
  }

  /** The first file's path and bytes. */
  async first(): Promise<{ path: string; bytes: Buffer }> {
    const [path] = await this.dataFiles()
    return { path: path!, bytes: Buffer.from(await this.fileSystem.read(path!)) }
  }

  /** Puts other bytes in the place of a file's; as many, unless the test says so. */
  async replace(
    path: string,
    bytes: Buffer,
    { sameLength = true }: { readonly sameLength?: boolean } = {},
  ): Promise<void> {
    const before = await this.fileSystem.stat(path)
    if (sameLength) expect(bytes.length).toBe(before!.length)
    await this.fileSystem.delete(path)
    await this.fileSystem.create(path, bytes)
  }

  async verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    return verify(this.fileSystem, options)
  }

  async kindsFound(options: VerifyOptions = {}): Promise<string[]> {
    const { findings } = await this.verify(options)
    return findings.map(({ kind }) => kind)
  }

  /** Finds nothing, every id compared. */
  async expectIntact(): Promise<void> {
    const report = await this.verify()
    expect(report.findings).toEqual([])
    expect(report).toMatchObject({ lines: 40, filesWithoutIds: 0, files: (await this.dataFiles()).length })
  }
}
