import { expect, test } from 'vitest'
import { custom } from '../../src/format/custom.js'
import { formatId } from '../../src/index.js'
import { encoded, refusal } from './recording-sink.js'

const id = { topic: 'orders', partition: 3, offset: 17n }

test('what the function answers is written', () => {
  const format = custom<{ a: number }>({
    name: 'own',
    extension: 'own.log',
    encode: ({ a }, context) => `${formatId(context.id!)}\t${a}\n`,
  })
  expect(format).toMatchObject({ name: 'own', extension: 'own.log', compressible: true })
  expect(encoded(format.open({ length: 0 }), { a: 1 }, { id }).toString()).toBe('3-17\t1\n')
  const bytes = custom<Uint8Array>({ name: 'raw', extension: 'raw', encode: (record) => record, compressible: false })
  expect(encoded(bytes.open({ length: 7 }), Buffer.from([0, 255]))).toEqual(Buffer.from([0, 255]))
  expect(bytes.compressible).toBe(false)
})

test.each([7, undefined, null, '\ud800'])('refuses a record that becomes %o', (written) => {
  const format = custom({ name: 'own', extension: 'own', encode: () => written as string })
  expect(refusal(format.open({ length: 0 }), {})).toMatchObject({ code: 'BAD_RECORD' })
})

test.each([
  { name: '' },
  { extension: '.own' },
  { extension: '' },
  { extension: 'a/b' },
  { extension: 'txt.gz' },
  { encode: 7 },
])('refuses the options %o', (options) => {
  expect(() => custom({ name: 'own', extension: 'own', encode: () => '', ...options } as never)).toThrow(/custom: /)
})
