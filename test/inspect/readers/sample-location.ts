// A small location in memory for the tests of readers: written through a format, then changed behind its back.
import { type Format, MultiOutput, type MultiOutputOptions } from '../../../src/index.js'
import { readLocation } from '../../../src/inspect/read-location.js'
import { type VerifyReport, verify } from '../../../src/inspect/verify.js'
import { MemoryFileSystem } from '../../../src/testing/index.js'

/** What the sample's records are: the offset is in the text. */
export interface SampleRow {
  readonly text: string
}

/** A location of one directory. */
export class SampleLocation {
  readonly fileSystem: MemoryFileSystem = new MemoryFileSystem()

  /** Writes records 0 to 29 in three commits. */
  static async written(
    format: Format<SampleRow>,
    options: Partial<MultiOutputOptions<SampleRow>> = {},
  ): Promise<SampleLocation> {
    const sample = new SampleLocation()
    const { fileSystem } = sample
    await using output = await MultiOutput.open<SampleRow>({ fileSystem, job: 'sample', format, ...options })
    for (let offset = 0; offset < 30; offset++) {
      const id = { topic: 'events', partition: 7, offset: BigInt(offset) }
      await output.write({ text: `text ${offset}` }, { id })
      if (offset % 10 === 9) await output.commit()
    }
    return sample
  }

  async files(): Promise<{ readonly path: string; readonly length: number }[]> {
    const { tasks } = await readLocation(this.fileSystem)
    return tasks.flatMap(({ state, sealedFiles }) => [...sealedFiles, ...state.openFiles.values()])
  }

  /** Puts other bytes, of the recorded length, in the place of the first file. */
  async replaceFirst(change: (bytes: Buffer) => Uint8Array): Promise<void> {
    const [{ path, length }] = (await this.files()) as [{ path: string; length: number }]
    const changed = change(Buffer.from(await this.fileSystem.read(path, { end: length })))
    await this.fileSystem.delete(path)
    await this.fileSystem.create(path, changed)
  }

  verify(): Promise<VerifyReport> {
    return verify(this.fileSystem)
  }

  async kindsFound(): Promise<string[]> {
    const { findings } = await this.verify()
    return findings.map(({ kind }) => kind)
  }
}
