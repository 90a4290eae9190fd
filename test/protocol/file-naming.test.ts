// The names of data files, by the default template and by any other: written so that they sort, read back as what was written and nothing else.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compareGenerations,
  type DataFileName,
  DEFAULT_TEMPLATE,
  FileNaming,
  fileNamingOf,
} from '../../src/protocol/file-naming.js'
import { concatSourceName } from '../../src/protocol/layout.js'
import { checkProperty, id } from './sample-records.js'

const naming = fileNamingOf({})
const orders = new FileNaming('orders_{task}_{serial}_{generation}.{extension}')

const counter = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const extension = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,9}$/)

const anyName: fc.Arbitrary<DataFileName> = fc.record({
  // Small ones too: else two names hardly ever share a number.
  task: fc.oneof(fc.nat({ max: 2 }), counter),
  serial: fc.oneof(fc.nat({ max: 2 }), counter),
  generation: fc.record({
    epoch: fc.oneof(fc.nat({ max: 2 }), counter),
    counter: fc.oneof(fc.nat({ max: 2 }), counter),
  }),
  extension: fc.oneof(fc.constantFrom('txt', 'jsonl.gz', '0', '0.1'), extension),
  shown: fc.constantFrom('visible' as const, 'hidden' as const),
})

/** Text between placeholders: any that may stand there, with digits inside. */
const between = fc.stringMatching(/^[A-Za-z._+=-](?:[A-Za-z0-9._+=-]{0,8}[A-Za-z._+=-])?$/)

const anyTemplate: fc.Arbitrary<string> = fc
  .record({
    fields: fc.oneof(
      fc.shuffledSubarray(['task', 'serial', 'generation'], { minLength: 3 }),
      fc.shuffledSubarray(['task', 'serial', 'epoch', 'counter'], { minLength: 4 }),
    ),
    first: fc.oneof(fc.constant(''), fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+=-]{0,8}[A-Za-z._+=-]$/)),
    texts: fc.array(between, { minLength: 3, maxLength: 3 }),
    last: fc.oneof(fc.constant(''), fc.stringMatching(/^[A-Za-z._+=-][A-Za-z0-9._+=-]{0,8}$/)),
  })
  .map(({ fields, first, texts, last }) => {
    const middle = fields.map((field, index) => `${index === 0 ? '' : texts[index - 1]}{${field}}`).join('')
    return `${first}${middle}${last}.{extension}`
  })

describe('the names that files have where nothing else is said', () => {
  const parts = { task: 3, serial: 17, generation: { epoch: 7, counter: 2 }, extension: 'jsonl.gz' } as const

  test('a name and its parts', () => {
    expect(naming.format({ ...parts, shown: 'visible' })).toBe('part-00003-00000017-000007.000002.jsonl.gz')
    expect(naming.format({ ...parts, shown: 'hidden' })).toBe('.part-00003-00000017-000007.000002.jsonl.gz')
    expect(naming.extensionOf('a/b/.part-00003-00000017-000007.000002.jsonl.gz')).toBe('jsonl.gz')
  })

  test('are those of the template that the documents show', () => {
    expect(new FileNaming(DEFAULT_TEMPLATE).template).toBe(naming.template)
  })

  test.each([
    'part-00003-00000017-000007.000002',
    'part-00003-00000017-000007.000002.',
    'part-00003-00000017.txt',
    'xpart-00003-00000017-000007.000002.txt',
    '..part-00003-00000017-000007.000002.txt',
    'part--00000017-000007.000002.txt',
    'part-00003-00000017-000007.-1.txt',
    `part-00003-${'9'.repeat(20)}-000007.000002.txt`,
    // The numbers of a file of ours, in a name that we would not have given: another file.
    'part-3-00000017-000007.000002.txt',
    'part-00003-000000017-000007.000002.txt',
    '_SUCCESS',
    '',
  ])('%s is none of ours', (name) => {
    expect(naming.parse(name)).toBeUndefined()
    expect(naming.extensionOf(`a/${name}`)).toBeUndefined()
  })

  test('a later name sorts later while its numbers keep their widths', () => {
    const within = (digits: number): fc.Arbitrary<number> => fc.nat({ max: 10 ** digits - 1 })
    const anySmall = fc.tuple(within(8), within(6), within(6))
    checkProperty(
      fc.property(anySmall, anySmall, (a, b) => {
        const [nameA, nameB] = [a, b].map(([serial, epoch, count]) =>
          naming.format({ task: 0, serial, generation: { epoch, counter: count }, extension: 'txt', shown: 'visible' }),
        )
        const order = a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
        expect(Math.sign(nameA! < nameB! ? -1 : nameA! > nameB! ? 1 : 0)).toBe(Math.sign(order))
      }),
    )
  })

  test('generations are compared as numbers: first the epoch, then the counter', () => {
    expect(compareGenerations({ epoch: 2, counter: 1 }, { epoch: 1, counter: 9 })).toBeGreaterThan(0)
    expect(compareGenerations({ epoch: 1, counter: 1_000_000 }, { epoch: 1, counter: 999_999 })).toBeGreaterThan(0)
    expect(compareGenerations({ epoch: 1, counter: 1 }, { epoch: 1, counter: 1 })).toBe(0)
  })
})

