// An upload of one file that stays open while records come in: one close however much the file gains, and flat memory.
import type { Upload } from '../file-system/file-system.js'
import { FileSystemError } from '../file-system/file-system-error.js'
import type { Compression, Member } from '../format/compression.js'
import type { AttemptFile } from './attempt-file.js'
import type { FileTarget, TempPart } from './file-target.js'
import { tell } from './hooks.js'
import type { MemoryBudget } from './memory-budget.js'
import type { Epoch, TaskContext } from './task-context.js'
import { checkBase, countBlocks, foreignBytes, makeDirectory, noteRefusal, prepareFirstPart } from './upload.js'
import type { Volume } from './volume.js'
import { tryFreshTemps } from './write-temp.js'

/** What an open upload belongs to. */
export interface OpenUploadOf<R> {
  readonly file: AttemptFile<R>
  readonly target: FileTarget
  readonly budget: MemoryBudget
  readonly volume: Volume
  readonly compression?: Compression
  /** Called once, as soon as it fails: its attempt is lost. */
  readonly failed: (file: AttemptFile<R>, error: unknown) => void
}

/** What may wait for an open upload before `write` does: 20 ms of a quick one, and more than a system call takes. */
const BEHIND_BYTES_MAX = 8 * 2 ** 20

/**
 * Bytes leave the file's buffer for the upload as they come. There is no second try: what was sent is no longer in memory, so a failure loses
 * the attempt, and the source replays it.
 */
export class OpenUpload<R> {
  readonly file: AttemptFile<R>
  readonly #context: TaskContext
  readonly #epoch: Epoch
  readonly #of: OpenUploadOf<R>
  readonly #startedMs: number
  #upload: Upload | undefined
  /** The temp that is all its own, where nothing is appended to. */
  #part: TempPart | undefined
  /** What the upload's bytes go through, where they are compressed. */
  #member: Member | undefined
  #takenBytes = 0
  /** What goes on: opening, sending, ending, one after the other. Never rejects. */
  #work: Promise<void>
  #isSending = false
  #state: 'open' | 'ending' | 'ended' | 'failed' | 'given up' = 'open'
  #failure: unknown
  /** When bytes were last sent, or the upload was opened. */
  lastSentMs: number

