// Replies, well-formed and not.
import { describe, expect, test } from 'vitest'
import {
  blockSummaryOf,
  booleanOf,
  directoryListingOf,
  fileStatusesOf,
  fileStatusOf,
  locationOf,
  MalformedReply,
  quote,
  remoteExceptionOf,
} from '../../../src/file-system/webhdfs-protocol/replies.js'

const reply = (body: unknown, status = 200) => ({
  status,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
})

const file = { type: 'FILE', length: 5, modificationTime: 7, pathSuffix: 'f', fileId: 16_400, owner: 'x' }

test('a file status', () => {
  expect(fileStatusOf(reply({ FileStatus: file }))).toEqual({ type: 'file', length: 5, modifiedMs: 7, fileId: '16400' })
  expect(fileStatusOf(reply({ FileStatus: { ...file, type: 'DIRECTORY', length: 4096 } }))).toMatchObject({
    type: 'directory',
    length: 0,
  })
  expect(fileStatusOf(reply({ FileStatus: { ...file, fileId: 0 } }))).not.toHaveProperty('fileId')
})

test('listings', () => {
  const FileStatuses = { FileStatus: [file] }
  expect(fileStatusesOf(reply({ FileStatuses }))).toMatchObject([{ name: 'f', status: { length: 5 } }])
  expect(
    directoryListingOf(reply({ DirectoryListing: { partialListing: { FileStatuses }, remainingEntries: 3 } })),
  ).toMatchObject({ entries: [{ name: 'f' }], remainingEntries: 3 })
})

test('blocks', () => {
  expect(blockSummaryOf(reply({ LocatedBlocks: { fileLength: 9, isUnderConstruction: true } }))).toEqual({
    length: 9,
    underConstruction: true,
  })
})

test('an exception: class and first line of the message', () => {
  const exception = remoteExceptionOf(
    reply({ RemoteException: { exception: 'IOException', message: 'first\n\tat java.lang' } }, 403),
  )
  expect(exception).toMatchObject({ exception: 'IOException', message: 'first', httpStatus: 403 })
  expect(remoteExceptionOf(reply({ RemoteException: { javaClassName: 'a.b.C' } }))).toMatchObject({
    exception: 'a.b.C',
  })
})

describe('what is none', () => {
  const bodies = [
    '',
    '<html>',
    '{"FileStatus":',
    'null',
    '[]',
    '7',
    '{}',
    '{"boolean":"true"}',
    '{"FileStatus":[]}',
    '\u0000',
  ]
  const readers = { booleanOf, locationOf, fileStatusOf, fileStatusesOf, directoryListingOf, blockSummaryOf }
  for (const [name, reader] of Object.entries(readers)) {
    test.each(bodies)(`${name} of %j`, (body) => {
      expect(() => reader(reply(body))).toThrow(MalformedReply)
    })
  }
  test.each(bodies)('no exception in %j', (body) => expect(remoteExceptionOf(reply(body))).toBeUndefined())
  test.each([
    { ...file, length: -1 },
    { ...file, length: 1.5 },
    { ...file, length: '5' },
    { ...file, type: 'PIPE' },
    { ...file, modificationTime: undefined },
  ])('status %j', (FileStatus) => expect(() => fileStatusOf(reply({ FileStatus }))).toThrow(MalformedReply))
  test.each([{ ...file, pathSuffix: undefined }, { ...file, pathSuffix: 'a/b' }, 'x', null])('entry %j', (entry) => {
    expect(() => fileStatusesOf(reply({ FileStatuses: { FileStatus: [entry] } }))).toThrow(MalformedReply)
  })
})

test('a quotation is short, and one line', () => {
  expect(quote(Buffer.alloc(0))).toBe('an empty body')
  expect(quote(Buffer.from('a\n  b'))).toBe('"a b"')
  expect(quote(Buffer.alloc(1_000_000, 'x')).length).toBeLessThan(220)
})
