// From a server's answer to the port's error: what it refused in words, and what is no answer of WebHDFS at all.
import { FileSystemError, type Outcome, type RemoteException } from '../file-system-error.js'
import type { Attempt } from './arguments.js'
import type { Verdict } from './exceptions.js'
import { MalformedReply, quote } from './replies.js'
import type { WireReply } from './wire.js'

/** A refusal in the server's words, and what they mean. For callers that know better what it means for their verb. */
export class Refused extends Error {
  override readonly name: string = 'Refused'
  readonly exception: RemoteException
  readonly verdict: Verdict

  constructor(exception: RemoteException, verdict: Verdict) {
    super(exception.message, { cause: exception })
    this.exception = exception
    this.verdict = verdict
  }
}

/** The error of the port for what the server refused. `outcome` is what is true where the words settle nothing. */
export function errorOfRefusal(
  { exception, verdict }: Refused,
  attempt: Attempt,
  outcome: Outcome | ((verdict: Verdict) => Outcome),
): FileSystemError {
  const { operation, path } = attempt
  const said = `${exception.exception}${exception.message === '' ? '' : `: ${exception.message}`}`
  return new FileSystemError(`${operation} of ${JSON.stringify(path)}: the server refused with ${said}`, {
    code: verdict.code,
    outcome: typeof outcome === 'function' ? outcome(verdict) : outcome,
    retry: verdict.retry,
    operation,
    path,
    cause: exception,
  })
}

/** The outcome of a mutation that the namenode itself refused. */
export function outcomeOfMutation({ settles }: Verdict): Outcome {
  return settles === 'nothing' ? 'unknown' : 'not-applied'
}

/** For verbs that answer `absent`: what was refused because nothing is there (below a file nothing stands either). Throws every other error. */
export function absentIfRefusedSo(error: unknown, attempt: Attempt): 'absent' {
  if (!(error instanceof Refused)) throw error
  const { code, settles } = error.verdict
  if ((code === 'NOT_FOUND' || code === 'NOT_A_DIRECTORY') && settles !== 'nothing') return 'absent'
  throw errorOfRefusal(error, attempt, outcomeOfMutation)
}

/** The error for an answer that is none of the protocol's. */
export function unintelligible(reply: WireReply, attempt: Attempt, outcome: Outcome): FileSystemError {
  const { operation, path } = attempt
  const { status, body } = reply
  const [code, retry] =
    status === 401
      ? (['AUTHENTICATION', 'never'] as const)
      : status === 429 || status === 502 || status === 503 || status === 504
        ? (['UNAVAILABLE', 'later'] as const)
        : (['PROTOCOL', 'never'] as const)
  const message = `${operation} of ${JSON.stringify(path)}: the server answered status ${status} with ${quote(body)}`
  return new FileSystemError(message, { code, outcome, retry, operation, path })
}

/** Reads an answer; what the reader finds malformed becomes `PROTOCOL`. */
export function parse<T>(reply: WireReply, reader: (reply: WireReply) => T, attempt: Attempt, outcome: Outcome): T {
  try {
    return reader(reply)
  } catch (error) {
    if (!(error instanceof MalformedReply)) throw error
    const { operation, path } = attempt
    throw new FileSystemError(`${operation} of ${JSON.stringify(path)}: not an answer of WebHDFS: ${error.message}`, {
      code: 'PROTOCOL',
      outcome,
      retry: 'never',
      operation,
      path,
      cause: error,
    })
  }
}
