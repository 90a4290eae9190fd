// Formats that hold records back: pages that end with an attempt, footers that end a file, schemas that a record does not fit.
import { describe, expect, test } from 'vitest'
import type { Format, FormatWriter, RecordSink } from '../src/format/format.js'
import { MemoryFileSystem } from '../src/testing/index.js'
import { at, type Line, linesByDirectory, openOutput } from './engine/sample-output.js'

/** A line for each page of records, and one that ends the file. */
const pages: Format<Line> = {
  name: 'pages',
  extension: 'pages',
  appendable: false,
  compressible: false,
  open: () => new FootedPageWriter(),
}

/** The same without an end, so that files are gone on with; its state counts the pages. */
const openPages: Format<Line> = {
  name: 'open-pages',
  extension: 'pages',
  open: ({ state = 0 }) => new PageWriter(state as number),
}

class PageWriter implements FormatWriter<Line> {
  heldBytes = 0
  #page: string[] = []
  #pages: number

  constructor(pages: number = 0) {
    this.#pages = pages
  }

  encode({ text }: Line): void {
    if (text === 'unwritable') throw new Error('this text cannot be written')
    this.#page.push(text)
    this.heldBytes += text.length
  }

  flush(sink: RecordSink): void {
    if (this.#page.length === 0) return
    this.#pages++
    sink.text(`${this.#pages}:${this.#page.join('+')}\n`)
    this.#page = []
    this.heldBytes = 0
  }

  state(): number {
    return this.#pages
  }
}

class FootedPageWriter extends PageWriter {
  finish(sink: RecordSink): void {
    sink.text('end\n')
  }
}

describe('a format that holds records back', () => {
  test('hands them on when its attempt takes nothing more, and goes on with its state after a restart', async () => {
    const memory = new MemoryFileSystem()
    // The attempt before is still on its way then: its records must not come twice, nor these in it.
    let during = (): unknown => output.write({ key: 'a', text: 'a3' }, at(3))
    const hooks = { upload: () => during() }
    const output = await openOutput(memory, { format: openPages, hooks })
    for (let offset = 0; offset < 3; offset++) await output.write({ key: 'a', text: `a${offset}` }, at(offset))
    await output.commit()
    during = () => undefined
    expect(await linesByDirectory(memory)).toEqual({ a: ['1:a0+a1+a2'] })
    await output.commit()
    await output.write({ key: 'a', text: 'lost' }, at(4))
    await output.close()
    const next = await openOutput(memory, { format: openPages })
    await next.write({ key: 'a', text: 'a4' }, at(4))
    await next.commit()
    await next.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['1:a0+a1+a2', '2:a3', '3:a4'] })
  })

  test('what an abort discards never comes', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, { format: openPages })
    await output.write({ key: 'a', text: 'discarded' }, at(0))
    await output.abort()
    await output.write({ key: 'a', text: 'a0' }, at(0))
    await output.commit()
    await output.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['1:a0'] })
  })

  test('counts in the memory budget, which a page too early relieves', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, { format: openPages, bufferedBytesMax: 10 })
    expect(output.write({ key: 'a', text: '01234567' }, at(0))).toBeUndefined()
    await output.write({ key: 'a', text: '89abcdef' }, at(1))
    await output.write({ key: 'a', text: 'g' }, at(2))
    await output.commit()
    await output.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['1:01234567+89abcdef', '2:g'] })
  })

  test('rolls by what it holds too', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, { format: pages, mode: 'new-file', roll: { fileSizeBytesMax: 4 } })
    for (let offset = 0; offset < 3; offset++) await output.write({ key: 'a', text: `a${offset}` }, at(offset))
    await output.commit()
    await output.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['1:a0+a1', 'end', '1:a2', 'end'] })
  })
})

describe('a format with a footer', () => {
  test('ends each file of a commit, and none without a record', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, { format: pages, mode: 'new-file' })
    expect(() => output.write({ key: 'b', text: 'unwritable' }, at(0))).toThrow(/cannot be written/)
    await output.write({ key: 'a', text: 'a0' }, at(0))
    await output.commit()
    await output.write({ key: 'a', text: 'a1' }, at(1))
    await output.commit()
    await output.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['1:a0', 'end', '1:a1', 'end'] })
  })

  test('needs a mode in which nothing is appended to, and compresses inside', async () => {
    const memory = new MemoryFileSystem()
    await expect(openOutput(memory, { format: pages })).rejects.toThrow(/format: nothing can be appended .* 'new-file'/)
    const dead = { format: pages, directory: '_dead' }
    await expect(openOutput(memory, { streams: { dead } })).rejects.toThrow(/streams\.dead\.format: /)
    const gzip = { format: pages, mode: 'new-file', compression: 'gzip' } as const
    await expect(openOutput(memory, gzip)).rejects.toThrow(/compression: .* pages in gzip/)
  })

  test('one that cannot end its file loses the attempt, not the data', async () => {
    const memory = new MemoryFileSystem()
    const broken: Format<Line> = {
      ...pages,
      open: () => ({
        encode: (_record, _context, sink) => sink.text('x\n'),
        finish: () => {
          throw new Error('no end in sight')
        },
      }),
    }
    const output = await openOutput(memory, { format: broken, mode: 'new-file' })
    await output.write({ key: 'a', text: 'a0' }, at(0))
    await expect(output.commit()).rejects.toThrow(/no end in sight/)
    expect(() => output.write({ key: 'a', text: 'a1' }, at(1))).toThrow(/no end in sight/)
    await output.abort()
    await output.close()
    expect(await linesByDirectory(memory)).toEqual({})
  })
})

describe('a record that the file has no place for', () => {
  const bySchema: Format<Line> = {
    name: 'by-schema',
    extension: 'txt',
    open: ({ state }) => {
      let schema = state as string | undefined
      return {
        fits: ({ text }) => text[0] === schema,
        encode: ({ text }, _context, sink) => {
          if (text === 'unwritable') throw new Error('this text cannot be written')
          schema = text[0]
          sink.text(`${text}\n`)
        },
        state: () => schema ?? '',
      }
    },
  }

  test('goes to a new file; the other is sealed, whoever wrote it last', async () => {
    const memory = new MemoryFileSystem()
    const seals: string[] = []
    const hooks = { seal: ({ reason }: { reason: string }) => seals.push(reason) }
    const output = await openOutput(memory, { format: bySchema, hooks })
    const texts = ['a0', 'a1', 'b2', 'b3']
    for (const [offset, text] of texts.entries()) await output.write({ key: 'k', text }, at(offset))
    const first = output.commit()
    await output.write({ key: 'k', text: 'c4' }, at(4))
    await first
    await output.commit()
    await output.close()
    const next = await openOutput(memory, { format: bySchema, hooks })
    await next.write({ key: 'k', text: 'c5' }, at(5))
    await next.write({ key: 'k', text: 'd6' }, at(6))
    await next.commit()
    await next.close()
    expect(await linesByDirectory(memory)).toEqual({ k: ['a0', 'a1', 'b2', 'b3', 'c4', 'c5', 'd6'] })
    expect(seals).toEqual(['schema', 'schema', 'schema'])
  })
})
