// The operating system's limits as they really are: a full disk, no descriptors left, a disk or user that may not write.
import { spawnSync } from 'node:child_process'
import * as nodeFileSystem from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { startChild } from './children/start-child.js'
import { scratchDirectory } from './scratch-location.js'

const mayMount = spawnSync('unshare', ['--map-root-user', '--mount', 'true']).status === 0
const isRoot = process.getuid?.() === 0
const NOBODY = '65534'

/** A child whose `directory` is a small disk of its own, which vanishes with the child. */
function onSmallDisk(script: string, directory: string, mountOptions: string): ReturnType<typeof startChild> {
  const mount = `mount -t tmpfs -o ${mountOptions} small "$0" && exec "$@"`
  const before = ['unshare', '--map-root-user', '--mount', 'sh', '-c', mount, directory]
  return startChild(script, [directory], { before })
}

describe.skipIf(!mayMount)('on a mount of our own (needs user namespaces)', () => {
  test('a full disk is NO_SPACE; what is known not to have happened is said so; afterwards it goes on', async () => {
    const report = await onSmallDisk('full-disk', await scratchDirectory(), 'size=256k').next()
    const full = { code: 'NO_SPACE', retry: 'later' }
    expect(report).toEqual({
      create: { ...full, outcome: 'unknown', operation: 'create', path: 'big' },
      // The disk was full before the first byte, so none was written.
      appendToFull: { ...full, outcome: 'not-applied', operation: 'append', path: 'grows' },
      unchanged: true,
      deleted: 'deleted',
      append: { ...full, outcome: 'unknown', operation: 'append', path: 'grows' },
      upload: { ...full, outcome: 'unknown', operation: 'create', path: 'streamed' },
      truncated: 'done',
      afterwards: 8,
    })
  })

  test('a disk that is mounted read-only is PERMISSION and says so', async () => {
    const directory = await scratchDirectory()
    const before = `mount -t tmpfs small "$0" && echo text > "$0/file" && mount -o remount,ro "$0" && exec "$@"`
    const unshare = ['unshare', '--map-root-user', '--mount', 'sh', '-c', before, directory]
    const report = await startChild('other-user', [directory, '0'], { before: unshare }).next<{
      [operation: string]: string
      read: string
    }>()
    for (const change of ['create', 'createWithParents', 'append', 'truncate', 'rename', 'claim', 'delete', 'mkdirs']) {
      expect(report[change], change).toBe('PERMISSION not-applied never')
    }
    expect(report.read).toBe('done text')
  })
})

test('without descriptors everything is UNAVAILABLE, to be tried later, and then it goes on', async () => {
  const directory = await scratchDirectory()
  // Node raises the soft limit to the hard one as it starts.
  const before = ['sh', '-c', 'ulimit -n 64 && exec "$@"', 'sh']
  const report = await startChild('few-descriptors', [directory], { before }).next()
  const refused = 'UNAVAILABLE not-applied later'
  expect(report).toEqual({
    meanwhile: {
      create: refused,
      append: refused,
      read: refused,
      truncate: refused,
      list: refused,
      rename: 'UNAVAILABLE unknown later',
    },
    afterwards: { create: 'done', rename: 'done', read: 'a' },
  })
})

test.skipIf(!isRoot)('what the user may not do is PERMISSION, and nothing happened (needs root)', async () => {
  const directory = await scratchDirectory()
  await nodeFileSystem.chmod(directory, 0o755)
  await nodeFileSystem.writeFile(`${directory}/file`, 'text')
  await nodeFileSystem.writeFile(`${directory}/secret`, 'text', { mode: 0o600 })
  await nodeFileSystem.mkdir(`${directory}/directory`)
  await nodeFileSystem.mkdir(`${directory}/locked`, { mode: 0o700 })
  const report = await startChild('other-user', [directory, NOBODY]).next()
  const refused = 'PERMISSION not-applied never'
  expect(report).toEqual({
    create: refused,
    createWithParents: refused,
    append: refused,
    truncate: refused,
    rename: refused,
    claim: refused,
    delete: refused,
    // It is taken apart entry by entry, so how far it got is not said.
    deleteAll: 'PERMISSION unknown never',
    mkdirs: refused,
    mkdirsThere: 'done',
    read: 'done text',
    readSecret: refused,
    statBelowSecret: refused,
  })
  expect((await nodeFileSystem.readdir(directory)).sort()).toEqual(['directory', 'file', 'locked', 'secret'])
})
