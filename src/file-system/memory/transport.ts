// How the port adapter reaches a namespace: at once in memory, through faults and delays in a simulation.
import type { Clock } from '../../model/clock.js'
import type { Operation } from '../file-system-error.js'
import type { Writer } from './inode.js'
import type { Namespace } from './namespace.js'

/** One request that the server answers. */
export interface NamespaceRequest<T> {
  /** The verb of the port that it is part of. */
  readonly operation: Operation
  readonly path: string
  /** The request in HDFS's words, for a trace. */
  readonly request: string
  /** What else belongs to it, for a trace. */
  readonly detail?: string
  /** A read changes nothing: whatever happens to it, it was not applied. */
  readonly kind: 'read' | 'mutation'
  /** Carries it out; throws a RemoteException where the server refuses. */
  execute(namespace: Namespace): T
}

/** An upload to be begun. */
export interface UploadRequest {
  readonly operation: 'create' | 'append'
  readonly path: string
  /** Opens the file on the server, under a lease of the holder. */
  open(namespace: Namespace, holder: string): Writer
}

/** An upload on its way: one connection to a datanode. Rejections are RemoteExceptions, or FileSystemErrors where no answer came. */
export interface UploadChannel {
  /** Sends a chunk, which is not changed afterwards; a promise only under back-pressure. Throws or rejects once the upload failed. */
  send(chunk: Uint8Array): Promise<void> | undefined
  /** Resolves when all that was sent is kept, with the length of the file, which stays open. */
  persist(): Promise<number>
  /** Resolves when the server says that the file is closed. */
  finish(): Promise<void>
  /**
   * Gives the connection up: the server closes the file with whatever arrived. Whoever waits for the channel gets the
   * error. Nothing may be called afterwards.
   */
  drop(error: Error): void
}

/** A way to one namespace. */
export interface NamespaceTransport {
  readonly location: string
  readonly clock: Clock
  /** Rejects with the server's RemoteException, or with a FileSystemError where no answer came. */
  request<T>(request: NamespaceRequest<T>): Promise<T>
  upload(request: UploadRequest): UploadChannel
}
