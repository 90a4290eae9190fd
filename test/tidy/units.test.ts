import { describe, expect, test } from 'vitest'
import { placesOf, planted } from './planted.js'
import { checkUnits, withUnit } from './units.js'

describe('names', () => {
  test.each([
    ['timeout', 'timeoutMs'],
    ['size', 'sizeBytes'],
    ['connectTimeout', 'connectTimeoutMs'],
    ['maxFileSize', 'maxFileSizeBytes'],
    ['fileSizeMax', 'fileSizeBytesMax'],
    ['TIMEOUT', 'timeoutMs'],
    ['RETRY_DELAY_DEFAULT', 'retryDelayMsDefault'],
    ['commit-interval', 'commitIntervalMs'],
    ['cacheTTL', 'cacheTtlMs'],
    ['fileAge', 'fileAgeMs'],
    ['retryDelays', 'retryDelaysMs'],
  ])('%s lacks a unit: %s', (name, better) => expect(withUnit(name)).toBe(better))

  test.each([
    ...['fooTimeoutMs', 'fileSizeBytesMax', 'delaySeconds', 'TTL_MS', 'timeoutSignal', 'isDelayed'],
    ...['length', 'image', 'storage', 'max', 'resize', 'sizeOf', ''],
  ])('%s lacks none', (name) => expect(withUnit(name)).toBeUndefined())
})

describe('declarations that are caught', () => {
  test.each([
    'interface A { readonly timeout?: number }',
    'type A = { size: number | undefined }',
    'type A = { nested: { pollInterval: bigint } }',
    'type A = { timeouts: number[] }',
    `interface A { 'max-age': string }`,
    'class A { delay = 5 }',
    'class A { #size = 0 }',
    'class A { get size(): number { return 0 } }',
    'function f(timeout: number): void {}',
    'function f({ timeout }: { timeoutMs: number }): void {}',
    'const f = (ttl = 5) => ttl',
    'const fileSize = 5',
    'const { size } = stat()',
    'for (const age of ages()) f(age)',
    'const options = v.strictObject({ timeout: v.pipe(v.number(), v.minValue(1)) })',
    `parseArgs({ options: { 'commit-interval': { type: 'string' } } })`,
  ])('%s', (text) => {
    expect(placesOf(checkUnits(planted({ 'src/a.ts': `// one job\n${text}\n` })))).toEqual(['src/a.ts:2'])
  })
})

describe('what is none of ours, or no quantity', () => {
  test.each([
    'const lengthBytes = (await stat(path)).size',
    'const { size: lengthBytes } = await stat(path)',
    'request({ timeout: 5, maxSockets: 3 })',
    'pool.size = 5',
    'let timeout: NodeJS.Timeout | undefined',
    'const timeout = setTimeout(f, 5)',
    'interface A { delay: (ms: number) => Promise<void> }',
    'const delay = (ms: number) => sleep(ms)',
    'function delay(ms: number): void {}',
    'class A { size(): number { return 0 } }',
    'interface A { interval: OffsetRange }',
    `declare module 'untyped' { interface Options { timeout: number } }`,
    `import { setTimeout as delay } from 'node:timers/promises'`,
    'interface A { blockSize: number } // foreign name: WebHDFS',
    '// foreign name: WebHDFS\ninterface A { blockSize: number }',
    `const text = 'timeout: number'`,
  ])('%s', (text) => expect(checkUnits(planted({ 'src/a.ts': `${text}\n` }))).toEqual([]))
})

test('the finding says what to call it', () => {
  const [finding] = checkUnits(planted({ 'src/a.ts': 'const uploadTimeoutMax = 5\n' }))
  expect(finding).toEqual({
    path: 'src/a.ts',
    line: 1,
    message: '"uploadTimeoutMax" says no unit: uploadTimeoutMsMax, for example',
  })
})
