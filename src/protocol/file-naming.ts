// The names of data files: a template with a place for each number by which recovery finds a file again. Fixed for a job, like its mode.
import { EPOCH_DIGITS, numberOf, padded, TASK_DIGITS } from './padded-number.js'

/** Which writer gave a data file its present name: its epoch, and that writer's own counter. */
export interface Generation {
  readonly epoch: number
  readonly counter: number
}

/** What a data file's name tells. */
export interface DataFileName {
  readonly task: number
  readonly serial: number
  readonly generation: Generation
  readonly extension: string
  /** `hidden`: dot-hidden until the record that seals it is published. */
  readonly shown: 'visible' | 'hidden'
}

/** Negative when `a` is the earlier generation. */
export function compareGenerations(a: Generation, b: Generation): number {
  return a.epoch - b.epoch || a.counter - b.counter
}

/** The numbers in a name, each with its width. A file is found by its task and serial, and whose it is shows in its generation: so none may be missing. */
const DIGITS = { task: TASK_DIGITS, serial: 8, epoch: EPOCH_DIGITS, counter: 6 } as const

type NumberField = keyof typeof DIGITS

const FIELDS = Object.keys(DIGITS) as NumberField[]

/** Both together, as a template may say it in one word. */
const GENERATION = '{epoch}.{counter}'

/** Where nothing else is said. */
export const DEFAULT_TEMPLATE = 'part-{task}-{serial}-{generation}.{extension}'

/** Last, for by the end of a name readers choose what decompresses and reads the file, and so do ours. */
const ENDING = '.{extension}'

const EXAMPLE = "as in 'orders_{task}_{serial}_{generation}.{extension}'"

/**
 * Of a template's own characters. A name has room for 255 bytes: a dot that hides it, four numbers of 16 digits (2^53), an extension of 64 characters and that
 * of a compression (`.zst`), and these.
 */
const TEXT_CHARACTERS_MAX = 120

/** What every file system, shell and URL takes as it is, and no reader takes for a pattern. */
const FOREIGN_CHARACTER = /[^A-Za-z0-9._+=-]/u

/**
 * How the data files of a job are named, and how such a name is read back. Names of different files differ, and no name can be read in two ways: a number ends
 * where the first character comes that is no digit, what stands between two numbers neither begins nor ends with one, and a name that this template would
 * not have given is not ours.
 */
export class FileNaming {
  /** With `{epoch}.{counter}` for `{generation}`: two templates that give the same names are the same text. */
  readonly template: string
  /** What stands before each number, and behind the last one. */
  readonly #texts: readonly string[]
  readonly #fields: readonly NumberField[]
  readonly #pattern: RegExp
  /** Where the pattern finds each number. */
  readonly #groups: Readonly<Record<NumberField, number>>