describe('the names of a template', () => {
  test('have its text and order', () => {
    const parts = { task: 3, serial: 17, generation: { epoch: 7, counter: 2 }, extension: 'csv' } as const
    expect(orders.format({ ...parts, shown: 'visible' })).toBe('orders_00003_00000017_000007.000002.csv')
    const dotless = new FileNaming('{serial}-t{task}_{epoch}_{counter}_eu.{extension}')
    expect(dotless.format({ ...parts, shown: 'visible' })).toBe('00000017-t00003_000007_000002_eu.csv')
    expect(dotless.format({ ...parts, shown: 'hidden' })).toBe('.00000017-t00003_000007_000002_eu.csv')
  })

  test('{generation} is {epoch}.{counter}', () => {
    expect(new FileNaming('orders_{task}_{serial}_{epoch}.{counter}.{extension}').template).toBe(orders.template)
  })

  test('any name of any template is read back as what it was made of', () => {
    checkProperty(
      fc.property(anyTemplate, anyName, (template, name) => {
        const any = new FileNaming(template)
        expect(any.parse(any.format(name))).toEqual(name)
      }),
    )
  })

  test('no two files share a name, and no two names are read as one file', () => {
    checkProperty(
      fc.property(anyTemplate, anyName, anyName, (template, a, b) => {
        const any = new FileNaming(template)
        const isSame = JSON.stringify(a) === JSON.stringify(b)
        expect(any.format(a) === any.format(b)).toBe(isSame)
      }),
    )
  })

  test('whatever else a name is made into, it is not read as one of ours, or is what ours would be', () => {
    checkProperty(
      fc.property(
        anyTemplate,
        anyName,
        fc.nat(),
        fc.constantFrom('', '0', '1', '.', '-', 'a'),
        (template, name, at, more) => {
          const any = new FileNaming(template)
          const text = any.format(name)
          const place = at % text.length
          const changed = text.slice(0, place) + more + text.slice(more === '' ? place + 1 : place)
          const read = any.parse(changed)
          if (read !== undefined) expect(any.format(read)).toBe(changed)
        },
      ),
    )
  })

  test('names of one template are read by another only where both say the same', () => {
    checkProperty(
      fc.property(anyTemplate, anyTemplate, anyName, (a, b, name) => {
        const [ours, theirs] = [new FileNaming(a), new FileNaming(b)]
        const text = theirs.format(name)
        const read = ours.parse(text)
        if (read !== undefined) expect(ours.format(read)).toBe(text)
      }),
    )
    const foreign = ['part-00003-00000017-000007.000002.csv', 'payments_00003_00000017_000007.000002.csv']
    for (const name of foreign) expect(orders.parse(name)).toBeUndefined()
    expect(naming.parse('orders_00003_00000017_000007.000002.csv')).toBeUndefined()
    // A dot of a template is a dot.
    expect(orders.parse('orders_00003_00000017_000007_000002.csv')).toBeUndefined()
  })

  test('never meet what else lies in directories of data', () => {
    checkProperty(
      fc.property(anyTemplate, anyName, (template, name) => {
        const any = new FileNaming(template)
        for (const other of ['_SUCCESS', '_multi_output', '_late', '.snapshot', concatSourceName(id(7))]) {
          expect(any.parse(other)).toBeUndefined()
        }
        const text = any.format(name)
        expect(text).toMatch(name.shown === 'hidden' ? /^\.[A-Za-z0-9]/ : /^[A-Za-z0-9]/)
        expect(text).not.toContain('/')
      }),
    )
  })

  test('stay below 255 bytes with the longest text, numbers and extension', () => {
    const longest = new FileNaming(`${'x'.repeat(115)}_{task}_{serial}_{generation}.{extension}`)
    const most = Number.MAX_SAFE_INTEGER
    const name = { task: most, serial: most, generation: { epoch: most, counter: most }, shown: 'hidden' } as const
    const text = longest.format({ ...name, extension: `${'e'.repeat(64)}.zst` })
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(255)
    expect(longest.parse(text)).toMatchObject(name)
  })
})

