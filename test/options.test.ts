// Options of MultiOutput.open: what is refused says which option it is and what it may be.
import { describe, expect, test } from 'vitest'
import type { MultiOutputOptions } from '../src/options.js'
import { checkOptions, FILE_SIZE_BYTES_MAX_DEFAULT } from '../src/options.js'
import { MemoryFileSystem } from '../src/testing/index.js'
import { type Line, lines } from './engine/sample-output.js'

const minimal: MultiOutputOptions<Line> = { location: 'file:///data', job: 'orders', format: lines }
const check = (options: object) => checkOptions({ ...minimal, ...options })

test('what is left out has its default', () => {
  expect(check({})).toMatchObject({
    task: 0,
    taskCount: 1,
    mode: 'append',
    visibility: 'live',
    roll: { fileSizeBytesMax: FILE_SIZE_BYTES_MAX_DEFAULT },
    bufferedBytesMax: 256 * 2 ** 20,
    operationsMax: 16,
    openFilesMax: 10_000,
    takeover: 'always',
    takeoverWaitMs: 5_000,
    truncateWaitMs: 15_000,
  })
  expect(check({ roll: { recordsMax: 3 } }).roll).toEqual({
    recordsMax: 3,
    fileSizeBytesMax: FILE_SIZE_BYTES_MAX_DEFAULT,
  })
})

const stream = (parts: object) => ({ streams: { dead: { format: lines, directory: '_dead', ...parts } } })

describe('refused, naming the option', () => {
  test.each<[string, object, RegExp]>([
    ['no location', { location: undefined }, /location: say where/],
    ['an empty location', { location: '' }, /location: /],
    ['an empty list of locations', { location: [] }, /location: /],
    ['no job', { job: '' }, /job: /],
    ['a task that is not one of taskCount', { task: 2, taskCount: 2 }, /task 2 is not in 0…1/],
    ['half a task', { task: 0.5 }, /task: /],
    ['no tasks', { taskCount: 0 }, /taskCount: /],
    ['a mode that is not ours', { mode: 'overwrite' }, /mode: /],
    ['blocks to count where nobody counts them', { roll: { blocksMax: 7 } }, /roll\.blocksMax: .*mode 'concat'/],
    ['a visibility that is not ours', { visibility: 'none' }, /visibility: /],
    [
      'names that recovery could not read',
      { fileName: 'orders_{task}.{extension}' },
      /fileName: \{serial\} is missing/,
    ],
    ['names that are no text', { fileName: 7 }, /fileName: /],
    ['an option that nobody knows', { colour: 'red' }, /colour/],
    ['a roll option that nobody knows', { roll: { fileSize: 1 } }, /roll.*fileSize/],
    ['files of no bytes', { roll: { fileSizeBytesMax: 0 } }, /roll\.fileSizeBytesMax: /],
    ['an age that is no number', { roll: { fileAgeMsMax: Number.NaN } }, /roll\.fileAgeMsMax: /],
    ['half a record', { roll: { recordsMax: 1.5 } }, /roll\.recordsMax: /],
    ['no memory', { bufferedBytesMax: 0 }, /bufferedBytesMax: /],
    ['no operations', { operationsMax: 0 }, /operationsMax: /],
    ['no open files', { openFilesMax: 0 }, /openFilesMax: /],
    ['a wait below 0', { takeoverWaitMs: -1 }, /takeoverWaitMs: /],
    ['a permission that is not octal', { permission: 'rw-r--r--' }, /permission: must be octal/],
    ['too many replicas', { replication: 40_000 }, /replication: /],
    ['a format that is none', { format: 'json' }, /format: must be a format/],
    ['no format', { format: undefined }, /format: must be a format/],
    ['null for a format', { format: null }, /format: must be a format/],
    ['a format without an extension', { format: { ...lines, extension: '' } }, /format\.extension: must be letters/],
    ['an extension that is a path', { format: { ...lines, extension: 'a/b' } }, /format\.extension: must be letters/],
    ['an extension with its dot', { format: { ...lines, extension: '.txt' } }, /format\.extension: .*leading dot/],
    ['a partitioner that is no function', { partitioner: 'country' }, /partitioner: must be a function/],
    ['a stream called main', { streams: { main: { format: lines, directory: 'x' } } }, /streams\.main: this name/],
    ['a stream without a directory', stream({ directory: '' }), /streams\.dead\.directory: .*is empty/],
    ['a stream above the location', stream({ directory: '../x' }), /streams\.dead\.directory: .*'\.\.'/],
    [
      'a stream in the log',
      stream({ directory: '_multi_output/task-00000' }),
      /streams\.dead\.directory: .*commit log/,
    ],
    ['a stream with a colon', stream({ directory: 'a:b' }), /streams\.dead\.directory: .*colon/],
    ['a stream whose format is none', stream({ format: {} }), /streams\.dead\.format: /],
    ['hooks that are none', { hooks: 'commit' }, /hooks: must be an object/],
    [
      'a connection for a file system at hand',
      { fileSystem: new MemoryFileSystem(), connection: {} },
      /connection: it is for the file system that location selects/,
    ],
  ])('%s', (_what, options, complaint) => {
    expect(() => check(options)).toThrow(expect.objectContaining({ code: 'WRONG_OPTIONS' }))
    expect(() => check(options)).toThrow(complaint)
    expect(() => check(options)).toThrow(/^MultiOutput\.open: /)
  })
})

test('a file system at hand needs no location, and a stream may be hidden from readers', () => {
  expect(() => check({ fileSystem: new MemoryFileSystem(), location: undefined })).not.toThrow()
  expect(() => check(stream({ directory: '_dead/letters' }))).not.toThrow()
})
