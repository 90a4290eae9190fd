// CONCAT's rules, and TRUNCATE's two answers.
import { expect } from 'vitest'
import type { AssumptionCase } from './assumption-case.js'
import { bytesOf, done, expectContent, expectRefused, fileWith, joined, until, untilClosed } from './assumption-case.js'
import type { AssumptionsDriver, Outcome } from './driver.js'

const one = bytesOf(1_000, 'one')
const two = bytesOf(2_000, 'two')
const illegal = 'HadoopIllegalArgumentException'

/** A truncation takes the server half a second or so: a request right behind it comes too late now and then. */
const truncationsTried = 10

/** What comes of a request behind a TRUNCATE that has answered false; of the first that was not too late, as `inTime` knows. */
async function whileTruncated<T>(
  driver: AssumptionsDriver,
  name: string,
  request: (path: string) => Promise<Outcome<T>>,
  inTime: (outcome: Outcome<T>) => boolean = (outcome) => 'exception' in outcome,
): Promise<Outcome<T>> {
  for (let n = 0; ; n++) {
    const path = await fileWith(driver, `${name}${n}`, two)
    expect(done(await driver.truncate(path, 700))).toBe(false)
    const outcome = await request(path)
    if (inTime(outcome) || n === truncationsTried) return outcome
  }
}

