// One run: the product's own code on a simulated HDFS, a witness that keeps every record that was ever put, and the checker.
import { MultiOutput } from '../../src/multi-output.js'
import type { FaultPolicy, Step } from '../../src/testing/simulation/fault.js'
import type { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import type { SimulatedProcess } from '../../src/testing/simulation/simulated-process.js'
import { Simulation } from '../../src/testing/simulation/simulation.js'
import { checkFiles, type RawDataFile } from './checker/check-files.js'
import { checkKept } from './checker/check-kept.js'
import { checkTold } from './checker/check-told.js'
import { checkWindows, markedBy } from './checker/check-windows.js'
import type { LogModel, Positions } from './checker/log-model.js'
import { Violations } from './checker/violations.js'
import { foreignFiles, namedFile } from './data-names.js'
import { Journal } from './journal.js'
import { seenIn } from './reader.js'
import { Snapshots } from './snapshots.js'
import { Source, type SourceRecord, TOPIC } from './source.js'
import { tinyFormat } from './tiny-format.js'
import { windowOptions } from './windows.js'
import { Witness } from './witness.js'
import type { Workload } from './workload.js'

const JOB = 'crash'
const LOST_IN_FAILOVER = 'lost in a failover'
const TMP_EPOCH = /^_multi_output\/task-(\d+)\/tmp\/(\d+)$/
/** What is beside data files, and what the protocol keeps. */
const BESIDE = /(?:^|\/)\.concat-[^/]*$/
const OF_TASK = /^_multi_output\/task-(\d+)\//

/** A world for one run. */
export class CrashWorld {
  readonly workload: Workload
  readonly source: Source
  readonly simulation: Simulation
  readonly violations: Violations = new Violations()
  readonly journal: Journal = new Journal()
  /** How often the product did something, by name: for reports on what was reached. */
  readonly counts: Map<string, number> = new Map()
  readonly #witness: Witness
  readonly #snapshots: Snapshots
  /** What lies there and is not of this run. */
  readonly #foreign: ReadonlyMap<string, Uint8Array>
  readonly #pids = new Map<string, number>()
  /** By process; who is not there is of task 0. */
  readonly #tasks = new Map<string, number>()
  readonly #fenced = new Set<string>()
  /** Appends whose datanode was asked for: they go on also if their process is fenced in between. */
  readonly #begunAppends = new Set<string>()

  constructor(
    seed: number | string,
    workload: Workload,
    policy?: FaultPolicy | ((random: SeededRandom) => FaultPolicy),
  ) {
    this.workload = workload
    this.source = new Source(workload)
    this.simulation = new Simulation({
      seed,
      policy: (random) => this.#watching(typeof policy === 'function' ? policy(random) : policy),
      pageEntriesMax: workload.pageEntriesMax,
      capabilities: { recoverLease: workload.recoverLease },
      // Before 3.5.0 nobody may append to what was concatenated: so nobody does.
      ...(workload.mode !== 'append' ? { hdfs: { appendAfterConcat: 'breaks' } } : {}),
      onEvent: (event) => this.#witness.see(event),
    })
    this.#foreign = foreignFiles(workload)
    for (const [path, bytes] of this.#foreign) this.simulation.plant(path, bytes)
    this.#snapshots = new Snapshots(seed, workload.snapshotEvery)
    this.#witness = new Witness(this.simulation, this.violations, {
      readersSee: seenIn(workload),
      taskCount: workload.taskCount,
    })
  }

  /** Exchanges the policy; the watch over fenced writers stays. */
  setPolicy(policy: FaultPolicy | undefined): void {
    this.simulation.policy = this.#watching(policy)
  }

  #watching(policy: FaultPolicy | undefined): FaultPolicy {
    return {
      ...policy,
      decide: (step) => {
        const append = `${step.process} ${step.path}`
        if (this.#fenced.has(step.process)) {
          if (step.stage !== 'open' || !this.#begunAppends.delete(append)) this.#checkFenced(step)
        } else if (step.request === 'APPEND to the namenode') this.#begunAppends.add(append)
        const fate = policy?.decide(step) ?? this.#snapshots.fateOf(step, this.simulation.steps)
        if (this.workload.mode !== 'append' && /^(?:APPEND|TRUNCATE)/.test(step.request))
          this.violations.add(
            'FILE',
            `${step.process} sends ${step.request} ${step.path} in mode ${this.workload.mode}`,
          )
        // After the policy, which may put back what this step deletes.
        this.#witness.foresee(step)
        return fate
      },
    }
  }

  #checkFenced({ kind, stage, process, request, path }: Step): void {
    if (kind === 'mutation' && (stage === 'arrive' || stage === 'open')) {
      this.violations.add('ZOMBIE', `${process} was fenced and sends ${request} ${path}`)
    }
  }

  /** By task, what was decided so far. */
  get models(): readonly LogModel[] {
    return this.#witness.models
  }

  /** Says of which task a process is, before it opens anything. */
  assign(processName: string, task: number): void {
    this.#tasks.set(processName, task)
  }

  taskOf({ name }: SimulatedProcess): number {
    return this.#tasks.get(name) ?? 0
  }

  #modelOf(process: SimulatedProcess): LogModel {
    return this.models[this.taskOf(process)]!
  }

  /** The namenode fails over: see {@link Witness.failOver}. */
  failOver(): void {
    if (this.#witness.failOver()) this.count(LOST_IN_FAILOVER)
  }

  /** The number by which records tell a process. */
  pidOf(process: SimulatedProcess): number {
    let pid = this.#pids.get(process.name)
    if (pid === undefined) {
      pid = this.#pids.size + 1
      this.#pids.set(process.name, pid)
    }
    return pid
  }

  /** Opens an output in a process and takes note of what it is told. Rejects as `MultiOutput.open` does. */
  async open(
    process: SimulatedProcess,
    takeover: 'always' | 'ifReleased' = 'always',
  ): Promise<MultiOutput<SourceRecord>> {
    const { workload } = this
    const newestBefore = this.#modelOf(process).newest
    const output = await MultiOutput.open<SourceRecord>(
      {
        fileSystem: process.fileSystem,
        job: JOB,
        task: this.taskOf(process),
        taskCount: workload.taskCount,
        ...(workload.windows === undefined ? { partitioner: ({ key }) => key } : windowOptions(workload.windows)),
        format: tinyFormat,
        mode: workload.mode,
        visibility: workload.visibility,
        ...(workload.fileName === undefined ? {} : { fileName: workload.fileName }),
        roll: {
          recordsMax: workload.recordsPerFileMax,
          ...(workload.mode === 'concat' ? { blocksMax: workload.blocksPerFileMax } : {}),
        },
        openFilesMax: workload.openFilesMax,
        bufferedBytesMax: workload.bufferedBytesMax,
        operationsMax: workload.operationsMax,
        streamThresholdBytes: workload.streamThresholdBytes,
        openUploadsMax: workload.openUploadsMax,
        uploadIdleMsMax: workload.uploadIdleMsMax,
        takeoverWaitMs: workload.takeoverWaitMs,
        truncateWaitMs: workload.truncateWaitMs,
        retryForMs: workload.retryForMs,
        takeover,
        hooks: {
          reclaim: ({ how, from }) => this.#noteReclaim(how, from),
          seal: ({ reason }) => this.count(reason === 'window' ? 'seal of a window' : 'seal'),
          late: () => this.count('late record'),
          windowMarked: () => this.count('window marked'),
          upload: () => this.count('upload'),
        },
      },
      {
        clock: process.clock,
        random: process.random,
        process: { host: process.name, bootId: '', pidNamespace: '', pid: this.pidOf(process), startTime: '' },
        isSurelyGone: () => false,
        checkpointLimits: { commitsMax: workload.checkpointCommitsMax, bytesMin: 2 ** 20 },
      },
    )
    this.#tellPositions(process, 'opened', output, newestBefore)
    this.#checkTakeover(process, takeover)
    this.check(process, 'exact', `${process.name} has opened`)
    return output
  }

  /** Only in mode `append` does anybody write to a data file, so only there is one ever fenced or cut. */
  #noteReclaim(how: string, path: string): void {
    this.count(`reclaim, ${how}`)
    if (this.workload.mode === 'append' || how === 'replaced') return
    this.violations.add('SEEN', `${path} was reclaimed (${how}) in mode ${this.workload.mode}`)
  }

  /** Who may not take over has claimed what was released. */
  #checkTakeover(process: SimulatedProcess, takeover: 'always' | 'ifReleased'): void {
    const { name } = process
    const { records } = this.#modelOf(process)
    const claim = records.findLastIndex(({ type, pid }) => type === 'claim' && pid === this.#pids.get(name))
    const isFree = records.slice(0, claim).findLast(({ type }) => type !== 'checkpoint')?.released ?? true
    if (takeover === 'ifReleased' && !isFree) this.violations.add('BELIEF', `${name} took over what was not released`)
  }

  #tellPositions(
    process: SimulatedProcess,
    what: 'opened' | 'aborted',
    output: MultiOutput<SourceRecord>,
    newestBefore: number,
  ): void {
    const committed = positionsOf(output)
    const { newest: newestAfter, records } = this.#modelOf(process)
    const pid = this.pidOf(process)
    // Who was fenced and did not notice tells what was so when it still was the owner; but nothing from before its own last record.
    const own = records.findLastIndex((record) => record.pid === pid)
    // In a failover the newest record may go.
    const since = Math.min(newestBefore, newestAfter, this.newestClaimantOf(process) === pid ? newestBefore : own)
    this.journal.add({ what, ...this.#who(process), committed, newestBefore: since, newestAfter })
  }

  /** Commits, and takes note. Rejects as `commit` does. */
  async commit(process: SimulatedProcess, output: MultiOutput<SourceRecord>): Promise<void> {
    const { sequence, offsets } = await output.commit()
    const ranges = [...(offsets.get(TOPIC) ?? [])].map(([partition, range]) => ({ partition, ...range }))
    const committed = positionsOf(output)
    const newestAfter = this.#modelOf(process).newest
    this.journal.add({ what: 'committed', ...this.#who(process), sequence, ranges, committed, newestAfter })
    this.check(process, 'growing', `${process.name} has committed ${sequence}`)
  }

  /** Aborts, and takes note. Rejects as `abort` does. */
  async abort(process: SimulatedProcess, output: MultiOutput<SourceRecord>): Promise<void> {
    const newestBefore = this.#modelOf(process).newest
    await output.abort()
    this.#tellPositions(process, 'aborted', output, newestBefore)
    this.check(process, 'exact', `${process.name} has aborted`)
  }

  /** Closes, and takes note. Rejects as `close` does. */
  async close(process: SimulatedProcess, output: MultiOutput<SourceRecord>): Promise<void> {
    await output.close()
    this.journal.add({ what: 'closed', ...this.#who(process) })
    this.check(process, 'exact', `${process.name} has closed`)
  }

  /** A writer is told an error. Answers whether it was fenced and has to end. */
  tellError(process: SimulatedProcess, doing: string, error: unknown): 'fenced' | 'failed' {
    this.count(`error, ${(error as { code?: string }).code ?? 'none'}`)
    if ((error as { code?: string }).code !== 'FENCED') {
      this.journal.add({ what: 'failed', ...this.#who(process), doing, error })
      return 'failed'
    }
    // A record that was seen and then lost in a failover may have been what fenced it: that costs a restart and nothing else.
    const newestClaimant = this.counts.has(LOST_IN_FAILOVER) ? undefined : this.newestClaimantOf(process)
    this.journal.add({ what: 'fenced', ...this.#who(process), newestClaimant })
    this.#fenced.add(process.name)
    return 'fenced'
  }

  #who(process: SimulatedProcess): { process: string; task: number; pid: number; step: number } {
    return { process: process.name, task: this.taskOf(process), pid: this.pidOf(process), step: this.simulation.steps }
  }

  /** Who claimed the process's task last. */
  newestClaimantOf(process: SimulatedProcess): number | undefined {
    return this.#modelOf(process).records.findLast(({ type }) => type === 'claim')?.pid
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  /** Compares the files with the log, if the process is the one that may say how they are. */
  check(process: SimulatedProcess, strictness: 'exact' | 'growing', when: string): void {
    if (this.newestClaimantOf(process) !== this.pidOf(process)) return
    this.checkNow(this.taskOf(process), strictness, 'busy', when)
  }

  /** Compares all that lies there of a task, and what is of none, with all that was decided. */
  checkNow(task: number, strictness: 'exact' | 'growing', moment: 'quiet' | 'busy', when: string): void {
    const lying = new Map<string, RawDataFile>()
    const kept = new Map<string, Uint8Array>()
    const marked = new Set<string>()
    for (const [path, { bytes, isOpen }] of this.simulation.inspect()) {
      const directory = this.workload.windows === undefined ? undefined : markedBy(path)
      if (this.#foreign.has(path)) continue
      if (directory !== undefined) marked.add(directory)
      else if (this.#isOfOtherTask(path, task)) continue
      else if (path.startsWith('_multi_output/')) kept.set(path, bytes)
      else lying.set(path, { bytes, isOpen })
    }
    const { models, source, workload, violations } = this
    const model = models[task]!
    const { visibility } = workload
    this.#checkForeign(when)
    checkFiles({ lying, model, source, visibility, strictness, when }, violations)
    if (this.workload.windows !== undefined)
      checkWindows({ marked, models, moment: moment === 'quiet' ? 'closed' : 'busy', when }, violations)
    checkKept({ kept, tmpEpochs: this.#tmpEpochs(task), model, moment, when }, violations)
  }

  /** When all have left, of whichever task, what all are past has its marker: nobody is there any more who would see to it. */
  checkLeft(when: string): void {
    const { models, violations, workload } = this
    if (workload.windows === undefined || !models.every(({ released, newest }) => released && newest >= 0)) return
    const marked = [...this.simulation.inspect().keys()].map(markedBy).filter((directory) => directory !== undefined)
    checkWindows({ marked: new Set(marked), models, moment: 'closed', when }, violations)
  }

  #isOfOtherTask(path: string, task: number): boolean {
    if (BESIDE.test(path)) return this.models.some((model, other) => other !== task && model.consumes(path))
    const own = Number(OF_TASK.exec(path)?.[1] ?? namedFile(path)?.task ?? task)
    return own !== task && own < this.workload.taskCount
  }

  #checkForeign(when: string): void {
    for (const [path, bytes] of this.#foreign) {
      const found = this.simulation.inspectFile(path)
      if (found !== undefined && !found.isOpen && Buffer.compare(found.bytes, bytes) === 0) continue
      this.violations.add('FILE', `${when}: ${path} is not of this run, and was touched`)
    }
  }

  #tmpEpochs(task: number): number[] {
    const epochs = this.simulation.directories().map((path) => TMP_EPOCH.exec(path) ?? [])
    return epochs.filter(([, of]) => Number(of) === task).map(([, , epoch]) => Number(epoch))
  }

  /** The last word: everything that was told, compared with everything that was decided. */
  checkTold(): void {
    checkTold(this.journal.entries, this.models, this.violations)
  }
}

/** What an output says it goes on from. */
export function positionsOf(output: MultiOutput<SourceRecord>): Positions {
  const partitions = output.committed.offsets.get(TOPIC) ?? new Map()
  return new Map([...partitions].map(([partition, { until }]) => [partition, until]))
}
