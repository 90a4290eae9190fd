// The shortest way to a namespace: every request is executed the moment it is made, and every answer arrives.
import type { Clock } from '../../model/clock.js'
import type { Writer } from './inode.js'
import type { Namespace } from './namespace.js'
import type { NamespaceRequest, NamespaceTransport, UploadChannel, UploadRequest } from './transport.js'

let instances = 0

/** A transport without a network. */
export class MemoryTransport implements NamespaceTransport {
  readonly location: string
  readonly clock: Clock
  readonly #namespace: Namespace
  #holders = 0

  constructor(namespace: Namespace, clock: Clock) {
    instances += 1
    this.location = `memory:///${instances}`
    this.#namespace = namespace
    this.clock = clock
  }

  async request<T>(request: NamespaceRequest<T>): Promise<T> {
    return request.execute(this.#namespace)
  }

  upload(request: UploadRequest): UploadChannel {
    this.#holders += 1
    return new MemoryUploadChannel(this.#namespace, request, `client-${this.#holders}`)
  }
}

class MemoryUploadChannel implements UploadChannel {
  readonly #namespace: Namespace
  #writer: Writer | undefined
  /** That the server refused shows when bytes are sent, as over HTTP. */
  #refusal: { readonly error: unknown } | undefined

  constructor(namespace: Namespace, request: UploadRequest, holder: string) {
    this.#namespace = namespace
    try {
      this.#writer = request.open(namespace, holder)
    } catch (error) {
      this.#refusal = { error }
    }
  }

  send(chunk: Uint8Array): undefined {
    this.#attempt((writer) => this.#namespace.receive(writer, chunk))
  }

  async persist(): Promise<number> {
    return this.#attempt((writer) => this.#namespace.persist(writer))
  }

  async finish(): Promise<void> {
    this.#attempt((writer) => this.#namespace.complete(writer))
    this.#writer = undefined
  }

  drop(): void {
    if (this.#writer !== undefined) this.#namespace.connectionLost(this.#writer)
    this.#writer = undefined
  }

  #attempt<T>(step: (writer: Writer) => T): T {
    if (this.#writer === undefined) throw this.#refusal?.error ?? new TypeError('the upload is over')
    try {
      return step(this.#writer)
    } catch (error) {
      this.drop()
      this.#refusal = { error }
      throw error
    }
  }
}
