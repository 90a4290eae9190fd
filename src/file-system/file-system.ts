// The port: the smallest set of verbs that the commit protocol needs of a file system. Adapters implement it,
// layers wrap it, `runFileSystemConformance` in ./testing holds all of them to the words written here.
//
// Every rejection is a FileSystemError. "Repeatable" below means: sending it again is safe whatever became of the first one.
import type { Content } from './content.js'

/** What an adapter can do. An operation without its capability is `UNSUPPORTED` before any request. */
export interface Capabilities {
  /** `append`, `appendUpload`. */
  readonly append: boolean
  /** `truncate`. */
  readonly truncate: boolean
  /** `concat`. */
  readonly concat: boolean
  /** `rename` with mode `claim` is atomic: of any number of callers one wins and nothing is replaced. The commit log needs it. */
  readonly atomicRenameNoReplace: boolean
  /** `rename` with mode `replace` swaps atomically. */
  readonly atomicRenameReplace: boolean
  /** `isOpenForWrite` answers. Without it a caller must take every file for open. */
  readonly tellsOpen: boolean
  /** `recoverLease`. Without it a file that somebody still has open can only be waited for, or left behind. */
  readonly recoverLease: boolean
  /**
   * After a rename no request that named the old path and had not begun can touch the file. (One that had begun goes
   * on, and `isOpenForWrite` tells.) False on a local disk, where a stopped writer keeps its descriptor.
   */
  readonly renameFences: boolean
  /** A writer is a process of this machine and nothing of its requests outlives it (local disk). */
  readonly requestsEndWithProcess: boolean
  /** `Upload.makeDurable` leaves the upload open. Without it, it ends the upload. */
  readonly durableWithoutClose: boolean
  /** `CreateOptions.permission`, `replication` and `blockSizeBytes` have a meaning; where false they are refused, not ignored. */
  readonly permission: boolean
  readonly replication: boolean
  readonly blockSize: boolean
}

/** One entry of a directory. */
export interface FileStatus {
  /** Relative to the location, `/`-separated; `''` is the location itself. */
  readonly path: string
  readonly type: 'file' | 'directory'
  /** Bytes; 0 for a directory. **While the file is open for writing it may be anything up to the true length.** */
  readonly length: number
  /** Milliseconds since 1970, by the server's clock. For people, never for decisions. */
  readonly modifiedMs: number
  /** What stays with the file through renames (inode id), where there is such a thing. */
  readonly fileId?: string
}

/** For created files. */
export interface CreateOptions {
  /** `require` (default): a missing parent directory is `PARENT_NOT_FOUND`. `create`: it is made. */
  readonly parents?: 'require' | 'create'
  /** Octal, as in `'640'`. */
  readonly permission?: string
  /** Number of replicas, 1…32767. */
  readonly replication?: number
  readonly blockSizeBytes?: number
}

/**
 * `claim`: the destination must not exist; atomic; for the log.
 * `move`: the destination's name is unique by construction; an adapter may look first and then rename.
 * `replace`: whatever file stands at the destination is replaced.
 */
export type RenameMode = 'claim' | 'move' | 'replace'

/** Bytes from `start` (default 0) up to, not including, `end` (default: the end of the file). A range beyond the end is cut to what is there. */
export interface ByteRange {
  readonly start?: number
  readonly end?: number
}

/**
 * Bytes on their way into one file. One caller at a time; after a failure every call rejects with that failure, and
 * it is an obligation to call `end`, `makeDurable` or `abort` at last, else a connection stays open.
 */
export interface Upload {
  readonly path: string
  /** Bytes handed to `write` so far, this upload's alone. */
  readonly sentBytes: number
  /**
   * Hands over a chunk; it must not be changed afterwards. A promise only under back-pressure: await it before the next
   * `write`. Rejects (or throws) with the upload's failure; its outcome is then `unknown`.
   */
  write(chunk: Uint8Array): Promise<void> | undefined
  /**
   * Resolves with the file's length when all bytes written are kept by the file system as well as it keeps anything,
   * and the length was checked (`WRONG_LENGTH` otherwise). Without `durableWithoutClose` this ends the upload.
   */
  makeDurable(): Promise<number>
  /** The same, and the upload is over: resolves with the file's final length, which was checked. Not repeatable. */
  end(): Promise<number>
  /** Gives the upload up and frees its resources. What became of the bytes is unknown: none, some or all may be in the file, and may arrive later. Never rejects. Repeatable. */
  abort(): Promise<void>
}

/** A file system, or a directory of one: all paths are relative to its location and cannot leave it. */
export interface FileSystem extends AsyncDisposable {
  /** Where this is, for people: a URL without secrets. */
  readonly location: string
  readonly capabilities: Capabilities

  /**
   * Makes a file that must not exist, with the content. Resolves with its length once the file is closed, durable and of
   * the length sent. Meanwhile others may see it empty or in part, so it is created under a name nobody reads.
   * Rejects: `ALREADY_EXISTS`, `PARENT_NOT_FOUND`, `NOT_A_DIRECTORY` (a parent is a file), `QUOTA`, `NO_SPACE`, `PERMISSION`, …;
   * with `unknown` the file may be there, in part, or appear later: take another name. Not repeatable.
   */
  create(path: string, content: Content, options?: CreateOptions): Promise<number>
  /** `create`, streamed. What `create` rejects with may come from here, from `write` or from the end. */
  createUpload(path: string, options?: CreateOptions): Promise<Upload>

