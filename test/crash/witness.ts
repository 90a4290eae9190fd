// Sees every step of a run as it happens: keeps each record that was ever put, and what a reader could see for a moment.
import type { Step } from '../../src/testing/simulation/fault.js'
import type { Simulation } from '../../src/testing/simulation/simulation.js'
import type { TraceEntry } from '../../src/testing/simulation/trace.js'
import { recordAt } from './checker/check-kept.js'
import { LogModel } from './checker/log-model.js'
import { MarkedWindows } from './checker/marked-windows.js'
import type { Violations } from './checker/violations.js'
import { namedFile } from './data-names.js'
import { Reader, type SeenByReaders } from './reader.js'

const DESTINATION = /^→ (.*) (?:NONE|OVERWRITE)$/
/** Requests that change the namespace; the namenode makes all that went before durable when it acknowledges one. */
const MUTATION = /^(?:RENAME|CREATE|APPEND|MKDIRS|SETTIMES|DELETE|TRUNCATE|CONCAT)/
const CONCATENATED = /^CONCAT (.*)$/
/** Which datanode to append at: nothing changes by asking, however late. */
const ASKED_FIRST = 'APPEND to the namenode'

/** Of an append or truncate that its client gave up. */
const MAY_STILL_ACT = /for the client; the request is executed/
/** A truncate has arrived, an append's file is closed. */
const ENDS = /arrive$|drop$/

const MARKER = '/_SUCCESS'

type RecordPlace = NonNullable<ReturnType<typeof recordAt>>

/** A rename or deletion that was carried out, and nobody was told so. */
interface Unacknowledged {
  /** Of the request. */
  readonly path: string
  /** Its client still waits for the answer. */
  readonly isAwaited: boolean
  /** Makes it undone; false where that cannot be. */
  readonly undo: () => boolean
}

/** Keeps what happened. */
export class Witness {
  /** By task, all records that were ever put: garbage collection deletes them, the checker needs them. */
  readonly models: LogModel[]
  readonly #simulation: Simulation
  readonly #violations: Violations
  readonly #reader: Reader
  readonly #marked: MarkedWindows
  /** By task. */
  readonly #put: { readonly sequence: number; readonly bytes: Uint8Array }[][]
  /** The last change of the namespace, if it was a rename or deletion of whose success nobody was told. */
  #unacknowledged: Unacknowledged | undefined
  /** What is about to be deleted, or put together by CONCAT: the files as they are. */
  #doomed: readonly { readonly path: string; readonly bytes: Uint8Array }[] = []

  /** Appends and truncates that may still act, by process. */
  readonly #underWay = new Map<string, Set<string>>()

  constructor(
    simulation: Simulation,
    violations: Violations,
    options: { readonly readersSee: SeenByReaders; readonly taskCount: number },
  ) {
    this.#simulation = simulation
    this.#violations = violations
    this.#reader = new Reader(simulation, violations, options.readersSee)
    this.models = Array.from({ length: options.taskCount }, () => new LogModel(violations))
    this.#put = this.models.map(() => [])
    this.#marked = new MarkedWindows(simulation, violations)
  }

  /** Told of each step before it happens: what is deleted cannot be looked at afterwards. */
  foresee({ stage, request, path }: Pick<Step, 'stage' | 'request' | 'path'>): void {
    this.#doomed = []
    const source = CONCATENATED.exec(request)?.[1]
    if (stage !== 'arrive' || (request !== 'DELETE none' && source === undefined)) return
    const doomed = [path, ...(source === undefined ? [] : [source])].flatMap((each) => {
      const file = this.#simulation.inspectFile(each)
      // What is open is left alone, as in a rename: the file that is put back could not take its writer's bytes.
      return file === undefined || file.isOpen ? [] : [{ path: each, bytes: file.bytes }]
    })
    if (doomed.length === (source === undefined ? 1 : 2)) this.#doomed = doomed
  }

