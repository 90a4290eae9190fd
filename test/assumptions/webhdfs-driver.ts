// The assumptions driver on real servers: WebHDFS or HttpFS, through a fault proxy of its own.
import { setTimeout as delay } from 'node:timers/promises'
import type { SeenResponse } from '../fault-proxy/fault.js'
import { type FaultProxy, startFaultProxy } from '../fault-proxy/proxy.js'
import type {
  AssumptionsDriver,
  CreateOptions,
  FileState,
  Held,
  HeldRequest,
  OpenUpload,
  Outcome,
  RenameMode,
  Traits,
} from './driver.js'
import { type Answer, begin, opUrl, remoteErrorOf, type Sending, send } from './wire.js'

/** Where the servers are. */
export interface WebHdfsDriverOptions {
  /** `http://host:port` of the namenode or of HttpFS: the server whose assumptions are tested. */
  readonly url: string
  /** `http://host:port` of the namenode: only asked whether an upload has begun. */
  readonly namenodeUrl: string
  readonly user: string
  /** Is made, and with everything below it deleted at the end. */
  readonly directory: string
  readonly traits: Traits
}

/** How long an upload may take to be open on the server. */
const openWaitMs = 20_000
const pollIntervalMs = 10

export async function makeWebHdfsDriver(options: WebHdfsDriverOptions): Promise<AssumptionsDriver> {
  const proxy = startFaultProxy()
  const driver = new WebHdfsDriver(options, proxy, await proxy.routeUrl(options.url))
  await driver.mkdirs(options.directory)
  return driver
}

class WebHdfsDriver implements AssumptionsDriver {
  readonly directory: string
  readonly traits: Traits
  readonly #options: WebHdfsDriverOptions
  readonly #proxy: FaultProxy
  readonly #url: string

  constructor(options: WebHdfsDriverOptions, proxy: FaultProxy, url: string) {
    this.directory = options.directory
    this.traits = options.traits
    this.#options = options
    this.#proxy = proxy
    this.#url = url
  }

  create(path: string, bytes: Uint8Array, options: CreateOptions = {}): Promise<Outcome<'done'>> {
    return this.#upload('PUT', path, 'CREATE', createParameters(options), bytes)
  }

  append(path: string, bytes: Uint8Array): Promise<Outcome<'done'>> {
    return this.#upload('POST', path, 'APPEND', {}, bytes)
  }

