// Sequence files of several commits and writers, read by Hadoop's own SequenceFile.Reader and shell.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SequenceFileOptions } from '../../src/format/sequence-file.js'
import { MultiOutput, sequenceFile } from '../../src/index.js'
import { dataFilesBelow } from '../readers/data-files.js'
import { readWith } from '../readers/read-with.js'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-sequence-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const variants: readonly SequenceFileOptions<string>[] = [
  {},
  { compression: 'record' },
  { compression: 'block' },
  { compression: 'block', codec: 'gzip' },
  { compression: 'record', codec: 'gzip', valueClass: 'BytesWritable' },
]

test.each(variants)('%j', async (options) => {
  const location = path.join(directory, String(variants.indexOf(options)))
  const textAt = (offset: number): string => `${offset} \u00e9 ${'#'.repeat(offset % 900)}`
  let offset = 0
  // Three writers, of which the last opens a file that the others made; several commits each, and one that is lost.
  for (let opened = 0; opened < 3; opened++) {
    const format = sequenceFile<string>(options)
    const output = await MultiOutput.open<string>({ location, job: 'sequence', format })
    for (let commits = 0; commits < 3; commits++) {
      const end = offset + 200
      for (; offset < end; offset++)
        await output.write(textAt(offset), { id: { topic: 't', partition: 0, offset: BigInt(offset) } })
      await output.commit()
    }
    await output.write('never committed', { id: { topic: 't', partition: 0, offset: BigInt(offset) } })
    await output.close()
  }
  const files = await dataFilesBelow(location)
  expect(files).toHaveLength(1)
  const asRead = (value: string) => (options.valueClass === undefined ? value : Buffer.from(value))
  const records = Array.from({ length: offset }, (_, each) => ({ key: `0-${each}`, value: asRead(textAt(each)) }))
  expect(await readWith('SequenceFile.Reader', files)).toEqual(records)
  expect(await readWith('SequenceFile.Reader in splits', files)).toEqual(records)
  if (options.valueClass === undefined) {
    const lines = records.map(({ key, value }) => `${key}\t${value.toString()}`)
    expect(await readWith('hdfs dfs -text', files)).toEqual(lines)
  }
})
