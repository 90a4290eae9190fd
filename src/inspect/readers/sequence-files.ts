// Reads sequence files, whose keys are ids where the header says so.
import { DamagedSequenceFile, sequenceRecords } from '../../format/sequence-file/read.js'
import { ID_FORM_METADATA } from '../../format/sequence-file.js'
import { parseFoundId } from '../found-id.js'
import { type CommittedFile, DamagedFile, type RecordReader, type RecordVisitor } from './record-reader.js'

/** Hadoop's sequence files, as `sequenceFile` writes them. */
export const sequenceFileReader: RecordReader = {
  unit: 'record',
  read: async (file, visitor) => {
    try {
      await readRecords(file, visitor)
    } catch (error) {
      if (error instanceof DamagedSequenceFile) throw new DamagedFile(error.message, error.byte, error)
      throw error
    }
  },
}

async function readRecords(file: CommittedFile, visitor: RecordVisitor): Promise<void> {
  let hasIds = false
  const records = sequenceRecords(file.chunks(), file.length, ({ metadata }) => {
    hasIds = metadata[ID_FORM_METADATA] !== undefined
  })
  for await (const { key, byte } of records) visitor.record(hasIds ? parseFoundId(key.toString()) : undefined, byte)
}
