import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isVersion, versionsByDefault, versionsFrom } from './versions.js'

test('without arguments all lines are tried, the oldest being what package.json promises', () => {
  expect(versionsFrom([])).toEqual(['20.18', '22', '24', '26'])
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { engines } = JSON.parse(manifest) as { engines: { node: string } }
  expect(engines.node).toBe(`>=${versionsByDefault[0]}`)
})

test('arguments choose, each version once', () => {
  expect(versionsFrom(['24', '20.18.1', '24'])).toEqual(['24', '20.18.1'])
})

test.each(['--watch', 'v24', 'latest', '24.x', '', '1.2.3.4'])('"%s" is refused', (name) => {
  expect(() => versionsFrom(['24', name])).toThrow(`"${name}" is no Node version`)
})

test.each(['18', '20.17', '20.9.0'])('%s is too old', (name) => {
  expect(() => versionsFrom([name])).toThrow(`Node ${name} is older than 20.18`)
})

test.each(['20', '20.18', '20.18.0', '20.20.2', '22', '26.10'])('%s is accepted', (name) => {
  expect(versionsFrom([name])).toEqual([name])
})

test('a binary is of the version asked for, or not', () => {
  expect(isVersion('v20.18.3\n', '20.18')).toBe(true)
  expect(isVersion('v20.18.3\n', '20.18.3')).toBe(true)
  expect(isVersion('v24.1.0\n', '24')).toBe(true)
  expect(isVersion('v20.1.0\n', '20.18')).toBe(false)
  expect(isVersion('v20.18.0', '20.1')).toBe(false)
  expect(isVersion('', '24')).toBe(false)
})