  rename(source: string, destination: string, mode: RenameMode): Promise<Outcome<boolean>> {
    return this.#ask('PUT', source, 'RENAME', renameParameters(destination, mode), (body) => {
      return mode === 'plain' ? booleanOf(body) : true
    })
  }

  delete(path: string, what: 'file-or-empty-directory' | 'tree'): Promise<Outcome<boolean>> {
    return this.#ask('DELETE', path, 'DELETE', { recursive: String(what === 'tree') }, booleanOf)
  }

  truncate(path: string, length: number): Promise<Outcome<boolean>> {
    return this.#ask('POST', path, 'TRUNCATE', { newlength: String(length) }, booleanOf)
  }

  concat(target: string, sources: readonly string[]): Promise<Outcome<'done'>> {
    return this.#ask('POST', target, 'CONCAT', { sources: sources.join(',') }, () => 'done')
  }

  mkdirs(path: string): Promise<Outcome<boolean>> {
    return this.#ask('PUT', path, 'MKDIRS', {}, booleanOf)
  }

  async stat(path: string): Promise<FileState | null> {
    const outcome = await this.#ask('GET', path, 'GETFILESTATUS', {}, (body) => {
      const { FileStatus } = JSON.parse(body) as { FileStatus: { length: number; type: string; fileId: number } }
      const { length, type, fileId } = FileStatus
      return { length, isDirectory: type === 'DIRECTORY', fileId: String(fileId) }
    })
    if ('value' in outcome) return outcome.value
    if ('exception' in outcome && outcome.exception === 'FileNotFoundException') return null
    throw new Error(`GETFILESTATUS of ${path}: ${JSON.stringify(outcome)}`)
  }

  isOpen(path: string): Promise<Outcome<boolean>> {
    return this.#ask('GET', path, 'GET_BLOCK_LOCATIONS', {}, isUnderConstruction)
  }

  async read(path: string): Promise<Outcome<Uint8Array>> {
    const location = await this.#locate('GET', path, 'OPEN', {})
    if (!('value' in location)) return location
    // HttpFS sends the bytes at once.
    if (typeof location.value !== 'string') return { value: location.value.body }
    return outcomeOf(send('GET', location.value), (_, body) => body)
  }

  list(path: string, startAfter?: string): Promise<Outcome<readonly string[]>> {
    return this.#ask('GET', path, 'LISTSTATUS_BATCH', { startafter: startAfter }, (body) => {
      const listing = JSON.parse(body) as {
        DirectoryListing: { partialListing: { FileStatuses: { FileStatus: { pathSuffix: string }[] } } }
      }
      return listing.DirectoryListing.partialListing.FileStatuses.FileStatus.map(({ pathSuffix }) => pathSuffix)
    })
  }

  openCreate(path: string, bytes: Uint8Array, options: CreateOptions = {}): Promise<Outcome<OpenUpload>> {
    return this.#open('PUT', path, 'CREATE', createParameters(options), bytes)
  }

  openAppend(path: string, bytes: Uint8Array): Promise<Outcome<OpenUpload>> {
    return this.#open('POST', path, 'APPEND', {}, bytes)
  }

  async hold(held: HeldRequest): Promise<Held> {
    const { method, path, op, parameters, bytes } = requestOf(held)
    let url = this.#opUrl(path, op, parameters)
    if (bytes !== undefined) {
      const location = await this.#locate(method, path, op, parameters)
      if (!('value' in location) || typeof location.value !== 'string') {
        throw new Error(`no datanode for ${op} of ${path}: ${JSON.stringify(location)}`)
      }
      url = location.value
    }
    const hop = bytes === undefined ? 'first' : 'redirected'
    const fault = this.#proxy.arm({ method, op, path, hop }, { kind: 'hold' })
    const sending = begin(method, url, { ...octets, 'Content-Length': String(bytes?.length ?? 0) })
    sending.request.end(bytes)
    const occurrence = await fault.triggered
    sending.request.destroy()
    return {
      deliver: async () => {
        occurrence.release()
        return seenOutcome(await occurrence.response)
      },
    }
  }

  async wait(durationMs: number): Promise<void> {
    await delay(durationMs)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy[Symbol.asyncDispose]()
    const { namenodeUrl, directory, user } = this.#options
    await send('DELETE', opUrl(namenodeUrl, directory, 'DELETE', { recursive: 'true', 'user.name': user }))
  }

  #opUrl(path: string, op: string, parameters: Parameters): string {
    return opUrl(this.#url, path, op, { ...parameters, 'user.name': this.#options.user })
  }

  #ask<T>(
    method: string,
    path: string,
    op: string,
    parameters: Parameters,
    read: (body: string) => T,
  ): Promise<Outcome<T>> {
    return outcomeOf(send(method, this.#opUrl(path, op, parameters)), read)
  }

  /** Where the data goes to or comes from; a server that answers with the data itself is such a place too. */
  async #locate(
    method: string,
    path: string,
    op: string,
    parameters: Parameters,
  ): Promise<Outcome<string | { readonly body: Uint8Array }>> {
    const answer = send(method, this.#opUrl(path, op, parameters))
    const outcome = await outcomeOf(answer, (_, body) => ({ body }))
    const { location } = (await answer).headers
    return location === undefined ? outcome : { value: location }
  }

  async #upload(
    method: string,
    path: string,
    op: string,
    parameters: Parameters,
    bytes: Uint8Array,
  ): Promise<Outcome<'done'>> {
    const location = await this.#locate(method, path, op, parameters)
    if (!('value' in location)) return location
    return outcomeOf(send(method, String(location.value), { body: bytes, headers: octets }), () => 'done')
  }

  async #open(
    method: string,
    path: string,
    op: string,
    parameters: Parameters,
    bytes: Uint8Array,
  ): Promise<Outcome<OpenUpload>> {
    const location = await this.#locate(method, path, op, parameters)
    if (!('value' in location)) return location
    const observed = this.#proxy.arm({ method, op, path, hop: 'redirected' }, { kind: 'observe' })
    const sending = begin(method, String(location.value), octets)
    sending.request.write(bytes)
    const occurrence = await observed.triggered
    const refused = outcomeOf<'done'>(sending.answer, () => 'done')
    const opened = await Promise.race([this.#untilOpen(path), refused])
    if (opened !== 'open') {
      if ('value' in opened) throw new Error(`${op} of ${path} was answered before its body`)
      return opened
    }
    return { value: openUpload(sending, refused, occurrence) }
  }

  async #untilOpen(path: string): Promise<'open'> {
    const { namenodeUrl, user } = this.#options
    const url = opUrl(namenodeUrl, path, 'GET_BLOCK_LOCATIONS', { 'user.name': user })
    for (let waitedMs = 0; waitedMs < openWaitMs; waitedMs += pollIntervalMs) {
      const outcome = await outcomeOf(send('GET', url), isUnderConstruction)
      if ('value' in outcome && outcome.value) return 'open'
      await delay(pollIntervalMs)
    }
    throw new Error(`${path} did not become open within ${openWaitMs} ms`)
  }
}

