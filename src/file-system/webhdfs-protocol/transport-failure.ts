// A request that got no answer: why, and how much of it may have reached the server. That decides the outcome.
import { FileSystemError, type FileSystemErrorCode, type Outcome, type Retry } from '../file-system-error.js'
import type { Attempt } from './arguments.js'

/**
 * - `connect` no connection came about
 * - `certificate` TLS could not agree on who is who
 * - `queue` no connection became free, or the queue for one is full
 * - `timeout` the server was silent for too long
 * - `reset` the connection broke before the answer was complete
 * - `garbage` the answer is no HTTP
 * - `too-large` the answer is longer than the limit
 * - `closed` ended by us: `close()` or `abort()`
 */
export type FailureReason =
  | 'connect'
  | 'certificate'
  | 'queue'
  | 'timeout'
  | 'reset'
  | 'garbage'
  | 'too-large'
  | 'closed'

/** How far a request got: `nothing` of it left this process; its `headers` may have; bytes of its `body` may have. */
export type Reach = 'nothing' | 'headers' | 'body'

/** See the head of the file. */
export class TransportFailure extends Error {
  override readonly name: string = 'TransportFailure'
  readonly reason: FailureReason
  readonly reach: Reach

  constructor(message: string, details: { reason: FailureReason; reach: Reach; cause?: unknown }) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.reason = details.reason
    this.reach = details.reach
  }
}

const CODES: Readonly<Record<FailureReason, { readonly code: FileSystemErrorCode; readonly retry: Retry }>> = {
  connect: { code: 'UNAVAILABLE', retry: 'later' },
  certificate: { code: 'AUTHENTICATION', retry: 'never' },
  queue: { code: 'TIMEOUT', retry: 'later' },
  timeout: { code: 'TIMEOUT', retry: 'later' },
  reset: { code: 'UNAVAILABLE', retry: 'now' },
  garbage: { code: 'PROTOCOL', retry: 'never' },
  'too-large': { code: 'PROTOCOL', retry: 'never' },
  closed: { code: 'CLOSED', retry: 'never' },
}

/** The error of the port. `applies`: what is true if any of it has reached the server. */
export function errorOfFailure(failure: TransportFailure, attempt: Attempt, applies: Outcome): FileSystemError {
  const { operation, path } = attempt
  return new FileSystemError(`${operation} of ${JSON.stringify(path)}: ${failure.message}`, {
    ...CODES[failure.reason],
    outcome: failure.reach === 'nothing' ? 'not-applied' : applies,
    operation,
    path,
    cause: failure,
  })
}

const CERTIFICATE = /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/

/** What an error of node's sockets or HTTP parser is. */
export function failureOf(error: Error, where: string, reach: Reach): TransportFailure {
  if (error instanceof TransportFailure) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const reason = CERTIFICATE.test(code)
    ? 'certificate'
    : code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE'
      ? 'garbage'
      : reach === 'nothing'
        ? 'connect'
        : 'reset'
  const said = error.message === '' ? code : error.message
  return new TransportFailure(`${where}: ${said}`, { reason, reach, cause: error })
}
