// What becomes of an upload: whole, cut, silent, two at once.
import { expect } from 'vitest'
import type { AssumptionCase } from './assumption-case.js'
import {
  appending,
  bytesOf,
  done,
  expectContent,
  expectPrefix,
  expectRefused,
  fileWith,
  joined,
  untilClosed,
} from './assumption-case.js'
import type { AssumptionsDriver, OpenUpload } from './driver.js'

const old = bytesOf(1_000, 'old')
const sent = bytesOf(300_000, 'sent')

/** HDFS's soft limit of a lease is 60 s, and so is the idle time of HttpFS. */
const pastSoftLimitMs = 66_000

/** A client that was stopped, or whose network has gone, while it appended. */
async function vanishedAppend(driver: AssumptionsDriver): Promise<{ path: string; upload: OpenUpload }> {
  const path = await fileWith(driver, 'a', old)
  return { path, upload: await appending(driver, path, sent) }
}

export const uploadCases: readonly AssumptionCase[] = [
  {
    title: 'H5 a CREATE or APPEND that is answered is closed, whole and readable',
    async run(driver) {
      const path = await fileWith(driver, 'a', old)
      expect(done(await driver.isOpen(path))).toBe(false)
      await expectContent(driver, path, old)
      done(await driver.append(path, sent))
      expect(done(await driver.isOpen(path))).toBe(false)
      expect((await driver.stat(path))?.length).toBe(old.length + sent.length)
      await expectContent(driver, path, joined(old, sent))
    },
  },
  {
    title: 'H6 an APPEND that is cut closes the file soon, at a prefix of what was sent',
    async run(driver) {
      const { path, upload } = await vanishedAppend(driver)
      await upload.cut()
      await untilClosed(driver, path)
      await expectPrefix(driver, path, joined(old, sent), old.length)
      // It is nobody's now.
      const { length } = (await driver.stat(path))!
      done(await driver.append(path, old))
      await expectContent(driver, path, joined(joined(old, sent).subarray(0, length), old))
    },
  },
  {
    title: 'H6 a CREATE that is cut leaves a file with a prefix of what was sent',
    async run(driver) {
      const path = `${driver.directory}/a`
      const upload = done(await driver.openCreate(path, sent))
      await upload.cut()
      await untilClosed(driver, path)
      await expectPrefix(driver, path, sent, 0)
    },
  },
  {
    title: 'H7 while a silent client holds a file open, APPEND, TRUNCATE and CREATE are refused, and so is CONCAT',
    async run(driver) {
      const { path, upload } = await vanishedAppend(driver)
      const other = await fileWith(driver, 'other', old)
      const silent = await upload.vanish()
      expectRefused(driver, await driver.append(path, old), 'AlreadyBeingCreatedException')
      expectRefused(driver, await driver.truncate(path, old.length), 'AlreadyBeingCreatedException')
      expectRefused(driver, await driver.create(path, old), [
        'AlreadyBeingCreatedException',
        'FileAlreadyExistsException',
      ])
      const asTarget = await driver.concat(path, [other])
      expectRefused(driver, asTarget, 'HadoopIllegalArgumentException', /target file .* is under construction/)
      const asSource = await driver.concat(other, [path])
      expectRefused(driver, asSource, 'HadoopIllegalArgumentException', /source file .* underConstruction/)
      await expectContent(driver, other, old)
      await silent.end()
      await untilClosed(driver, path)
      await expectPrefix(driver, path, joined(old, sent), old.length)
    },
  },
  {
    title: 'H8 a file that is open reads as what was there before and a prefix of what was sent',
    async run(driver) {
      const { path, upload } = await vanishedAppend(driver)
      await upload.vanish()
      expect(done(await driver.isOpen(path))).toBe(true)
      await expectPrefix(driver, path, joined(old, sent), old.length)
    },
  },
  {
    title: 'H8 the length of an open file says nothing: anything up to the true one',
    async run(driver) {
      const path = `${driver.directory}/a`
      const upload = done(await driver.openCreate(path, sent))
      expect((await driver.stat(path))?.length).toBeLessThanOrEqual(sent.length)
      expect(done(await driver.isOpen(path))).toBe(true)
      done(await upload.finish())
      expect(done(await driver.isOpen(path))).toBe(false)
      expect((await driver.stat(path))?.length).toBe(sent.length)
    },
  },
  {
    title: 'H9 a silent client does not keep its file from being renamed, deleted or replaced',
    async run(driver) {
      const { path, upload } = await vanishedAppend(driver)
      const silent = await upload.vanish()
      const renamed = `${driver.directory}/b`
      expect(done(await driver.rename(path, renamed, 'plain'))).toBe(true)
      expect(done(await driver.isOpen(renamed))).toBe(true)
      // What a takeover does: copy the part that counts, publish the copy, delete the original.
      const prefix = done(await driver.read(renamed)).subarray(0, old.length)
      const copy = await fileWith(driver, 'copy', prefix)
      expect(done(await driver.delete(renamed, 'file-or-empty-directory'))).toBe(true)
      expect(done(await driver.rename(copy, renamed, 'plain'))).toBe(true)
      await silent.end()
      await expectContent(driver, renamed, old)
      expect(await driver.stat(path)).toBeNull()
    },
  },
  {
    title: 'H10 a silent client keeps its lease past the soft limit of 60 s, for as long as its connection stands',
    pace: 'slow',
    applies: ({ idleUploads }) => idleUploads === 'kept',
    async run(driver) {
      const { path, upload } = await vanishedAppend(driver)
      const silent = await upload.vanish()
      await driver.wait(pastSoftLimitMs)
      expectRefused(driver, await driver.append(path, old), 'AlreadyBeingCreatedException')
      expectRefused(driver, await driver.truncate(path, old.length), 'AlreadyBeingCreatedException')
      expect(done(await driver.isOpen(path))).toBe(true)
      const renamed = `${driver.directory}/b`
      expect(done(await driver.rename(path, renamed, 'plain'))).toBe(true)
      await silent.end()
      await untilClosed(driver, renamed)
      await expectPrefix(driver, renamed, joined(old, sent), old.length)
    },
  },
  {
    title: 'H10 an upload may be idle for longer than 60 s, and go on',
    pace: 'slow',
    applies: ({ idleUploads }) => idleUploads === 'kept',
    async run(driver) {
      const { path, upload } = await vanishedAppend(driver)
      await driver.wait(pastSoftLimitMs)
      await upload.write(sent)
      done(await upload.finish())
      await expectContent(driver, path, joined(old, sent, sent))
    },
  },
  {
    title: 'H33 HttpFS ends an upload that is idle for 60 s, and closes its file at a prefix',
    pace: 'slow',
    applies: ({ idleUploads }) => idleUploads === 'ended',
    async run(driver) {
      const { path, upload } = await vanishedAppend(driver)
      await driver.wait(pastSoftLimitMs)
      await untilClosed(driver, path)
      await expectPrefix(driver, path, joined(old, sent), old.length)
      await upload.write(sent)
      expect(await upload.finish()).not.toHaveProperty('value')
      await expectPrefix(driver, path, joined(old, sent), old.length)
    },
  },
  {
    title: 'H11 of two APPENDs at once the second is refused; after the first it is taken, at whatever length it finds',
    async run(driver) {
      const { path, upload } = await vanishedAppend(driver)
      expectRefused(driver, await driver.append(path, old), 'AlreadyBeingCreatedException')
      done(await upload.finish())
      done(await driver.append(path, old))
      await expectContent(driver, path, joined(old, sent, old))
    },
  },
  {
    title: 'H12 CREATE takes a name at once and exclusively; the content follows',
    async run(driver) {
      const path = `${driver.directory}/a`
      const upload = done(await driver.openCreate(path, sent))
      expect(await driver.stat(path)).toMatchObject({ isDirectory: false })
      expectRefused(driver, await driver.create(path, old), [
        'AlreadyBeingCreatedException',
        'FileAlreadyExistsException',
      ])
      done(await upload.finish())
      expectRefused(driver, await driver.create(path, old), 'FileAlreadyExistsException')
      await expectContent(driver, path, sent)
    },
  },
]
