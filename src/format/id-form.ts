// How formats write a record's id into a column or field of its own.
import { MultiOutputError } from '../model/multi-output-error.js'
import { formatId, formatIdWithTopic, type RecordContext } from '../model/record-id.js'

/** `partition-offset`: `<partition>-<offset>`, unique within a topic. `topic-partition-offset`: unique across topics. */
export type IdForm = 'partition-offset' | 'topic-partition-offset'

/** Makes the text of a record's id. It throws `BAD_RECORD` for a record without one; `option` is what to leave out then. Throws `WRONG_OPTIONS` for a form that is none. */
export function idTextOf(
  form: IdForm,
  { format, option }: { readonly format: string; readonly option: string },
): (context: RecordContext) => string {
  if (form !== 'partition-offset' && form !== 'topic-partition-offset') {
    throw new MultiOutputError(
      'WRONG_OPTIONS',
      `${format}: idForm must be 'partition-offset' or 'topic-partition-offset'`,
    )
  }
  const textOf = form === 'partition-offset' ? formatId : formatIdWithTopic
  return ({ id }) => {
    if (id !== undefined) return textOf(id)
    throw new MultiOutputError('BAD_RECORD', `it has no id for ${option}; write it with { id }, or leave ${option} out`)
  }
}
