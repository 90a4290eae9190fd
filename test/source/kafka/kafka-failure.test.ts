import { expect, test } from 'vitest'
import { SourceError } from '../../../src/index.js'
import { sourceErrorOf } from '../../../src/source/kafka/kafka-failure.js'

const place = { brokers: ['broker-1:9092'], topics: ['orders'], groupId: 'etl' }

function kafkaJs(name: string, more: object = {}): Error {
  return Object.assign(new Error(`${name} says`), { name, retriable: true, ...more })
}

test.each<[string, Error, object]>([
  ['no broker', kafkaJs('KafkaJSConnectionError'), { code: 'UNAVAILABLE', retry: 'later' }],
  [
    'no broker after some tries',
    kafkaJs('KafkaJSNumberOfRetriesExceeded', { retriable: false, cause: kafkaJs('KafkaJSConnectionError') }),
    { code: 'UNAVAILABLE', retry: 'later', message: expect.stringContaining('broker-1:9092') },
  ],
  [
    'a password',
    kafkaJs('KafkaJSSASLAuthenticationError', { retriable: false }),
    { code: 'UNREADABLE', retry: 'never', message: expect.stringContaining('user or the password') },
  ],
  [
    'a topic that may not be read',
    kafkaJs('KafkaJSProtocolError', { type: 'TOPIC_AUTHORIZATION_FAILED', retriable: false }),
    { code: 'UNREADABLE', message: expect.stringContaining('no permission to read orders') },
  ],
  [
    'a group that may not be joined',
    kafkaJs('KafkaJSProtocolError', { type: 'GROUP_AUTHORIZATION_FAILED', retriable: false }),
    { code: 'UNREADABLE', message: expect.stringContaining('no permission to join group etl') },
  ],
  ...[
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ].map((code): [string, Error, object] => [
    `a certificate: ${code}`,
    kafkaJs('KafkaJSNumberOfRetriesExceeded', { cause: kafkaJs('KafkaJSConnectionError', { code }) }),
    { code: 'UNREADABLE', retry: 'never', message: expect.stringContaining('certificate') },
  ]),
  [
    'a port without TLS',
    kafkaJs('KafkaJSConnectionError', { code: 'EPROTO' }),
    { code: 'UNREADABLE', retry: 'never', message: expect.stringContaining('plain text') },
  ],
  ['a connection that breaks', kafkaJs('KafkaJSConnectionError', { code: 'ECONNRESET' }), { code: 'UNAVAILABLE' }],
  [
    'an old broker',
    kafkaJs('KafkaJSServerDoesNotSupportApiKey', { retriable: false }),
    { code: 'UNSUPPORTED', message: expect.stringContaining('too old') },
  ],
  [
    'a group of another program, with the number that brokers say it by',
    kafkaJs('KafkaJSProtocolError', { type: 'INCONSISTENT_GROUP_PROTOCOL', code: 23, retriable: false }),
    { code: 'UNREADABLE', message: expect.stringContaining('group etl is in use') },
  ],
  [
    'what may pass',
    kafkaJs('KafkaJSProtocolError', { type: 'COORDINATOR_LOAD_IN_PROGRESS', code: 14 }),
    { code: 'UNAVAILABLE', retry: 'later' },
  ],
  ['what is not known', new RangeError('bug'), { code: 'UNREADABLE', retry: 'never' }],
])('%s', (_what, error, expected) => expect(sourceErrorOf(error, place)).toMatchObject(expected))

test('an error of the source stays as it is', () => {
  const error = new SourceError('OFFSETS_LOST', 'gone')
  expect(sourceErrorOf(error, place)).toBe(error)
})
