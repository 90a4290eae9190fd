// Formats that break their word, each in one way; the right one first. Pages of records, each behind the number of pages before it.

import type { Format, FormatFile, FormatWriter, RecordSink } from '../../../src/format/format.js'
import type { JsonValue } from '../../../src/model/json-value.js'

/** What is wrong with one. */
export interface Flaws {
  readonly forgetsState?: true
  readonly losesHeld?: true
  readonly flushesTwice?: true
  readonly sharesItsPage?: true
  readonly hidesHeld?: true
  readonly holdsForever?: true
  readonly keepsRefused?: true
  readonly handsOnRefused?: true
  readonly changesGivenStates?: true
  readonly stateWithoutJson?: true
  readonly endsWhatGoesOn?: true
  readonly neverFits?: true
  readonly dot?: true
  readonly replacesForeignStates?: true
  readonly repeatsItsHead?: true
}

/** A format that holds pages back and keeps state, with flaws. */
export function pages(flaws: Flaws = {}): Format<unknown> {
  const shared: string[] = []
  return {
    name: 'pages',
    extension: flaws.dot ? '.pages' : 'pages',
    open: (file) => new PageWriter(file, flaws, flaws.sharesItsPage ? shared : []),
  }
}

class PageWriter implements FormatWriter<unknown> {
  readonly #flaws: Flaws
  readonly #state: { pages: number; when?: never }
  #page: string[]
  #heldBytes = 0
  #isHeaded: boolean
  #untouched: JsonValue | undefined
  readonly finish?: NonNullable<FormatWriter<unknown>['finish']>
  readonly fits?: NonNullable<FormatWriter<unknown>['fits']>

  constructor({ length, state }: FormatFile, flaws: Flaws, page: string[]) {
    this.#flaws = flaws
    this.#page = page
    this.#isHeaded = length > 0
    this.#untouched = state
    this.#state = { pages: flaws.forgetsState ? 0 : ((state as { pages: number } | undefined)?.pages ?? 0) }
    if (flaws.stateWithoutJson) this.#state.when = new Date(0) as never
    if (flaws.endsWhatGoesOn) this.finish = (sink) => sink.text('end\n')
    if (flaws.neverFits) this.fits = () => false
  }

  get heldBytes(): number {
    return this.#flaws.hidesHeld ? 0 : this.#heldBytes
  }

  encode(record: unknown, _context: unknown, sink: RecordSink): void {
    if (typeof record !== 'string') {
      if (this.#flaws.handsOnRefused) sink.text('')
      if (this.#flaws.keepsRefused) this.#page.push('refused')
      throw new Error('no string')
    }
    this.#untouched = undefined
    this.#page.push(record)
    this.#heldBytes += record.length + 1
  }

  flush(sink: RecordSink): void {
    if (this.#page.length === 0) return
    if (!this.#isHeaded || this.#flaws.repeatsItsHead) sink.text('pages:\n')
    this.#isHeaded = true
    const text = `${this.#state.pages++}:${this.#page.join('+')}\n`
    sink.text(this.#flaws.losesHeld ? text.replace(/\+.*/, '') : text)
    if (!this.#flaws.flushesTwice) this.#page.length = 0
    if (!this.#flaws.holdsForever) this.#heldBytes = 0
  }

  state(): JsonValue {
    if (this.#untouched !== undefined && !this.#flaws.replacesForeignStates) return this.#untouched
    return this.#flaws.changesGivenStates ? this.#state : { ...this.#state }
  }
}

/** Reads what {@link pages} wrote. Throws where it is not in order. */
export function readPages(bytes: Uint8Array): string[] {
  const [head, ...lines] = Buffer.from(bytes).toString().split('\n')
  if (head !== 'pages:' || lines.pop() !== '') throw new Error('no file of pages')
  return lines.flatMap((line, index) => {
    const [number, page] = line.split(':')
    if (Number(number) !== index) throw new Error(`page ${number} in the place of ${index}`)
    return page!.split('+')
  })
}
