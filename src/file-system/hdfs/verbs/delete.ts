// delete: a file, an empty directory, or all of one.
import { absentIfRefusedSo } from '../../webhdfs-protocol/answer-errors.js'
import type { Attempt } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { deletePath } from '../messages/namespace-methods.js'
import type { Session } from '../session.js'

/** See `FileSystem.delete`. HDFS says `false` when it found nothing. */
export async function remove(
  session: Session,
  path: string,
  { recursive = 'none' }: { readonly recursive?: 'none' | 'all' },
): Promise<'deleted' | 'absent'> {
  const attempt: Attempt = { operation: 'delete', path }
  const request = { src: absolutePath(session.options.root, path), recursive: recursive === 'all' }
  try {
    return (await session.calls.call(deletePath, request, attempt)).result ? 'deleted' : 'absent'
  } catch (error) {
    return absentIfRefusedSo(error, attempt)
  }
}
