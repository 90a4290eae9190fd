// setTimes: an entry of the edit log that only a path which is there can have.
import { absentIfRefusedSo } from '../../webhdfs-protocol/answer-errors.js'
import type { Attempt } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { setTimes } from '../messages/namespace-methods.js'
import type { Session } from '../session.js'

/** See `FileSystem.touch`. The namenode answers once its edit log is synced up to this entry, and so up to all before it. */
export async function touch(session: Session, path: string): Promise<'present' | 'absent'> {
  const attempt: Attempt = { operation: 'touch', path }
  const request = { src: absolutePath(session.options.root, path), mtime: BigInt(Date.now()), atime: UNCHANGED }
  try {
    await session.calls.call(setTimes, request, attempt)
    return 'present'
  } catch (error) {
    return absentIfRefusedSo(error, attempt)
  }
}

/** -1, in the 64 bits without a sign that the message has for it. */
const UNCHANGED = BigInt.asUintN(64, -1n)
