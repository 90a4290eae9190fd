// The namespace where it goes beyond what the port and the assumptions ask: leases, blocks, open files, plain renames.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RemoteException } from '../../../src/file-system/file-system-error.js'
import { Namespace } from '../../../src/file-system/memory/namespace.js'
import type { NamespaceSettings } from '../../../src/file-system/memory/namespace-options.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A namespace with a clock in the test's hand. */
function open(settings: Partial<NamespaceSettings> = {}) {
  const clock = { nowMs: 1_000_000 }
  const namespace = new Namespace({ nowMs: () => clock.nowMs, ...settings })
  const put = (path: string, text: string): void => {
    const writer = namespace.create(path, { holder: 'put', parents: 'create' })
    namespace.receive(writer, bytes(text))
    namespace.complete(writer)
  }
  const add = (path: string, text: string): void => {
    const writer = namespace.append(path, 'add')
    namespace.receive(writer, bytes(text))
    namespace.complete(writer)
  }
  const read = (path: string): string => Buffer.from(namespace.read(path, 0, undefined)).toString()
  const blocksOf = (path: string): readonly number[] | undefined => {
    for (const file of namespace.files()) if (file.path === path) return file.inode.blocks
    return undefined
  }
  return { clock, namespace, put, add, read, blocksOf }
}

function exceptionOf(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (!(error instanceof RemoteException)) throw error
    return error.exception
  }
}

describe('a lease', () => {
  it('of a live holder lasts for ever', () => {
    const { clock, namespace, put } = open()
    put('x', 'abc')
    const writer = namespace.append('x', 'holder')
    clock.nowMs += 10 * 60 * 60_000
    expect(exceptionOf(() => namespace.append('x', 'other'))).toBe('AlreadyBeingCreatedException')
    namespace.receive(writer, bytes('d'))
    namespace.complete(writer)
    expect(namespace.isOpen('x')).toBe(false)
  })

  it('of a dead holder is recovered by the next writer after the soft limit, and the dead one has lost it', () => {
    for (const next of ['append', 'truncate', 'create'] as const) {
      const { clock, namespace, put, read } = open()
      put('x', 'abc')
      const writer = namespace.append('x', 'holder')
      namespace.receive(writer, bytes('defg'))
      namespace.holderDied(writer, 5)
      const attempt = () => {
        if (next === 'append') namespace.append('x', 'other')
        else if (next === 'truncate') namespace.truncate('x', 1)
        else namespace.create('x', { holder: 'other', parents: 'require' })
      }
      clock.nowMs += 59_999
      expect(exceptionOf(attempt)).toBe('AlreadyBeingCreatedException')
      clock.nowMs += 1
      expect(exceptionOf(attempt)).toBe('RecoveryInProgressException')
      expect(exceptionOf(attempt)).toBe('RecoveryInProgressException')
      expect(namespace.isOpen('x')).toBe(true)
      clock.nowMs += 2_000
      expect(namespace.isOpen('x')).toBe(false)
      expect(read('x')).toBe('abcde')
      expect(exceptionOf(() => namespace.complete(writer))).toBe('LeaseExpiredException')
      namespace.connectionLost(writer)
      expect(read('x')).toBe('abcde')
    }
  })

  it('of a dead holder is recovered by the namenode itself after the hard limit', () => {
    const { clock, namespace, put } = open()
    put('x', 'abc')
    namespace.holderDied(namespace.append('x', 'holder'), 0)
    clock.nowMs += 20 * 60_000 - 1
    expect(namespace.isOpen('x')).toBe(true)
    clock.nowMs += 1 + 2_000
    expect(namespace.isOpen('x')).toBe(false)
  })

  it('is lost with the file: deleted with a directory above it, or replaced', () => {
    const { namespace, put, read } = open()
    put('d/x', 'abc')
    const first = namespace.append('d/x', 'holder')
    namespace.delete('d', 'all')
    put('d/x', 'other')
    expect(exceptionOf(() => namespace.complete(first))).toBe('FileNotFoundException')
    const second = namespace.append('d/x', 'holder')
    put('y', 'new')
    namespace.rename('y', 'd/x', 'OVERWRITE')
    namespace.receive(second, bytes('lost'))
    expect(exceptionOf(() => namespace.complete(second))).toBe('FileNotFoundException')
    namespace.connectionLost(second)
    expect(read('d/x')).toBe('new')
  })

  it('does not outlive its file when the holder dies', () => {
    const { namespace, put } = open()
    put('x', 'abc')
    const writer = namespace.append('x', 'holder')
    namespace.delete('x', 'none')
    namespace.holderDied(writer, 0)
    expect([...namespace.files()]).toEqual([])
  })
})