  /** Throws a TypeError that says what is wrong with the template. */
  constructor(template: string) {
    this.template = template.replaceAll('{generation}', GENERATION)
    const complaint = complaintAbout(this.template)
    if (complaint !== undefined) throw new TypeError(complaint)
    const pieces = this.template.slice(0, -ENDING.length).split(/\{(\w+)\}/)
    this.#texts = pieces.filter((_, index) => index % 2 === 0)
    this.#fields = pieces.filter((_, index) => index % 2 === 1) as NumberField[]
    const [first = '', ...rest] = this.#texts.map((text) => text.replace(/[.+]/g, '\\$&'))
    const numbers = this.#fields.map((field, index) => `${digitsOf(field)}${rest[index]}`)
    this.#pattern = new RegExp(`^(\\.?)${first}${numbers.join('')}\\.(.+)$`)
    // What matched begins with all of it, then the dot.
    const groupOf = (field: NumberField): number => 2 + this.#fields.indexOf(field)
    this.#groups = {
      task: groupOf('task'),
      serial: groupOf('serial'),
      epoch: groupOf('epoch'),
      counter: groupOf('counter'),
    }
  }

  /** The name of a data file. */
  format({ task, serial, generation: { epoch, counter }, extension, shown }: DataFileName): string {
    const numbers = { task, serial, epoch, counter }
    let name = shown === 'hidden' ? `.${this.#texts[0]}` : this.#texts[0]!
    this.#fields.forEach((field, index) => {
      name += padded(numbers[field], DIGITS[field]) + this.#texts[index + 1]
    })
    return `${name}.${extension}`
  }

  /** Reads a data file's name; `undefined` for a name that is none of this template's. */
  parse(name: string): DataFileName | undefined {
    const match = this.#pattern.exec(name)
    if (match === null) return undefined
    const task = numberOf(match[this.#groups.task])
    const serial = numberOf(match[this.#groups.serial])
    const epoch = numberOf(match[this.#groups.epoch])
    const counter = numberOf(match[this.#groups.counter])
    if (task === undefined || serial === undefined || epoch === undefined || counter === undefined) return undefined
    const shown = match[1] === '.' ? 'hidden' : 'visible'
    return { task, serial, generation: { epoch, counter }, extension: match.at(-1)!, shown }
  }

  /** The extension of a data file's path: the format's, and the compression's. */
  extensionOf(path: string): string | undefined {
    return this.parse(path.slice(path.lastIndexOf('/') + 1))?.extension
  }
}

/** The names where no template is given. */
const defaultNaming: FileNaming = new FileNaming(DEFAULT_TEMPLATE)

/** The names that a job's description asks for. Throws as the constructor does. */
export function fileNamingOf({ fileName }: { readonly fileName?: string | undefined }): FileNaming {
  return fileName === undefined ? defaultNaming : new FileNaming(fileName)
}

/** A number as it is written. Padded in another way it is a stranger's: we would rename and delete a name that is not there. */
function digitsOf(field: NumberField): string {
  const digits = DIGITS[field]
  return `(\\d{${digits}}|[1-9]\\d{${digits},})`
}

function complaintAbout(template: string): string | undefined {
  if (template.includes('/')) return `it names a file, and '/' is for directories, which come from the partitioner`
  if (/^[._]/.test(template)) {
    return `readers of Hadoop do not see names that begin with '${template[0]}'; what hides open files is visibility: 'sealed'`
  }
  if (!/^[A-Za-z0-9{]/.test(template)) return `it must begin with a letter, a digit or a placeholder, ${EXAMPLE}`
  if (!template.endsWith(ENDING)) {
    return `it must end in ${ENDING}, by which readers choose what decompresses and reads a file, ${EXAMPLE}`
  }
  return complaintAboutPlaceholders(template) ?? complaintAboutText(template)
}

function complaintAboutPlaceholders(template: string): string | undefined {
  const names = [...template.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]!)
  const known: readonly string[] = [...FIELDS, 'extension']
  const stranger = names.find((name) => !known.includes(name))
  if (stranger !== undefined) {
    return `{${stranger}} is no placeholder; they are {task}, {serial}, {generation} (or {epoch} and {counter}) and {extension}`
  }
  for (const name of known) {
    const times = names.filter((each) => each === name).length
    const inFull = name === 'epoch' || name === 'counter' ? ` ({generation} is ${GENERATION})` : ''
    if (times === 0)
      return `{${name}} is missing${inFull}: recovery finds a file by its name, so all of it must stand there`
    if (times > 1) return `{${name}} stands there ${times} times${inFull}; once is what can be read back`
  }
  return undefined
}

function complaintAboutText(template: string): string | undefined {
  const texts = template.split(/\{\w+\}/)
  const foreign = FOREIGN_CHARACTER.exec(texts.join(''))?.[0]
  if (foreign !== undefined) {
    return `'${foreign}' cannot stand in it: only letters and digits of ASCII, '.', '_', '-', '+', '=' and placeholders in single braces`
  }
  const touching = /\d\{\w+\}|\{\w+\}(?:\d|\{\w+\})/.exec(template)?.[0]
  if (touching !== undefined) {
    return `'${touching}': a number is read back up to where its digits end, so put another character between, ${EXAMPLE}`
  }
  const length = texts.join('').length
  if (length <= TEXT_CHARACTERS_MAX) return undefined
  return `it has ${length} characters beside its placeholders; ${TEXT_CHARACTERS_MAX} are what a name of 255 bytes has room for`
}
