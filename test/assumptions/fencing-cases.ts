// What a name is worth: which requests a rename, a delete or a replacement keeps from touching a file, and which not.
import { expect } from 'vitest'
import type { AssumptionCase } from './assumption-case.js'
import {
  appending,
  bytesOf,
  done,
  expectContent,
  expectRefused,
  expectTakenAway,
  fileWith,
  joined,
  untilClosed,
} from './assumption-case.js'

const old = bytesOf(1_000, 'old')
const late = bytesOf(300_000, 'late')

export const fencingCases: readonly AssumptionCase[] = [
  {
    title: 'H1 a rename fences an APPEND that has not begun',
    async run(driver) {
      const path = await fileWith(driver, 'a', old)
      const held = await driver.hold({ kind: 'append', path, bytes: late })
      expect(done(await driver.rename(path, `${driver.directory}/b`, 'plain'))).toBe(true)
      expectRefused(driver, await held.deliver(), 'FileNotFoundException')
      expect(await driver.stat(path)).toBeNull()
      expect(done(await driver.isOpen(`${driver.directory}/b`))).toBe(false)
      await expectContent(driver, `${driver.directory}/b`, old)
    },
  },
  {
    title: 'H1 a rename fences a TRUNCATE that has not begun',
    async run(driver) {
      const path = await fileWith(driver, 'a', old)
      const held = await driver.hold({ kind: 'truncate', path, length: 10 })
      expect(done(await driver.rename(path, `${driver.directory}/b`, 'plain'))).toBe(true)
      expectRefused(driver, await held.deliver(), 'FileNotFoundException')
      await expectContent(driver, `${driver.directory}/b`, old)
    },
  },
  {
    title: 'H1 a rename fences a CONCAT that has not begun, by its target as by its source',
    async run(driver) {
      const target = await fileWith(driver, 'target', old)
      const source = await fileWith(driver, 'source', late)
      const toTarget = await driver.hold({ kind: 'concat', target, sources: [source] })
      done(await driver.rename(target, `${target}2`, 'plain'))
      expectRefused(driver, await toTarget.deliver(), 'FileNotFoundException')
      const ofSource = await driver.hold({ kind: 'concat', target: `${target}2`, sources: [source] })
      done(await driver.rename(source, `${source}2`, 'plain'))
      expectRefused(driver, await ofSource.deliver(), 'FileNotFoundException')
      await expectContent(driver, `${target}2`, old)
      await expectContent(driver, `${source}2`, late)
    },
  },
  {
    title: 'H2 without a rename, a file that reads closed and unchanged grows by an APPEND that was on its way',
    async run(driver) {
      const path = await fileWith(driver, 'a', old)
      const held = await driver.hold({ kind: 'append', path, bytes: late })
      expect(done(await driver.isOpen(path))).toBe(false)
      expect((await driver.stat(path))?.length).toBe(old.length)
      done(await held.deliver())
      await expectContent(driver, path, joined(old, late))
    },
  },
  {
    title: 'H2 a RENAME that was on its way lands on a name that has become free meanwhile',
    async run(driver) {
      const source = await fileWith(driver, 'temp', late)
      const destination = await fileWith(driver, 'log', old)
      const held = await driver.hold({ kind: 'rename', source, destination, mode: 'plain' })
      done(await driver.delete(destination, 'file-or-empty-directory'))
      expect(done(await held.deliver())).toBe(true)
      await expectContent(driver, destination, late)
    },
  },
  {
    title: 'H3 a rename does not stop an upload that has begun: its bytes land in the renamed file',
    async run(driver) {
      const path = await fileWith(driver, 'a', old)
      const upload = await appending(driver, path, late)
      expect(done(await driver.rename(path, `${driver.directory}/b`, 'plain'))).toBe(true)
      await upload.write(late)
      expectRefused(driver, await driver.append(path, old), 'FileNotFoundException')
      done(await upload.finish())
      expect(await driver.stat(path)).toBeNull()
      await expectContent(driver, `${driver.directory}/b`, joined(old, late, late))
    },
  },
  {
    title: 'H3 the rename of a parent directory does not stop it either',
    async run(driver) {
      done(await driver.mkdirs(`${driver.directory}/d`))
      const path = await fileWith(driver, 'd/a', old)
      const upload = await appending(driver, path, late)
      done(await driver.rename(`${driver.directory}/d`, `${driver.directory}/e`, 'plain'))
      done(await upload.finish())
      await expectContent(driver, `${driver.directory}/e/a`, joined(old, late))
    },
  },
  {
    title: 'H3 after a rename the file tells that it is open, and when it is closed it has what it will ever have',
    async run(driver) {
      const path = await fileWith(driver, 'a', old)
      const upload = await appending(driver, path, late)
      const renamed = `${driver.directory}/b`
      done(await driver.rename(path, renamed, 'plain'))
      expect(done(await driver.isOpen(renamed))).toBe(true)
      await upload.cut()
      await untilClosed(driver, renamed)
      const { length } = (await driver.stat(renamed))!
      await expectContent(driver, renamed, joined(old, late).subarray(0, length))
    },
  },
  {
    title: 'H4 DELETE ends an open APPEND: the upload is refused, nothing of it appears',
    async run(driver) {
      const path = await fileWith(driver, 'a', old)
      const upload = await appending(driver, path, late)
      expect(done(await driver.delete(path, 'file-or-empty-directory'))).toBe(true)
      expectTakenAway(driver, await upload.finish())
      expect(await driver.stat(path)).toBeNull()
    },
  },
  {
    title: 'H4 DELETE of a directory ends an open CREATE below it, and a new file of that name is another one',
    async run(driver) {
      done(await driver.mkdirs(`${driver.directory}/d`))
      const path = `${driver.directory}/d/a`
      const upload = done(await driver.openCreate(path, late))
      expect(done(await driver.delete(`${driver.directory}/d`, 'tree'))).toBe(true)
      done(await driver.create(path, old))
      expectTakenAway(driver, await upload.finish())
      await expectContent(driver, path, old)
    },
  },
  {
    title: 'H4 RENAME OVERWRITE ends an upload that is open on the file that it replaces',
    applies: ({ options }) => options === 'honoured',
    async run(driver) {
      const path = await fileWith(driver, 'a', old)
      const copy = await fileWith(driver, 'copy', bytesOf(500, 'copy'))
      const upload = await appending(driver, path, late)
      expect(done(await driver.rename(copy, path, 'overwrite'))).toBe(true)
      expectTakenAway(driver, await upload.finish())
      await expectContent(driver, path, bytesOf(500, 'copy'))
      expect(done(await driver.isOpen(path))).toBe(false)
    },
  },
]