export const concatAndTruncateCases: readonly AssumptionCase[] = [
  {
    title: 'H17 CONCAT moves the sources, in order, to the end of the target, which stays the same file',
    async run(driver) {
      const target = await fileWith(driver, 'target', one)
      const sources = [await fileWith(driver, 'b', two), await fileWith(driver, 'a', bytesOf(10, 'three'))]
      const { fileId } = (await driver.stat(target))!
      done(await driver.concat(target, sources))
      await expectContent(driver, target, joined(one, two, bytesOf(10, 'three')))
      expect((await driver.stat(target))?.fileId).toBe(fileId)
      expect(await Promise.all(sources.map((source) => driver.stat(source)))).toEqual([null, null])
    },
  },
  {
    title: 'H17 CONCAT consumes its sources: a repeat is refused and changes nothing',
    async run(driver) {
      const target = await fileWith(driver, 'target', one)
      const source = await fileWith(driver, 'source', two)
      done(await driver.concat(target, [source]))
      expectRefused(driver, await driver.concat(target, [source]), 'FileNotFoundException')
      await expectContent(driver, target, joined(one, two))
    },
  },
  {
    title: 'H17 CONCAT works again and again on one file, from dot-hidden names, each time behind a short block',
    async run(driver) {
      const target = await fileWith(driver, '.part-0', one)
      let content = one
      for (let n = 0; n < 5; n++) {
        const more = bytesOf(100 + n, `more ${n}`)
        const temp = await fileWith(driver, `tmp/data-${n}`, more)
        const source = `${driver.directory}/.concat-${n}`
        expect(done(await driver.rename(temp, source, 'plain'))).toBe(true)
        done(await driver.concat(target, [source]))
        content = joined(content, more)
      }
      expect(done(await driver.isOpen(target))).toBe(false)
      const shown = `${driver.directory}/part-0`
      expect(done(await driver.rename(target, shown, 'plain'))).toBe(true)
      await expectContent(driver, shown, content)
    },
  },
  {
    title:
      'H43 of two CONCATs of one source that are on their way, the first to arrive is carried out, the second finds none',
    async run(driver) {
      const target = await fileWith(driver, 'target', one)
      const source = await fileWith(driver, 'source', two)
      const request = { kind: 'concat', target, sources: [source] } as const
      const [first, second] = [await driver.hold(request), await driver.hold(request)]
      expect((await driver.stat(source))?.length).toBe(two.length)
      done(await second.deliver())
      expectRefused(driver, await first.deliver(), 'FileNotFoundException')
      await expectContent(driver, target, joined(one, two))
    },
  },
  {
    title: 'H18 CONCAT to an empty target works; an empty source is refused',
    async run(driver) {
      const empty = await fileWith(driver, 'empty', new Uint8Array())
      const full = await fileWith(driver, 'full', one)
      expectRefused(driver, await driver.concat(full, [empty]), illegal, /invalid or empty or underConstruction/)
      done(await driver.concat(empty, [full]))
      await expectContent(driver, empty, one)
    },
  },
  {
    title: 'H18 CONCAT needs its sources in the directory of the target, each once, none of them the target',
    async run(driver) {
      const target = await fileWith(driver, 'target', one)
      const elsewhere = await fileWith(driver, 'd/source', two)
      const beside = await fileWith(driver, 'source', two)
      expectRefused(driver, await driver.concat(target, [elsewhere]), illegal, /not in the same directory/)
      expectRefused(driver, await driver.concat(target, [beside, beside]), illegal)
      expectRefused(driver, await driver.concat(target, [target]), illegal)
      expectRefused(driver, await driver.concat(target, [beside, `${target}-none`]), 'FileNotFoundException')
      await expectContent(driver, target, one)
      await expectContent(driver, beside, two)
    },
  },
  {
    title: 'H18 CONCAT refuses a source of larger blocks than the target has',
    async run(driver) {
      const target = `${driver.directory}/target`
      done(await driver.create(target, one, { blockSizeBytes: 1_024 }))
      const source = await fileWith(driver, 'source', two)
      expectRefused(driver, await driver.concat(target, [source]), illegal)
      await expectContent(driver, target, one)
    },
  },
  {
    title: 'H19 APPEND after a CONCAT that left a short block within fails before 3.5.0, and works from then on',
    async run(driver) {
      const target = await fileWith(driver, 'target', one)
      const source = await fileWith(driver, 'source', one)
      done(await driver.concat(target, [source]))
      const outcome = await driver.append(target, two)
      if (driver.traits.appendAfterConcat === 'breaks') {
        expectRefused(driver, outcome, 'IOException', /All datanodes .* are bad/)
        return
      }
      done(outcome)
      await expectContent(driver, target, joined(one, one, two))
    },
  },
  {
    title: 'H20 TRUNCATE inside a block answers false, and is done soon after',
    async run(driver) {
      const path = await fileWith(driver, 'a', two)
      expect(done(await driver.truncate(path, 700))).toBe(false)
      await untilClosed(driver, path)
      expect((await driver.stat(path))?.length).toBe(700)
      await expectContent(driver, path, two.subarray(0, 700))
      done(await driver.append(path, one))
      await expectContent(driver, path, joined(two.subarray(0, 700), one))
    },
  },
  {
    title: 'H20 while a truncation goes on, the file is open: another TRUNCATE and an APPEND are refused',
    async run(driver) {
      const refusals = ['AlreadyBeingCreatedException', 'RecoveryInProgressException']
      const append = (path: string): Promise<Outcome<unknown>> => driver.append(path, one)
      expectRefused(driver, await whileTruncated(driver, 'a', append), refusals)
      const truncate = (path: string): Promise<Outcome<unknown>> => driver.truncate(path, 600)
      expectRefused(driver, await whileTruncated(driver, 't', truncate), refusals)
      const isOpen = (path: string): Promise<Outcome<boolean>> => driver.isOpen(path)
      expect(await whileTruncated(driver, 'o', isOpen, (outcome) => done(outcome))).toEqual({ value: true })
    },
  },
  {
    title: 'H20 the same TRUNCATE again answers false while the first goes on, and true when it is done',
    async run(driver) {
      const path = await fileWith(driver, 'a', two)
      expect(done(await driver.truncate(path, 700))).toBe(false)
      await until(driver, 'TRUNCATE answers true', async () => done(await driver.truncate(path, 700)))
      expect(done(await driver.isOpen(path))).toBe(false)
      await expectContent(driver, path, two.subarray(0, 700))
    },
  },
  {
    title: 'H20 a rename or a delete goes through while a truncation goes on, which is finished in the renamed file',
    async run(driver) {
      const path = await fileWith(driver, 'a', two)
      expect(done(await driver.truncate(path, 700))).toBe(false)
      const renamed = `${driver.directory}/b`
      expect(done(await driver.rename(path, renamed, 'plain'))).toBe(true)
      await untilClosed(driver, renamed)
      await expectContent(driver, renamed, two.subarray(0, 700))
      expect(done(await driver.truncate(renamed, 100))).toBe(false)
      expect(done(await driver.delete(renamed, 'file-or-empty-directory'))).toBe(true)
      expect(await driver.stat(renamed)).toBeNull()
    },
  },
  {
    title: 'H20 TRUNCATE answers true at the end of a block, at 0 and at the present length; a longer one is refused',
    async run(driver) {
      const path = `${driver.directory}/a`
      done(await driver.create(path, two, { blockSizeBytes: 512 }))
      expect(done(await driver.truncate(path, 2_000))).toBe(true)
      expectRefused(driver, await driver.truncate(path, 2_001), illegal, /larger file size/)
      expect(done(await driver.truncate(path, 1_024))).toBe(true)
      expect(done(await driver.isOpen(path))).toBe(false)
      await expectContent(driver, path, two.subarray(0, 1_024))
      done(await driver.append(path, one))
      await expectContent(driver, path, joined(two.subarray(0, 1_024), one))
      expect(done(await driver.truncate(path, 0))).toBe(true)
      expect((await driver.stat(path))?.length).toBe(0)
    },
  },
]