  /** Takes one line of the trace in. */
  see({ process, request, event, path, detail, outcome }: TraceEntry): void {
    if (!MUTATION.test(request) || request === ASKED_FIRST) return
    this.#followUnanswered({ process, request, event, path, outcome })
    const unacknowledged = this.#unacknowledged
    if (unacknowledged?.path === path && event === 'reply' && outcome !== undefined) {
      this.#unacknowledged = { ...unacknowledged, isAwaited: false }
      return
    }
    // A marker is opened and closed; nothing was in between.
    const isClosedAtOnce = event === '*drop' && unacknowledged?.path === path && path.endsWith(MARKER)
    // Whatever else changed, or was acknowledged, made it durable.
    if (!(outcome instanceof Error) && !isClosedAtOnce) this.#unacknowledged = undefined
    if (request.startsWith('DELETE') && event.endsWith('arrive') && outcome === true) {
      this.#checkNeverNeither(path)
      this.#rememberDoomed(path)
    }
    const isDone = event.endsWith('arrive') && outcome === 'done'
    if (isDone && CONCATENATED.test(request)) this.#rememberDoomed(path)
    this.#reader.look(path, this.models)
    this.#marked.look(path, this.models)
    if (path.endsWith(MARKER) && event === '*open' && outcome === 'opened') this.#rememberMarker(path)
    if (request !== 'RENAME' || !event.endsWith('arrive') || outcome !== 'done') return
    // Whatever knows the old name finds nothing there.
    for (const paths of this.#underWay.values()) paths.delete(path)
    const to = DESTINATION.exec(detail ?? '')?.[1] ?? ''
    const record = recordAt(to)
    if (record === undefined) {
      this.#reader.look(to, this.models)
      this.#marked.look(to, this.models)
    } else {
      this.#take(record, to)
      this.#checkReleased(process, record)
    }
    const newestOf =
      record !== undefined && record.sequence === this.models[record.task]!.newest ? record.task : undefined
    if (record === undefined || newestOf !== undefined) {
      const undo = (): boolean => this.#undoRename(path, to, newestOf)
      this.#unacknowledged = { path, isAwaited: !event.startsWith('*'), undo }
    }
  }

  #take({ task, sequence }: RecordPlace, path: string): void {
    const { bytes } = this.#simulation.inspectFile(path)!
    this.#put[task]!.push({ sequence, bytes })
    this.models[task]!.put(sequence, bytes)
  }

  /** Remembers what a process was not answered and the server may still carry out. */
  #followUnanswered({ process, request, event, path, outcome }: Omit<TraceEntry, 'step' | 'timeMs' | 'detail'>): void {
    if (!request.startsWith('APPEND') && !request.startsWith('TRUNCATE')) return
    const underWay = this.#underWay.get(process) ?? new Set()
    this.#underWay.set(process, underWay)
    if (typeof outcome === 'string' && MAY_STILL_ACT.test(outcome)) underWay.add(path)
    else if (event.startsWith('*') && (outcome instanceof Error || ENDS.test(event))) underWay.delete(path)
  }

  /** Who releases a task says that none of its requests is under way: the next owner does not fence. */
  #checkReleased(process: string, { task, sequence }: RecordPlace): void {
    const { newest, released } = this.models[task]!
    if (sequence !== newest || !released) return
    const path = [...(this.#underWay.get(process) ?? [])].find((each) => !each.includes('/tmp/'))
    if (path === undefined) return
    this.#violations.add(
      'LOG',
      `${process} released the task in record ${sequence} while a request to ${path} was under way`,
    )
  }

  /** A file's copy takes its place before the file goes: a reader may see both for a moment, but never neither. */
  #checkNeverNeither(path: string): void {
    const named = namedFile(path)
    if (path.startsWith('_') || named === undefined) return
    const file = this.models[named.task]?.files.get(named.serial)
    if (file === undefined || this.#simulation.inspectFile(file.path) !== undefined) return
    this.#violations.add('SEEN', `${path} was deleted while ${file.path} was not there`)
  }

  /**
   * The namenode fails over, and what it had shown and not yet made durable is lost: a rename or deletion that nobody was told of. Answers
   * whether there was one.
   */
  failOver(): boolean {
    const lost = this.#unacknowledged
    if (lost === undefined || lost.isAwaited || !lost.undo()) return false
    this.#unacknowledged = undefined
    this.#marked.lookAtAll(this.models)
    return true
  }

  /** `newestOf`: it is the newest record of this task. */
  #undoRename(from: string, to: string, newestOf: number | undefined): boolean {
    const file = this.#simulation.inspectFile(to)
    // What is open is left alone: the file that is put back could not take its writer's bytes.
    if (file === undefined || file.isOpen) return false
    this.#simulation.remove(to)
    this.#simulation.plant(from, file.bytes)
    if (newestOf !== undefined) this.#takeBack(newestOf)
    return true
  }

  /** A deletion or a CONCAT can be undone as long as nobody was told. */
  #rememberDoomed(path: string): void {
    const doomed = this.#doomed
    if (doomed[0]?.path !== path) return
    const undo = (): boolean => {
      if (this.#simulation.inspectFile(path)?.isOpen === true) return false
      for (const each of doomed) {
        if (this.#simulation.inspectFile(each.path) !== undefined) this.#simulation.remove(each.path)
        this.#simulation.plant(each.path, each.bytes)
      }
      return true
    }
    this.#unacknowledged = { path, isAwaited: true, undo }
  }

  /** A marker whose writer is gone. */
  #rememberMarker(path: string): void {
    const undo = (): boolean => {
      if (this.#simulation.inspectFile(path) === undefined) return false
      this.#simulation.remove(path)
      return true
    }
    this.#unacknowledged = { path, isAwaited: false, undo }
  }

  #takeBack(task: number): void {
    const put = this.#put[task]!
    put.pop()
    const model = new LogModel(this.#violations)
    this.models[task] = model
    for (const { sequence, bytes } of put) model.put(sequence, bytes)
  }
}