describe('a template is refused', () => {
  test.each<[template: string, complaint: RegExp]>([
    ['', /must begin with a letter/],
    ['orders', /must end in \.\{extension\}/],
    ['orders_{task}_{serial}_{generation}', /must end in \.\{extension\}/],
    ['orders_{task}_{serial}_{generation}{extension}', /must end in \.\{extension\}/],
    ['orders_{task}_{serial}_{generation}.{extension}.done', /must end in \.\{extension\}/],
    ['orders_{serial}_{generation}.{extension}', /\{task\} is missing: recovery finds a file by its name/],
    ['orders_{task}_{generation}.{extension}', /\{serial\} is missing/],
    ['orders_{task}_{serial}.{extension}', /\{epoch\} is missing \(\{generation\} is \{epoch\}\.\{counter\}\)/],
    ['orders_{task}_{serial}_{epoch}.{extension}', /\{counter\} is missing \(\{generation\}/],
    ['orders_{task}_{task}_{serial}_{generation}.{extension}', /\{task\} stands there 2 times; once/],
    ['orders_{task}_{serial}_{generation}_{epoch}.{extension}', /\{epoch\} stands there 2 times \(\{generation\}/],
    ['{extension}_{task}_{serial}_{generation}.{extension}', /\{extension\} stands there 2 times/],
    ['{topic}_{task}_{serial}_{generation}.{extension}', /\{topic\} is no placeholder; they are \{task\}, \{serial\}/],
    ['orders_{task:03}_{serial}_{generation}.{extension}', /\{task:03\} is no placeholder/],
    ['orders_{}_{task}_{serial}_{generation}.{extension}', /\{\} is no placeholder/],
    ['orders_{{task}}_{serial}_{generation}.{extension}', /'\{' cannot stand in it: .*single braces/],
    [`orders_$${'{task}'}_{serial}_{generation}.{extension}`, /'\$' cannot stand in it/],
    ['orders_{task}{serial}_{generation}.{extension}', /'\{task\}\{serial\}': a number is read back up to where/],
    ['orders2{task}_{serial}_{generation}.{extension}', /'2\{task\}': a number/],
    ['orders_{task}_{serial}_{generation}2.{extension}', /'\{counter\}2': a number/],
    ['a/orders_{task}_{serial}_{generation}.{extension}', /'\/' is for directories, which come from the partitioner/],
    [
      '_orders_{task}_{serial}_{generation}.{extension}',
      /do not see names that begin with '_'; .*visibility: 'sealed'/,
    ],
    ['.orders_{task}_{serial}_{generation}.{extension}', /do not see names that begin with '\.'/],
    ['-orders_{task}_{serial}_{generation}.{extension}', /must begin with a letter, a digit or a placeholder/],
    ['or ders_{task}_{serial}_{generation}.{extension}', /' ' cannot stand in it/],
    ['or:ders_{task}_{serial}_{generation}.{extension}', /':' cannot stand in it/],
    ['or*ders_{task}_{serial}_{generation}.{extension}', /'\*' cannot stand in it/],
    ['orders\n_{task}_{serial}_{generation}.{extension}', /cannot stand in it/],
    ['bestellungen_für_{task}_{serial}_{generation}.{extension}', /'ü' cannot stand in it/],
    ['o😀_{task}_{serial}_{generation}.{extension}', /'😀' cannot stand in it/],
    [
      `${'x'.repeat(116)}_{task}_{serial}_{generation}.{extension}`,
      /it has 121 characters beside its placeholders; 120/,
    ],
  ])('%j', (template, complaint) => {
    expect(() => new FileNaming(template)).toThrow(complaint)
    expect(() => new FileNaming(template)).toThrow(TypeError)
  })
})
