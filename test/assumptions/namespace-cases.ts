// RENAME, CREATE, DELETE, MKDIRS and listings on files that nobody writes to.
import { expect } from 'vitest'
import type { AssumptionCase } from './assumption-case.js'
import { bytesOf, done, expectContent, expectRefused, fileWith } from './assumption-case.js'
import type { Traits } from './driver.js'

const one = bytesOf(1_000, 'one')
const two = bytesOf(2_000, 'two')
const contenders = 8
const listedFiles = 12

const honoursOptions = ({ options }: Traits): boolean => options === 'honoured'

export const namespaceCases: readonly AssumptionCase[] = [
  {
    title: 'H13 RENAME NONE never replaces: the existing file and the source stay',
    applies: honoursOptions,
    async run(driver) {
      const source = await fileWith(driver, 'a', one)
      const destination = await fileWith(driver, 'b', two)
      expectRefused(driver, await driver.rename(source, destination, 'none'), 'FileAlreadyExistsException')
      await expectContent(driver, source, one)
      await expectContent(driver, destination, two)
    },
  },
  {
    title: 'H13 of many contenders for one name, by RENAME NONE or plain, exactly one wins',
    async run(driver) {
      const mode = driver.traits.options === 'honoured' ? 'none' : 'plain'
      const names = Array.from({ length: contenders }, (_, n) => `temp-${n}`)
      const sources = await Promise.all(names.map((name) => fileWith(driver, name, bytesOf(100, name))))
      const destination = `${driver.directory}/log`
      const outcomes = await Promise.all(
        sources.map((source, n) => driver.rename(source, destination, n % 2 === 0 ? mode : 'plain')),
      )
      const winners = outcomes.flatMap((outcome, n) => ('value' in outcome && outcome.value ? [n] : []))
      expect(winners).toHaveLength(1)
      await expectContent(driver, destination, bytesOf(100, names[winners[0]!]!))
      const left = await Promise.all(sources.map((source) => driver.stat(source)))
      expect(left.filter((state) => state === null)).toHaveLength(1)
    },
  },
  {
    title: 'H13 RENAME NONE: a missing source and a missing parent of the destination are both FileNotFoundException',
    applies: honoursOptions,
    async run(driver) {
      const source = await fileWith(driver, 'a', one)
      const { directory } = driver
      const noSource = await driver.rename(`${directory}/none`, `${directory}/b`, 'none')
      expectRefused(driver, noSource, 'FileNotFoundException', /rename source .* is not found/)
      const noParent = await driver.rename(source, `${directory}/none/b`, 'none')
      expectRefused(driver, noParent, 'FileNotFoundException', /rename destination parent .* not found/)
      await expectContent(driver, source, one)
    },
  },
  {
    title:
      'H14 plain RENAME answers false on an existing file, a missing source and a missing parent, and does nothing',
    async run(driver) {
      const source = await fileWith(driver, 'a', one)
      const destination = await fileWith(driver, 'b', two)
      const { directory } = driver
      expect(done(await driver.rename(source, destination, 'plain'))).toBe(false)
      expect(done(await driver.rename(`${directory}/none`, `${directory}/c`, 'plain'))).toBe(false)
      expect(done(await driver.rename(source, `${directory}/none/c`, 'plain'))).toBe(false)
      await expectContent(driver, source, one)
      await expectContent(driver, destination, two)
      expect(done(await driver.list(directory))).toEqual(['a', 'b'])
    },
  },
  {
    title: 'H14 plain RENAME onto a directory moves into it',
    async run(driver) {
      const source = await fileWith(driver, 'a', one)
      done(await driver.mkdirs(`${driver.directory}/d`))
      expect(done(await driver.rename(source, `${driver.directory}/d`, 'plain'))).toBe(true)
      await expectContent(driver, `${driver.directory}/d/a`, one)
    },
  },
  {
    title: 'H15 RENAME OVERWRITE replaces a file',
    applies: honoursOptions,
    async run(driver) {
      const source = await fileWith(driver, 'a', one)
      const destination = await fileWith(driver, 'b', two)
      done(await driver.rename(source, destination, 'overwrite'))
      await expectContent(driver, destination, one)
      expect(await driver.stat(source)).toBeNull()
    },
  },
  {
    title:
      'H16 RENAME consumes its source and keeps the file: a repeat finds nothing to do, the id tells that it happened',
    async run(driver) {
      const source = await fileWith(driver, 'a', one)
      const destination = `${driver.directory}/b`
      const { fileId } = (await driver.stat(source))!
      expect(done(await driver.rename(source, destination, 'plain'))).toBe(true)
      expect(done(await driver.rename(source, destination, 'plain'))).toBe(false)
      if (honoursOptions(driver.traits)) {
        expectRefused(driver, await driver.rename(source, destination, 'none'), 'FileNotFoundException')
      }
      expect(await driver.stat(destination)).toEqual({ length: one.length, isDirectory: false, fileId })
    },
  },
  {
    title: 'H21 CREATE with createparent=false needs its parent, and makes none',
    applies: honoursOptions,
    async run(driver) {
      const path = `${driver.directory}/d/a`
      const refused = await driver.create(path, one, { parents: 'require' })
      expectRefused(driver, refused, 'FileNotFoundException', /Parent directory doesn't exist/)
      expect(await driver.stat(`${driver.directory}/d`)).toBeNull()
      done(await driver.mkdirs(`${driver.directory}/d`))
      done(await driver.create(path, one, { parents: 'require' }))
      await expectContent(driver, path, one)
    },
  },
  {
    title: 'H21 a CREATE with createparent=false that was on its way does not bring back a directory that was deleted',
    applies: honoursOptions,
    async run(driver) {
      const directory = `${driver.directory}/tmp`
      done(await driver.mkdirs(directory))
      const options = { parents: 'require' } as const
      const held = await driver.hold({ kind: 'create', path: `${directory}/a`, bytes: one, options })
      done(await driver.delete(directory, 'tree'))
      expectRefused(driver, await held.deliver(), 'FileNotFoundException')
      expect(await driver.stat(directory)).toBeNull()
    },
  },
  {
    title: 'H21 CREATE makes its parents where it is not told otherwise',
    async run(driver) {
      done(await driver.create(`${driver.directory}/d/e/a`, one))
      await expectContent(driver, `${driver.directory}/d/e/a`, one)
    },
  },
  {
    title: 'H22 DELETE answers false where nothing is, MKDIRS true where the directory is: neither tells who did it',
    async run(driver) {
      const path = await fileWith(driver, 'a', one)
      expect(done(await driver.delete(path, 'file-or-empty-directory'))).toBe(true)
      expect(done(await driver.delete(path, 'file-or-empty-directory'))).toBe(false)
      expect(done(await driver.mkdirs(`${driver.directory}/d/e`))).toBe(true)
      expect(done(await driver.mkdirs(`${driver.directory}/d/e`))).toBe(true)
      expectRefused(
        driver,
        await driver.delete(`${driver.directory}/d`, 'file-or-empty-directory'),
        'PathIsNotEmptyDirectoryException',
      )
      expect(done(await driver.delete(`${driver.directory}/d`, 'tree'))).toBe(true)
      await fileWith(driver, 'f', one)
      expectRefused(driver, await driver.mkdirs(`${driver.directory}/f`), 'FileAlreadyExistsException')
    },
  },
  {
    title: 'H23 a listing is in the order of names and goes on behind a name that exists or not',
    async run(driver) {
      const names = Array.from({ length: listedFiles }, (_, n) => `${String(n).padStart(3, '0')}.json`)
      await Promise.all([...names].reverse().map((name) => fileWith(driver, name, bytesOf(1, 'x'))))
      expect(done(await driver.list(driver.directory))).toEqual(names)
      if (driver.traits.listsAfter === 'ignored') return
      expect(done(await driver.list(driver.directory, '004.json'))).toEqual(names.slice(5))
      expect(done(await driver.list(driver.directory, '004'))).toEqual(names.slice(4))
      expect(done(await driver.list(driver.directory, '999'))).toEqual([])
    },
  },
  {
    title: 'H23 the order of names is that of their UTF-8 bytes taken as signed: what is not ASCII comes first',
    async run(driver) {
      const ascii = ['.hidden', 'B', '_x', 'a']
      const beyond = ['é', '\u{ffee}', '\u{1f600}']
      await Promise.all([...ascii, ...beyond].reverse().map((name) => fileWith(driver, name, bytesOf(1, 'x'))))
      const names = driver.traits.namesInOrderOf === 'signed-bytes' ? [...beyond, ...ascii] : [...ascii, ...beyond]
      expect(done(await driver.list(driver.directory))).toEqual(names)
    },
  },
]
