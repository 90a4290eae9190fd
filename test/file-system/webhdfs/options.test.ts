// Options that are none are refused by name; the location that is shown has no secrets.
import { expect, test } from 'vitest'
import {
  resolveOptions,
  shownLocation,
  WEBHDFS_LIMITS,
  type WebHdfsOptions,
} from '../../../src/file-system/webhdfs/options.js'

const good: WebHdfsOptions = {
  scheme: 'webhdfs',
  namenodes: [
    { host: 'nn1', port: 9870 },
    { host: '::1', port: 9871 },
  ],
  root: '/data/events/',
  user: 'etl',
  delegationToken: 'secret',
  headers: { Cookie: 'secret' },
}

test('the location, for people', () => {
  expect(shownLocation(resolveOptions(good))).toBe('webhdfs://nn1:9870,[::1]:9871/data/events')
  expect(shownLocation(resolveOptions({ ...good, root: '/', scheme: 'httpfs' }))).toBe('httpfs://nn1:9870,[::1]:9871/')
})

test('defaults, and what replaces them', () => {
  expect(resolveOptions(good)).toMatchObject(WEBHDFS_LIMITS)
  expect(resolveOptions({ ...good, connectionsMax: 7 })).toMatchObject({ connectionsMax: 7 })
  expect(resolveOptions({ ...good, syncedCreateBytesMax: 0 })).toMatchObject({ syncedCreateBytesMax: 0 })
  expect(resolveOptions(good)).toMatchObject({ root: '/data/events', secure: false, httpFs: false })
  expect(resolveOptions({ ...good, scheme: 'httpfss' })).toMatchObject({ secure: true, httpFs: true })
})

test.each(Object.keys(WEBHDFS_LIMITS))('%s must be a whole number', (name) => {
  for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5']) {
    expect(() => resolveOptions({ ...good, [name]: value })).toThrow(new RegExp(`^${name} `))
  }
})

test.each([
  [{ scheme: 'http' }, 'scheme'],
  [{ namenodes: [] }, 'namenodes'],
  [{ namenodes: [{ host: '', port: 1 }] }, 'host'],
  [{ namenodes: [{ host: 'a', port: 0 }] }, 'port'],
  [{ namenodes: [{ host: 'a', port: 65_536 }] }, 'port'],
  [{ root: 'data' }, 'root'],
  [{ root: '/a/../b' }, 'root'],
  [{ root: '/a//b' }, 'root'],
  [{ root: '/a/12:30' }, 'root'],
  [{ root: '/a\0' }, 'root'],
  [{ prefix: 'gateway' }, 'prefix'],
])('%j', (wrong, message) => {
  expect(() => resolveOptions({ ...good, ...(wrong as Partial<WebHdfsOptions>) })).toThrow(message)
  expect(() => resolveOptions({ ...good, ...(wrong as Partial<WebHdfsOptions>) })).toThrow(TypeError)
})
