import { expect, test } from 'vitest'
import { checkConfig, fillIn, parseYaml } from '../../../src/cli/config/load.js'

// As it stands in the documents: from here on it may grow, not change.
const fixed = `
source:
  kafka: { brokers: [127.0.0.1:9092], topics: [events], groupId: events, fromBeginning: true }
sink:
  location: webhdfs://127.0.0.1:9870/data/events
  user: root
  job: events
  taskCount: 1
  mode: append
  visibility: live
  partitioner: [{ field: key }]
  format: { text: { prefixId: true } }
  compression: none
  roll: { fileSizeBytesMax: 1073741824, idleMsMax: 600000 }
commit: { intervalMs: 10000 }
badRecords: { deadLetterDirectory: _dead }
`

function complaint(yaml: string): string {
  try {
    checkConfig(fillIn(parseYaml(yaml, 'c.yaml'), { SET: 'set' }), 'c.yaml')
  } catch (error) {
    expect((error as Error).name).toBe('UsageError')
    return (error as Error).message
  }
  return 'none'
}

test('the documented configuration is one', () => expect(complaint(fixed)).toBe('none'))

test.each([
  ['malformed', 'source: [', /^c\.yaml: .*at line 1, column 10/],
  ['a key twice', 'sink: {}\nsink: {}', /^c\.yaml: Map keys must be unique at line 2/],
  ['no mapping', '- 1', /^c\.yaml: is no mapping/],
  ['nothing', '', /^c\.yaml: is no mapping/],
  [
    'a slip',
    fixed.replace('fileSizeBytesMax', 'fileSizeByteMax'),
    /sink\.roll\.fileSizeByteMax: unknown; did you mean fileSizeBytesMax\?/,
  ],
  ['another case', fixed.replace('taskCount', 'taskcount'), /sink\.taskcount: unknown; did you mean taskCount\?/],
  [
    'nothing near',
    fixed.replace('commit:', 'flushing:'),
    /flushing: unknown; known here: source, sink, commit, badRecords/,
  ],
  [
    'of a list',
    fixed.replace('{ field: key }', '{ fields: key }'),
    /sink\.partitioner\.0\.fields: unknown; did you mean field\?/,
  ],
  ['a wrong type', fixed.replace('taskCount: 1', 'taskCount: many'), /sink\.taskCount: .*number/],
  ['two sources', fixed.replace('source:', 'source:\n  stdin: {}'), /source: name one source/],
  ['two formats', fixed.replace('{ text: {', '{ jsonLines: {}, text: {'), /sink\.format: name one format/],
  ['no job', fixed.replace('  job: events\n', ''), /sink\.job: is missing; it must be a text$/],
  [
    'an interval of nothing',
    fixed.replace('intervalMs: 10000', 'intervalMs: 0'),
    /commit\.intervalMs: must be more than 0$/,
  ],
  ['no task', fixed.replace('taskCount: 1', 'taskCount: 0'), /sink\.taskCount: must be at least 1$/],
  ['an empty text', fixed.replace('job: events', "job: ''"), /sink\.job: must not be empty$/],
  [
    'a list for a mapping',
    fixed.replace(/roll: .*/, 'roll: []'),
    /sink\.roll: must be a mapping, as in .*, not a list$/,
  ],
  [
    'two slips',
    fixed.replace('taskCount', 'taskcount').replace('user', 'usr'),
    /sink\.usr: unknown; did you mean user\?\n.*sink\.taskcount: unknown; did you mean taskCount\?$/,
  ],
  [
    'no broker',
    fixed.replace('brokers: [127.0.0.1:9092], ', ''),
    /kafka\.brokers: is missing; it must be a list, as in/,
  ],
  [
    'TLS of a number',
    fixed.replace('brokers:', 'ssl: 7, brokers:'),
    /source\.kafka\.ssl: must be true, false, or a mapping of caFile/,
  ],
  [
    'another mode',
    fixed.replace('mode: append', 'mode: upend'),
    /sink\.mode: must be append or new-file or concat, not the text "upend"$/,
  ],
  [
    'no location',
    fixed.replace(/ {2}location: .*\n/, ''),
    /sink\.location: is missing; it must be a text, or a list of texts$/,
  ],
  ['a mapping as location', fixed.replace(/location: .*/, 'location: {}'), /sink\.location: must be a text, or a list/],
  [
    'a number for a text',
    fixed.replace('job: events', 'job: 7'),
    /sink\.job: must be a text, not the number 7: write it in quotes, "7"$/,
  ],
  [
    'a word for a mapping',
    fixed.replace('{ text: { prefixId: true } }', 'text'),
    /sink\.format: must be a mapping, as in .*, not the text "text"$/,
  ],
  [
    'nothing for a number',
    fixed.replace('taskCount: 1', 'taskCount:'),
    /sink\.taskCount: must be a number, not nothing$/,
  ],
  [
    'half a task',
    fixed.replace('taskCount: 1', 'taskCount: 1.5'),
    /sink\.taskCount: must be a whole number, not the number 1\.5$/,
  ],
  ['another prefix', fixed.replace('prefixId: true', 'prefixId: 1'), /prefixId: must be true, false or withTopic$/],
  [
    'not set',
    fixed.replace('user: root', `user: \${NOT_SET}`),
    /^sink\.user: the environment variable NOT_SET is not set/,
  ],
  ['set', fixed.replace('user: root', `user: \${SET}`), /^none$/],
])('%s', (_what, yaml, expected) => expect(complaint(yaml)).toMatch(expected))

test('a variable is filled in wherever a text stands, once; two dollar signs are one', () => {
  expect(fillIn({ a: [`x\${A}y`], b: '$$', c: 1 }, { A: `\${B}` })).toEqual({ a: [`x\${B}y`], b: '$', c: 1 })
})