  /**
   * Adds the content to the end of a file whose length the caller believes to be `base`. Resolves with the new length
   * once the file is closed and of length `base` + content. `base` is compared beforehand only where that is free
   * (`WRONG_LENGTH`, not-applied), afterwards always (`WRONG_LENGTH`, applied). Exclusivity is the caller's business: two appends at once both land,
   * or one is `LEASE_HELD`. Meanwhile and after a failure others may see any prefix of the content.
   * Rejects: `NOT_FOUND`, `LEASE_HELD`, `WRONG_LENGTH`, `QUOTA`, …. With `unknown` the bytes **may arrive later**; reading
   * the file proves nothing until it was renamed. Not repeatable. Empty content is `INVALID_ARGUMENT`.
   */
  append(path: string, content: Content, options: { readonly base: number }): Promise<number>
  /** `append`, streamed. */
  appendUpload(path: string, options: { readonly base: number }): Promise<Upload>

  /**
   * Cuts a closed file to `length`, which must not exceed its present length (`WRONG_LENGTH`, not-applied). Resolves when the
   * file is closed at that length. HDFS does it in the background when the cut is inside a block: that is awaited for
   * `waitMs`, then `TIMEOUT`, unknown. Others may see either length meanwhile. Rejects: `NOT_FOUND`, `LEASE_HELD`, ….
   * With `unknown` it **may happen later**. Not repeatable unless the file was renamed since.
   */
  truncate(path: string, options: { readonly length: number; readonly waitMs: number }): Promise<void>

  /**
   * Moves the content of the sources, in order, to the end of the target and removes the sources; all in one directory, all closed,
   * sources not empty and distinct (`INVALID_ARGUMENT` where that shows beforehand). Atomic for readers. Rejects: `NOT_FOUND`,
   * `LEASE_HELD`, `UNSUPPORTED` (snapshot, encryption zone), …. Repeatable, because it consumes its sources: it happened
   * if and only if they are absent.
   */
  concat(target: string, sources: readonly string[]): Promise<void>

  /**
   * Gives a file (or directory) another name. Both names exist at no time, except on a local disk between the link and the
   * unlink of a `claim` (same `fileId`; calling again finishes it). An upload open on a file goes on through it.
   * Rejects: `NOT_FOUND` (source), `PARENT_NOT_FOUND` (of the destination), `ALREADY_EXISTS` (modes `claim` and `move`), `IS_DIRECTORY`
   * (mode `replace` onto a directory), …; each not-applied. Repeatable while source and destination names are never used
   * again, because it consumes its source: it happened if and only if the source is absent.
   */
  rename(source: string, destination: string, options: { readonly mode: RenameMode }): Promise<void>

  /**
   * Removes a file, or a directory with `recursive: 'all'`; `none` (default) refuses a directory that has entries (`NOT_EMPTY`).
   * Resolves with what it found. An upload open on the file ends in an error and nothing of it appears. Repeatable.
   */
  delete(path: string, options?: { readonly recursive?: 'none' | 'all' }): Promise<'deleted' | 'absent'>

  /** Makes a directory and those above it; one that is there is fine, a file there is `NOT_A_DIRECTORY`. Repeatable. */
  mkdirs(path: string): Promise<void>

  /**
   * Makes sure that a name stays. A server shows what is not durable yet, and the one that takes over from it may never have heard of
   * it; `present` says that something stands at the path *and will after a failover*, with everything that was done to it before.
   * `absent` says nothing about later. Sets the time of modification where there is no cheaper way. Repeatable.
   */
  touch(path: string): Promise<'present' | 'absent'>

  /** What stands at the path; `undefined` where nothing does, for absence is an answer and no error. Repeatable. */
  stat(path: string): Promise<FileStatus | undefined>

  /**
   * The entries of a directory in ascending order of their names by code point, those after the name `startAfter` only. Read in pages: **not a
   * snapshot**. What is renamed meanwhile may be missed or met twice. A missing directory rejects with `NOT_FOUND`, a file with `NOT_A_DIRECTORY`. Repeatable.
   */
  list(path: string, options?: { readonly startAfter?: string }): AsyncIterable<FileStatus>

  /** The bytes of a file, or of a range of it, in memory. Rejects: `NOT_FOUND`, `IS_DIRECTORY`, …. Repeatable. */
  read(path: string, range?: ByteRange): Promise<Uint8Array>
  /** The same, chunk by chunk. Ending the iteration early frees its resources. */
  readStream(path: string, range?: ByteRange): AsyncIterable<Uint8Array>

  /**
   * Whether anybody has the file open for writing, or it is being recovered. `false` holds for as long as no request naming its present
   * path is under way: ask after a rename. Rejects: `NOT_FOUND`, `UNSUPPORTED` (capability `tellsOpen`). Repeatable.
   */
  isOpenForWrite(path: string): Promise<boolean>

  /**
   * Takes a file from whoever has it open for writing: their upload ends in an error, and the file is closed at a length that all its replicas
   * have, at least what was acknowledged before. `recovering`: in the background, within seconds; {@link isOpenForWrite} tells when. `closed`:
   * nobody has it open. Rejects: `NOT_FOUND`, `UNSUPPORTED` (capability `recoverLease`). Repeatable; one that comes late hits whoever has the file open then.
   */
  recoverLease(path: string): Promise<'closed' | 'recovering'>

  /** Frees connections and ends what is under way; later calls reject with `CLOSED`. Repeatable. Also `Symbol.asyncDispose`. */
  close(): Promise<void>
}
