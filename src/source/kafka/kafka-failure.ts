// Says in one error what kafkajs says in many: what is wrong, where, what to do, and whether it may pass by itself.
import { isSourceError, SourceError, type SourceErrorCode } from '../source-error.js'

/** What was being talked to, for the message. */
export interface KafkaPlace {
  readonly brokers: readonly string[]
  readonly topics: readonly string[]
  readonly groupId: string
}

/** What is said where no broker answers for a group although brokers answer. */
export function noCoordinator(groupId: string): string {
  return `no broker answers for group ${groupId}: it is still starting, or this user has no permission to use the group (READ on it)`
}

/** Whether no coordinator was found for the group. */
export function isWithoutCoordinator(error: unknown): boolean {
  return causesOf(error).some(({ name }) => name === 'KafkaJSGroupCoordinatorNotFound')
}

interface KafkaJsError {
  readonly name: string
  readonly message: string
  readonly type?: string
  /** What Node calls it, where it comes from a socket; the number of a broker's error. */
  readonly code?: string | number
  readonly retriable?: boolean
  readonly cause?: unknown
  readonly originalError?: unknown
}

const CAUSES_MAX = 10

/** OpenSSL's verdicts on a chain of certificates, as Node names them. */
const certificateCodes =
  /^(?:.*_CERT(?:_.*)?|CERT_.*|UNABLE_TO_.*|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED)$/

interface Meaning {
  readonly code: SourceErrorCode
  readonly retry: 'never' | 'later'
  readonly says: string
}

/** A SourceError for whatever kafkajs threw. One that is a SourceError already comes back as it is. */
export function sourceErrorOf(error: unknown, place: KafkaPlace): SourceError {
  if (isSourceError(error)) return error
  const chain = causesOf(error)
  const known = chain.map((one) => meaningOf(one, place)).find((one) => one !== undefined)
  const last = chain.at(-1)
  const { code, retry, says } = known ?? unknownMeaning(chain)
  const detail = last === undefined ? String(error) : last.message
  return new SourceError(code, `${says} (Kafka at ${place.brokers.join(', ')}: ${detail})`, { retry, cause: error })
}

function causesOf(error: unknown): KafkaJsError[] {
  const chain: KafkaJsError[] = []
  let at = error as KafkaJsError | undefined
  while (at instanceof Error && chain.length < CAUSES_MAX) {
    chain.push(at)
    const { cause, originalError }: KafkaJsError = at
    at = (cause ?? originalError) as KafkaJsError | undefined
  }
  return chain
}

const never = (code: SourceErrorCode, says: string): Meaning => ({ code, retry: 'never', says })
const later = (says: string): Meaning => ({ code: 'UNAVAILABLE', retry: 'later', says })

function meaningOf(error: KafkaJsError, place: KafkaPlace): Meaning | undefined {
  const { name, type, message } = error
  // Brokers' errors have a number, those of sockets and OpenSSL a name.
  const code = typeof error.code === 'string' ? error.code : ''
  const topics = place.topics.join(', ')
  const { groupId } = place
  if (name === 'KafkaJSSASLAuthenticationError') {
    return never('UNREADABLE', 'the broker refused the user or the password (sasl)')
  }
  if (certificateCodes.test(code)) {
    return never(
      'UNREADABLE',
      "the broker's certificate is not to be trusted: name the authority that signed it (ssl: ca)",
    )
  }
  // Also after a handshake that the other side ended: OpenSSL's words.
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return never(
      'UNREADABLE',
      'no TLS can be spoken with the broker at this port: does it speak plain text, or want a certificate of ours (ssl)?',
    )
  }
  if (name === 'KafkaJSNotImplemented' && /compression/i.test(message)) {
    return never('UNSUPPORTED', `a batch of ${topics} is compressed in a way that cannot be read here`)
  }
  if (name === 'KafkaJSServerDoesNotSupportApiKey' || name === 'KafkaJSUnsupportedMagicByteInMessageSet') {
    return never('UNSUPPORTED', 'the broker is too old for this client; it must be 0.11 or later')
  }
  // A broker that goes down looks the same, so it may pass.
  if (/before secure TLS connection was established/.test(message)) {
    return later(
      'TLS could not be set up with any broker: perhaps this port speaks plain text (ssl), or the broker is away',
    )
  }
  // kafkajs drops what the broker said. Permission is one reason of it, a broker that is still starting another.
  if (name === 'KafkaJSGroupCoordinatorNotFound') return later(noCoordinator(groupId))
  switch (type) {
    case 'TOPIC_AUTHORIZATION_FAILED':
      return never('UNREADABLE', `no permission to read ${topics}: this user needs READ and DESCRIBE on the topics`)
    case 'GROUP_AUTHORIZATION_FAILED':
      return never('UNREADABLE', `no permission to join group ${groupId}: this user needs READ on the group`)
    case 'CLUSTER_AUTHORIZATION_FAILED':
    case 'SASL_AUTHENTICATION_FAILED':
      return never('UNREADABLE', 'the broker refused this user')
    case 'INCONSISTENT_GROUP_PROTOCOL':
      return never(
        'UNREADABLE',
        `group ${groupId} is in use by consumers of another kind: another job, location, set of topics or taskCount, or another program. Give each job a group of its own; when this one's members were restarted with other settings, wait until the last old one has left`,
      )
    case 'INVALID_SESSION_TIMEOUT':
      return never(
        'UNREADABLE',
        'the broker refuses this sessionTimeoutMs: it must lie between its group.min.session.timeout.ms and group.max.session.timeout.ms',
      )
    case 'INVALID_GROUP_ID':
      return never('UNREADABLE', `the broker refuses ${groupId} as a name of a group`)
    case 'UNSUPPORTED_VERSION':
    case 'UNSUPPORTED_SASL_MECHANISM':
    case 'UNSUPPORTED_FOR_MESSAGE_FORMAT':
      return never('UNSUPPORTED', 'the broker does not support what this client asks of it')
    default:
      return unreachable(name)
  }
}

const unreachables: readonly string[] = [
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSBrokerNotFound',
  'KafkaJSLockTimeout',
  'KafkaJSTimeout',
]

function unreachable(name: string): Meaning | undefined {
  return unreachables.includes(name) ? later('no broker could be reached, or none that answers') : undefined
}

function unknownMeaning(chain: readonly KafkaJsError[]): Meaning {
  // What ran out of tries was worth trying; the innermost error tells.
  if (chain.at(-1)?.retriable === true) return later('the brokers cannot do it at the moment')
  return never('UNREADABLE', 'reading from Kafka failed')
}
