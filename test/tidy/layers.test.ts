import { describe, expect, test } from 'vitest'
import { checkLayers } from './layers.js'
import { placesOf, planted } from './planted.js'

/** The findings' messages for one file that imports `specifier` on its second line. */
function messagesFor(path: string, specifier: string): string[] {
  const findings = checkLayers(planted({ [path]: `// one job\nimport type { X } from '${specifier}'\n` }))
  for (const place of placesOf(findings)) expect(place).toBe(`${path}:2`)
  return findings.map(({ message }) => message)
}

describe('downwards is allowed', () => {
  test.each([
    ['src/cli/main.ts', '../pipeline/pipeline.js'],
    ['src/cli/run.ts', '../model/clock.js'],
    ['src/cli/run.ts', './flags.js'],
    ['src/pipeline/pipeline.ts', '../source/source.js'],
    ['src/pipeline/pipeline.ts', '../sink/sink.js'],
    ['src/sink/multi-output.ts', '../multi-output.js'],
    ['src/multi-output.ts', './engine/committer.js'],
    ['src/multi-output.ts', './options.js'],
    ['src/engine/committer.ts', '../protocol/fold.js'],
    ['src/engine/committer.ts', '../file-system/file-system.js'],
    ['src/engine/committer.ts', 'node:timers/promises'],
    ['src/protocol/fold.ts', '../model/log-record.js'],
    ['src/protocol/fold.ts', 'node:assert/strict'],
    ['src/protocol/fold.ts', 'valibot'],
    ['src/file-system/file-system.ts', '../model/clock.js'],
    ['src/index.ts', './multi-output.js'],
    ['src/testing/index.ts', '../file-system/memory.js'],
    ['test/engine/committer.test.ts', '../../src/index.js'],
  ])('%s imports %s', (path, specifier) => expect(messagesFor(path, specifier)).toEqual([]))
})

describe('upwards and sideways is not', () => {
  test.each([
    ['src/pipeline/pipeline.ts', '../cli/main.js', 'pipeline may not import cli'],
    ['src/source/kafka.ts', '../sink/sink.js', 'source may not import sink'],
    ['src/sink/sink.ts', '../source/source.js', 'sink may not import source'],
    ['src/multi-output.ts', './sink/sink.js', 'multi-output may not import sink'],
    ['src/engine/committer.ts', '../multi-output.js', 'engine may not import multi-output'],
    ['src/engine/committer.ts', '../options.js', 'engine may not import options'],
    ['src/protocol/fold.ts', '../engine/committer.js', 'protocol may not import engine'],
    ['src/protocol/fold.ts', '../file-system/file-system.js', 'protocol may not import file-system'],
    ['src/model/record.ts', '../protocol/fold.js', 'model may not import protocol'],
    ['src/errors.ts', './model/record.js', 'errors may not import model'],
    ['src/file-system/memory.ts', '../protocol/fold.js', 'file-system may not import protocol'],
    ['src/format/text.ts', '../partitioner/partitioner.js', 'format may not import partitioner'],
    ['src/format/text.ts', '../file-system/file-system.js', 'format may not import file-system'],
    ['src/engine/committer.ts', '../index.js', 'engine may not import index'],
    ['src/index.ts', './cli/main.js', 'index may not import cli'],
    ['src/index.ts', './testing/index.js', 'index may not import testing'],
    ['src/testing/index.ts', '../engine/committer.js', 'testing may not import engine'],
    ['src/engine/committer.ts', '../../test/cluster/cluster.js', 'src imports nothing from outside src'],
    ['src/protocol/fold.ts', 'node:fs/promises', 'protocol decides and does no I/O'],
    ['src/model/clock.ts', 'node:timers', 'model decides and does no I/O'],
  ])('%s imports %s', (path, specifier, message) => {
    expect(messagesFor(path, specifier)).toEqual([expect.stringContaining(message)])
  })

  test.each([
    `import { x } from '../cli/x.js'`,
    `export { x } from '../cli/x.js'`,
    `export * from '../cli/x.js'`,
    `const x = await import('../cli/x.js')`,
    `type X = import('../cli/x.js').X`,
  ])('in the form %s', (text) => {
    expect(placesOf(checkLayers(planted({ 'src/engine/a.ts': `${text}\n` })))).toEqual(['src/engine/a.ts:1'])
  })
})

describe('adapters know their port and nothing else', () => {
  test.each([
    ['src/file-system/memory.ts', './file-system.js'],
    ['src/file-system/local/append.ts', '../file-system.js'],
    ['src/file-system/local/append.ts', './fsync.js'],
    ['src/file-system/webhdfs.ts', './webhdfs/append.js'],
    ['src/file-system/layers/retry.ts', '../path.js'],
    ['src/file-system/open.ts', './webhdfs/webhdfs.js'],
    ['src/format/text.ts', './compression.js'],
    ['src/partitioner/by-fields.ts', './path-escaping.js'],
  ])('%s may import %s', (path, specifier) => expect(messagesFor(path, specifier)).toEqual([]))

  test.each([
    ['src/file-system/memory.ts', './local/fsync.js'],
    ['src/file-system/local/append.ts', '../webhdfs/append.js'],
    ['src/file-system/layers/retry.ts', '../memory.js'],
    ['src/file-system/file-system.ts', './memory.js'],
    ['src/file-system/memory.ts', './open.js'],
    ['src/format/csv.ts', './text.js'],
    ['src/source/kafka.ts', './lines.js'],
  ])('%s may not import %s', (path, specifier) => {
    expect(messagesFor(path, specifier)).toEqual([expect.stringContaining('adapters know their port')])
  })
})

test('a file or folder of src that has no layer is found', () => {
  const findings = checkLayers(planted({ 'src/metrics/prometheus.ts': '', 'src/logger.ts': '' }))
  expect(placesOf(findings)).toEqual(['src/metrics/prometheus.ts:1', 'src/logger.ts:1'])
})
