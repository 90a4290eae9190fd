// What the behaviour cases need of an HDFS: the real one over HTTP, or a simulated one. It speaks HDFS's language, not
// that of our port: its verbs, its booleans, its exceptions. Whoever implements it may not retry, settle or translate.

/** The server's refusal: the Java exception's class without its package, and the first line of its message. */
export interface Refusal {
  readonly exception: string
  readonly message: string
}

/** No answer came. */
export interface Lost {
  readonly lost: string
}

/** What came of a request. Drivers never throw for what a server says. */
export type Outcome<T> = { readonly value: T } | Refusal | Lost

/** `plain`: without options, answers a boolean. `none`, `overwrite`: with that option; done or refused. */
export type RenameMode = 'plain' | 'none' | 'overwrite'

export interface CreateOptions {
  /** Default `create`, as in HDFS. */
  readonly parents?: 'create' | 'require'
  /** At least 512, a multiple of 512. Default: the server's. */
  readonly blockSizeBytes?: number
}

export interface FileState {
  readonly length: number
  readonly isDirectory: boolean
  /** What stays the same through renames. */
  readonly fileId: string
}

/** A request that has been sent and has not begun. */
export type HeldRequest =
  | { readonly kind: 'append'; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: 'create'; readonly path: string; readonly bytes: Uint8Array; readonly options?: CreateOptions }
  | { readonly kind: 'truncate'; readonly path: string; readonly length: number }
  | { readonly kind: 'rename'; readonly source: string; readonly destination: string; readonly mode: RenameMode }
  | { readonly kind: 'concat'; readonly target: string; readonly sources: readonly string[] }

/** A request on its way, whose client has gone: it will be carried out when it arrives, whatever has become of the world. */
export interface Held {
  /** It arrives now. What the server answers is heard by nobody but the test. */
  deliver(): Promise<Outcome<unknown>>
}

/** An upload that has begun: the server has the file open for it. Exactly one of the three ends is called. */
export interface OpenUpload {
  /** Bytes on their way: nothing says when they are there. */
  write(bytes: Uint8Array): Promise<void>
  /** The upload is whole: resolves with the server's answer. */
  finish(): Promise<Outcome<'done'>>
  /** The client is gone, and its connection ends: the server hears of it. */
  cut(): Promise<void>
  /** The client is gone and its connection stands: the server hears nothing, until `end`. */
  vanish(): Promise<Vanished>
}

export interface Vanished {
  /** The connection ends after all. */
  end(): Promise<void>
}

/** In what a server differs from a namenode with datanodes of the version that everybody has. */
export interface Traits {
  /** HttpFS ignores `renameoptions`, and `createparent`: cases about them do not run there. */
  readonly options: 'honoured' | 'ignored'
  /** HttpFS names some exceptions `RemoteException` only; their text is left. */
  readonly exceptions: 'exact' | 'blurred'
  /** HttpFS ignores `startafter`. */
  readonly listsAfter: 'honoured' | 'ignored'
  /** A namenode compares names as Java bytes, which are signed. The simulation lists in the order of our port. */
  readonly namesInOrderOf: 'signed-bytes' | 'code-points'
  /** HttpFS gives an upload up when nothing has come for its idle time, 60 s as shipped. A datanode waits for ever. */
  readonly idleUploads: 'kept' | 'ended'
  /** HDFS-17289: until 3.5.0 an APPEND fails where CONCAT has left a short block that is not the last. */
  readonly appendAfterConcat: 'works' | 'breaks'
}

/** One case's view of a file system, in an empty directory of its own. Paths are absolute. */
export interface AssumptionsDriver extends AsyncDisposable {
  /** Exists, is empty, and nobody else's. */
  readonly directory: string
  readonly traits: Traits

  /** `overwrite=false`. */
  create(path: string, bytes: Uint8Array, options?: CreateOptions): Promise<Outcome<'done'>>
  append(path: string, bytes: Uint8Array): Promise<Outcome<'done'>>
  rename(source: string, destination: string, mode: RenameMode): Promise<Outcome<boolean>>
  delete(path: string, what: 'file-or-empty-directory' | 'tree'): Promise<Outcome<boolean>>
  truncate(path: string, length: number): Promise<Outcome<boolean>>
  concat(target: string, sources: readonly string[]): Promise<Outcome<'done'>>
  mkdirs(path: string): Promise<Outcome<boolean>>
  /** Null where nothing is. */
  stat(path: string): Promise<FileState | null>
  /** `isUnderConstruction` of GET_BLOCK_LOCATIONS. */
  isOpen(path: string): Promise<Outcome<boolean>>
  read(path: string): Promise<Outcome<Uint8Array>>
  /** Names in a directory: a page's worth of those behind `startAfter`, in the server's order. */
  list(path: string, startAfter?: string): Promise<Outcome<readonly string[]>>

  /**
   * Begins an upload to a new file with these bytes, at least one (HttpFS opens nothing before), and resolves when the
   * file is open. An error that the server says only at the end is a refusal of `finish`.
   */
  openCreate(path: string, bytes: Uint8Array, options?: CreateOptions): Promise<Outcome<OpenUpload>>
  /** The same at the end of a file that nobody has open. */
  openAppend(path: string, bytes: Uint8Array): Promise<Outcome<OpenUpload>>
  hold(request: HeldRequest): Promise<Held>

  /** Lets so much of the server's time pass: really, or by its clock. */
  wait(durationMs: number): Promise<void>
}