type Parameters = Readonly<Record<string, string | undefined>>

/** Without it HttpFS refuses a body. */
const octets = { 'Content-Type': 'application/octet-stream' }

function createParameters({ parents, blockSizeBytes }: CreateOptions): Parameters {
  return {
    overwrite: 'false',
    createparent: parents === 'require' ? 'false' : undefined,
    blocksize: blockSizeBytes?.toString(),
  }
}

function renameParameters(destination: string, mode: RenameMode): Parameters {
  return { destination, renameoptions: mode === 'plain' ? undefined : mode.toUpperCase() }
}

function requestOf(held: HeldRequest): {
  readonly method: string
  readonly path: string
  readonly op: string
  readonly parameters: Parameters
  readonly bytes?: Uint8Array
} {
  switch (held.kind) {
    case 'append':
      return { method: 'POST', path: held.path, op: 'APPEND', parameters: {}, bytes: held.bytes }
    case 'create': {
      const parameters = createParameters(held.options ?? {})
      return { method: 'PUT', path: held.path, op: 'CREATE', parameters, bytes: held.bytes }
    }
    case 'truncate':
      return { method: 'POST', path: held.path, op: 'TRUNCATE', parameters: { newlength: String(held.length) } }
    case 'rename': {
      const parameters = renameParameters(held.destination, held.mode)
      return { method: 'PUT', path: held.source, op: 'RENAME', parameters }
    }
    case 'concat':
      return { method: 'POST', path: held.target, op: 'CONCAT', parameters: { sources: held.sources.join(',') } }
  }
}

function openUpload(
  sending: Sending,
  outcome: Promise<Outcome<'done'>>,
  occurrence: { stop(): void; cut(): void },
): OpenUpload {
  const { request } = sending
  return {
    write: (bytes) => new Promise((resolve) => request.write(bytes, () => resolve())),
    finish: () => {
      request.end()
      return outcome
    },
    cut: async () => {
      request.destroy()
    },
    vanish: async () => {
      occurrence.stop()
      request.destroy()
      return { end: async () => occurrence.cut() }
    },
  }
}

async function outcomeOf<T>(answer: Promise<Answer>, read: (body: string, bytes: Buffer) => T): Promise<Outcome<T>> {
  const heard = await answer.catch((error: Error) => ({ lost: error.message }))
  if ('lost' in heard) return heard
  return textOutcome(heard.status, heard.body.toString('utf8'), (text) => read(text, heard.body))
}

function seenOutcome(response: SeenResponse | null): Outcome<unknown> {
  if (response === null) return { lost: 'the connection ended' }
  return textOutcome(response.status, response.body, (text) => (text.includes('"boolean"') ? booleanOf(text) : 'done'))
}

function textOutcome<T>(status: number, text: string, read: (text: string) => T): Outcome<T> {
  if (status >= 200 && status < 400) return { value: read(text) }
  const error = remoteErrorOf(text)
  if (error === undefined) return { exception: `HTTP ${status}`, message: text }
  return { exception: error.exception, message: error.message }
}

function booleanOf(body: string): boolean {
  const { boolean } = JSON.parse(body) as { boolean?: unknown }
  if (typeof boolean !== 'boolean') throw new Error(`not a boolean answer: ${body}`)
  return boolean
}

function isUnderConstruction(body: string): boolean {
  const { LocatedBlocks } = JSON.parse(body) as { LocatedBlocks: { isUnderConstruction: boolean } }
  return LocatedBlocks.isUnderConstruction
}