  /** Begins once `room` resolves; it is asked for when the caller is done. The attempt before must not touch the file any more. */
  constructor(context: TaskContext, epoch: Epoch, of: OpenUploadOf<R>, room: () => Promise<unknown>) {
    this.#context = context
    this.#epoch = epoch
    this.#of = of
    this.file = of.file
    this.#startedMs = context.clock.nowMs()
    this.lastSentMs = this.#startedMs
    this.#work = Promise.resolve()
      .then(room)
      .then(() => this.#attempt(() => this.#open()))
    this.send()
  }

  /** Nothing more is taken. */
  get isOver(): boolean {
    return this.#state !== 'open'
  }

  /** More waits than the network is behind by for an instant: who writes on only fills memory. */
  get isBehind(): boolean {
    return this.file.buffer.bytesHeld > BEHIND_BYTES_MAX
  }

  /** Sends what waits, in the background. */
  send(): void {
    if (this.isOver || this.#isSending) return
    this.#isSending = true
    this.#then(() => this.#sendWaiting())
  }

  /** Resolves when all that waited at the call is sent, or can no longer be: the next call tells. Never rejects. */
  drained(): Promise<void> {
    this.send()
    return this.#work
  }

  /** Sends the rest, ends the upload and checks the length. Rejects with what it failed with, at any time. Repeatable. */
  async end(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'ending'
      this.#then(() => this.#end())
    }
    await this.#work
    if (this.#state !== 'ended') throw this.#failure
  }

  /** Gives the upload up: its attempt is lost. Resolves when nothing of it goes on in this process. Never rejects. */
  async giveUp(why: unknown): Promise<void> {
    if (this.#state === 'ended' || this.#state === 'failed' || this.#state === 'given up') return this.#work
    this.#state = 'given up'
    this.#failure = why
    // Also ends what is being sent.
    const ended = this.#upload?.abort()
    await this.#work
    await ended
  }

  #then(step: () => Promise<void>): void {
    this.#work = this.#work.then(() => this.#attempt(step))
  }

  async #attempt(step: () => Promise<void>): Promise<void> {
    try {
      if (this.#state === 'open' || this.#state === 'ending') await step()
    } catch (error) {
      await this.#fail(error)
    }
    // Given up meanwhile: what was opened in between is closed here.
    if (this.#state === 'given up') await this.#abandon()
  }

  async #open(): Promise<void> {
    this.#member = this.#of.compression?.open()
    const { fileSystem, createOptions } = this.#context
    const { target } = this.#of
    if (target.parts !== undefined) return await this.#openPart(target.parts)
    if (target.placement.at === 'nowhere') {
      await makeDirectory(this.#context, target)
      const temp = await tryFreshTemps(this.#context, this.#epoch, 'data', async (path) => {
        this.#upload = await fileSystem.createUpload(path, createOptions)
      })
      target.placement = { at: 'temp', temp }
      return
    }
    await checkBase(this.#context, this.#epoch, target)
    if (this.#state === 'given up') return
    const path = target.placement.at === 'temp' ? target.placement.temp : target.path
    this.#upload = await fileSystem.appendUpload(path, { base: target.checkedLength })
  }

  async #openPart(parts: TempPart[]): Promise<void> {
    const { fileSystem, createOptions } = this.#context
    await prepareFirstPart(this.#context, this.#epoch, this.#of.target)
    const temp = await tryFreshTemps(this.#context, this.#epoch, 'data', async (path) => {
      this.#upload = await fileSystem.createUpload(path, createOptions)
    })
    this.#part = { temp, bytes: 0 }
    parts.push(this.#part)
  }

  async #sendWaiting(): Promise<void> {
    this.#isSending = false
    const { file } = this
    const { budget } = this.#of
    const bytes = file.buffer.byteLength
    if (bytes === 0) return
    const { pieces, freedBytes } = file.take()
    try {
      for (const piece of pieces)
        await this.#store(this.#member === undefined ? [piece] : await this.#member.write(piece))
      this.#takenBytes += bytes
      this.lastSentMs = this.#context.clock.nowMs()
    } finally {
      budget.add(-freedBytes)
    }
  }

  async #store(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) await this.#upload!.write(piece)
  }

  async #end(): Promise<void> {
    await this.#sendWaiting()
    if (this.#member !== undefined) await this.#store(await this.#member.end())
    this.#member?.close()
    const { target } = this.#of
    const upload = this.#upload!
    const length = await upload.end()
    const part = this.#part
    const expected = (part === undefined ? target.checkedLength : 0) + upload.sentBytes
    if (length !== expected) throw foreignBytes(upload.path, length, expected)
    if (part === undefined) target.checkedLength = expected
    else {
      part.bytes = length
      target.checkedLength += length
      countBlocks(this.#context, target, length)
    }
    this.#of.volume.add(this.#takenBytes, upload.sentBytes)
    this.#state = 'ended'
    const durationMs = this.#context.clock.nowMs() - this.#startedMs
    tell(this.#context, 'upload', { path: target.path, bytes: upload.sentBytes, durationMs })
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#state === 'given up') return
    this.#state = 'failed'
    this.#failure = error
    this.file.uploadFailure = error
    await this.#abandon(error)
    this.#of.failed(this.file, error)
  }

  /** Its bytes may arrive later: who cuts a data file has to know that. A temp goes with its epoch. */
  async #abandon(error?: unknown): Promise<void> {
    const { target } = this.#of
    this.#member?.close()
    noteRefusal(target, error)
    if (target.placement.at === 'data-file' && this.#part === undefined && this.#upload !== undefined) {
      this.#epoch.hasUnanswered = true
      if (error instanceof FileSystemError && error.code === 'TIMEOUT') target.writersGone = 'maybe'
    }
    await this.#upload?.abort()
  }
}