describe('an open file', () => {
  it('shows whole packets to readers, and to stat the blocks that are finished', () => {
    const { namespace, put, read } = open({ blockSizeBytes: 10, packetBytes: 4 })
    put('x', 'abc')
    const writer = namespace.append('x', 'holder')
    namespace.receive(writer, bytes('0123'))
    expect([namespace.stat('x')?.length, read('x')]).toEqual([3, 'abc0123'])
    namespace.receive(writer, bytes('4'))
    expect([namespace.stat('x')?.length, read('x')]).toEqual([3, 'abc0123'])
    namespace.receive(writer, bytes('56789abc'))
    expect([namespace.stat('x')?.length, read('x')]).toEqual([10, 'abc0123456789ab'.slice(0, 15)])
    namespace.complete(writer)
    expect([namespace.stat('x')?.length, read('x')]).toEqual([16, 'abc0123456789abc'])
  })

  it('shows all that was persisted', () => {
    const { namespace, read } = open()
    const writer = namespace.create('x', { holder: 'holder', parents: 'require' })
    namespace.receive(writer, bytes('abc'))
    expect([namespace.stat('x')?.length, read('x')]).toEqual([0, ''])
    expect(namespace.persist(writer)).toBe(3)
    namespace.receive(writer, bytes('def'))
    expect([namespace.stat('x')?.length, read('x'), namespace.isOpen('x')]).toEqual([3, 'abc', true])
  })
})

describe('blocks', () => {
  it('are filled and cut as a dumb model says, whatever is done in whatever order', () => {
    const step = fc.oneof(
      fc.record({ add: fc.string({ minLength: 1, maxLength: 12 }) }),
      fc.record({ cut: fc.nat({ max: 40 }) }),
      fc.record({ concat: fc.string({ minLength: 1, maxLength: 12 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { clock, namespace, put, add, read, blocksOf } = open({ blockSizeBytes: 5 })
        put('x', '')
        let model = Buffer.alloc(0)
        for (const each of steps) {
          if ('add' in each) {
            add('x', each.add)
            model = Buffer.concat([model, bytes(each.add)])
          } else if ('concat' in each) {
            put('y', each.concat)
            namespace.concat('x', ['y'])
            model = Buffer.concat([model, bytes(each.concat)])
          } else if (each.cut <= model.length) {
            const isBetweenBlocks = isSumOfFirst(blocksOf('x')!, each.cut)
            expect(namespace.truncate('x', each.cut)).toBe(isBetweenBlocks || each.cut === model.length)
            clock.nowMs += 2_000
            model = model.subarray(0, each.cut)
          } else {
            expect(exceptionOf(() => namespace.truncate('x', each.cut))).toBe('HadoopIllegalArgumentException')
          }
          expect(read('x')).toBe(model.toString())
          expect(namespace.stat('x')?.length).toBe(model.length)
          expect(blocksOf('x')!.reduce((sum, block) => sum + block, 0)).toBe(model.length)
        }
      }),
    )
  })

  it('that CONCAT left short within a file break an append before 3.5.0', () => {
    for (const [appendAfterConcat, exception] of [
      ['breaks', 'IOException'],
      ['works', undefined],
    ] as const) {
      const { namespace, put, add, read } = open({ appendAfterConcat, blockSizeBytes: 10 })
      put('x', 'abc')
      put('y', 'def')
      namespace.concat('x', ['y'])
      expect(exceptionOf(() => add('x', 'ghi'))).toBe(exception)
      expect(read('x')).toMatch(/^abcdef/)
    }
  })

  it('larger than those of the target make a source unfit for CONCAT', () => {
    const { namespace, put } = open({ blockSizeBytes: 10 })
    put('x', 'abc')
    const writer = namespace.create('y', { holder: 'h', parents: 'require', blockSizeBytes: 20 })
    namespace.receive(writer, bytes('def'))
    namespace.complete(writer)
    expect(exceptionOf(() => namespace.concat('x', ['y']))).toBe('HadoopIllegalArgumentException')
    namespace.concat('y', ['x'])
  })
})

function isSumOfFirst(blocks: readonly number[], length: number): boolean {
  let sum = 0
  for (const block of blocks) {
    if (sum >= length) break
    sum += block
  }
  return sum === length
}

describe('a plain RENAME', () => {
  it('answers false for what cannot be, moves into directories, and takes a file onto itself for done', () => {
    const { namespace, put } = open()
    put('d/x', 'abc')
    namespace.mkdirs('e')
    expect(namespace.renamePlainly('missing', 'y')).toBe(false)
    expect(namespace.renamePlainly('d', 'd/below')).toBe(false)
    expect(namespace.renamePlainly('d/x', 'd/x/below')).toBe(false)
    expect(namespace.renamePlainly('d/x', 'no/parent')).toBe(false)
    expect(namespace.renamePlainly('d/x', 'd/x')).toBe(true)
    expect(namespace.renamePlainly('d', 'e')).toBe(true)
    expect([...namespace.files()].map(({ path }) => path)).toEqual(['e/d/x'])
    expect([...namespace.directories()]).toEqual(['e', 'e/d'])
  })
})
