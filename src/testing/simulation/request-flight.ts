// A request with one answer: it arrives and is executed, then its reply arrives.

import { type FileSystemError, type Operation, RemoteException } from '../../file-system/file-system-error.js'
import type { NamespaceRequest } from '../../file-system/memory/transport.js'
import type { Aftermath } from './fault.js'
import { type Client, Flight, type Lateness, type Surroundings } from './flight.js'

/** How the answer reaches the client. */
export interface Answer<T> {
  resolve(value: T): void
  reject(error: unknown): void
}

/** One request. */
export class RequestFlight<T> extends Flight {
  readonly #request: NamespaceRequest<T>
  readonly #answer: Answer<T>
  #stage: 'arrive' | 'reply' | 'over' = 'arrive'
  #result: { readonly value: T } | { readonly error: unknown } | undefined

  constructor(client: Client, surroundings: Surroundings, request: NamespaceRequest<T>, answer: Answer<T>) {
    super(client, surroundings)
    this.#request = request
    this.#answer = answer
  }

  get operation(): Operation {
    return this.#request.operation
  }

  get request(): string {
    return this.#request.request
  }

  get detail(): string | undefined {
    return this.#request.detail
  }

  get path(): string {
    return this.#request.path
  }

  get kind(): 'read' | 'mutation' {
    return this.#request.kind
  }

  get stage(): 'arrive' | 'reply' {
    return this.#stage === 'arrive' ? 'arrive' : 'reply'
  }

  readonly pendingBytes = 0
  readonly isIdle = false

  get isOver(): boolean {
    return this.#stage === 'over'
  }

  deliver(): unknown {
    if (this.#stage === 'over') throw new TypeError(`${this.request} ${this.path} is over and was delivered again`)
    if (this.#stage === 'reply') {
      this.#settle()
      return undefined
    }
    const result = this.#execute()
    this.#result = result
    this.#stage = this.isOrphan ? 'over' : 'reply'
    return 'error' in result ? result.error : (result.value ?? 'done')
  }

  #execute(): { readonly value: T } | { readonly error: unknown } {
    try {
      return { value: this.#request.execute(this.surroundings.namespace) }
    } catch (error) {
      // Anything but a refusal is a mistake of the simulation, and not to be told to a client as one.
      if (!(error instanceof RemoteException) && !isFileSystemError(error)) throw error
      return { error }
    }
  }

  #settle(): void {
    this.#stage = 'over'
    const result = this.#result!
    this.client.resume(() =>
      'error' in result ? this.#answer.reject(result.error) : this.#answer.resolve(result.value),
    )
  }

  refuseWith(error: unknown): void {
    this.#result = { error }
    this.#settle()
  }

  tellUnanswered(error: FileSystemError): void {
    this.client.resume(() => this.#answer.reject(error))
  }

  orphan(aftermath: Aftermath, lateness: Lateness): void {
    if (this.#stage === 'over' || this.isOrphan) return
    this.isOrphan = true
    if (this.#stage !== 'arrive' || aftermath.request === 'never') this.#stage = 'over'
    else Object.assign(this, lateness)
  }
}

function isFileSystemError(error: unknown): boolean {
  return error instanceof Error && error.name === 'FileSystemError'
}
