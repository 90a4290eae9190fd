// The one table from Java's exceptions to the port's codes. WebHDFS names the class; HttpFS often says only
// `RemoteException` and the words, so the words are asked too. HTTP statuses tell nothing: every IOException is a 403.
import type { FileSystemErrorCode, RemoteException, Retry } from '../file-system-error.js'

/**
 * What the answer settles about a mutation.
 * - `create`: nothing happened, also where it comes as the answer to an upload that creates: the file was never made
 * - `namenode`: nothing happened, where the namenode itself was asked; from a datanode it settles nothing
 * - `nothing`: it may have happened
 */
export type Settles = 'create' | 'namenode' | 'nothing'

/** The meaning of an exception. */
export interface Verdict {
  readonly code: FileSystemErrorCode
  readonly retry: Retry
  readonly settles: Settles
}

interface Rule extends Verdict {
  /** Short class names, as HDFS 3.3 to 3.5 have them. */
  readonly classes?: RegExp
  /**
   * In the first line of the message. With `classes` both must fit; with `or` the words alone will do where the class
   * says nothing. They are anchored as far as possible, because messages quote paths, and a path may say anything.
   */
  readonly words?: RegExp
  readonly or?: true
}

/** Classes that say nothing by themselves: then the words may. */
const GENERIC =
  /^(RemoteException|IOException|Exception|RuntimeException|SecurityException|IllegalArgumentException|HadoopIllegalArgumentException|AccessControlException|RetriableException)$/

function rule(
  code: FileSystemErrorCode,
  retry: Retry,
  settles: Settles,
  on: { readonly classes?: RegExp; readonly words?: RegExp; readonly or?: true },
): Rule {
  return { code, retry, settles, ...on }
}

// The first that fits counts, so the particular stands above the general. Words without a comment are from the replies
// of 3.4.2 that test/file-system/webhdfs-protocol/exceptions.test.ts holds.
const RULES: readonly Rule[] = [
  rule('STANDBY', 'now', 'namenode', {
    classes: /^(StandbyException|ObserverRetryOnActiveException)$/,
    words: /^[\w.$(]*StandbyException|is not supported in state (standby|observer)/,
    or: true,
  }),
  rule('AUTHENTICATION', 'never', 'create', {
    classes: /^(AuthenticationException|InvalidToken|SecretManager\$InvalidToken)$/,
    words: /\$InvalidToken|^token .*(is expired|can't be found in cache)/,
    or: true,
  }),
  rule('SAFE_MODE', 'later', 'create', { words: /^Cannot create file.*safe mode/ }),
  rule('SAFE_MODE', 'later', 'namenode', {
    classes: /^SafeModeException$/,
    words: /SafeModeException|name ?node is in safe mode/i,
    or: true,
  }),
  rule('NOT_A_DIRECTORY', 'never', 'create', {
    classes: /^ParentNotDirectoryException$/,
    words: /\(is not a directory\)$| is not a directory\)\.$/,
    or: true,
  }),
  rule('NOT_A_DIRECTORY', 'never', 'create', { words: /^(Path|Parent path) is not a directory/ }),
  rule('PERMISSION', 'never', 'create', {
    classes: /^(AccessControlException|AuthorizationException)$/,
    words: /^Permission denied/,
    or: true,
  }),
  rule('PERMISSION', 'never', 'namenode', { classes: /^SecurityException$/ }),
  rule('NOT_EMPTY', 'never', 'namenode', { classes: /^PathIsNotEmptyDirectoryException$/ }),
  rule('IS_DIRECTORY', 'never', 'namenode', { words: /^Cannot append to directory|^Path is not a file/ }),
  rule('ALREADY_EXISTS', 'never', 'namenode', { words: /must both be directories$/ }),
  rule('INVALID_ARGUMENT', 'never', 'namenode', { words: /is a directory or file under source/ }),
  rule('ALREADY_EXISTS', 'never', 'create', { classes: /^FileAlreadyExistsException$/ }),
  rule('PARENT_NOT_FOUND', 'never', 'create', {
    words: /^rename destination parent .* not found|^Parent directory doesn't exist/,
  }),
  rule('QUOTA', 'never', 'create', {
    classes: /^(NSQuotaExceededException|MaxDirectoryItemsExceededException)$/,
    words: /^The NameSpace quota .* is exceeded|^The directory item limit/,
    or: true,
  }),
  // A space quota is noticed when the first block is asked for: the file is there by then, empty.
  rule('QUOTA', 'never', 'namenode', {
    classes: /^(DSQuotaExceededException|QuotaByStorageTypeExceededException|QuotaExceededException)$/,
    words: /^The DiskSpace quota .* is exceeded|^Quota by storage type/,
    or: true,
  }),
  rule('LEASE_HELD', 'later', 'create', { words: /^Failed to CREATE_FILE/ }),
  rule('LEASE_HELD', 'later', 'namenode', {
    classes: /^(AlreadyBeingCreatedException|RecoveryInProgressException)$/,
    words:
      /^Failed to \w+ .* because |recovery is in progress|is not sufficiently replicated yet|target file .* is under construction/,
    or: true,
  }),
  rule('UNAVAILABLE', 'later', 'namenode', { classes: /^RetriableException$/, words: /RetriableException/, or: true }),
  // The file was taken away from an upload: deleted, or replaced.
  rule('NOT_FOUND', 'never', 'nothing', {
    classes: /^LeaseExpiredException$/,
    words: /does not have any open files\.?$|^No lease on/,
    or: true,
  }),
  rule('NOT_FOUND', 'never', 'nothing', { classes: /^FileNotFoundException$/, words: /\(inode \d+\)/ }),
  rule('INVALID_ARGUMENT', 'never', 'namenode', {
    words: /^concat: .*(is invalid or empty or underConstruction|the same)/,
  }),
  // Snapshot, encryption zone, block sizes, erasure coding: for good.
  rule('UNSUPPORTED', 'never', 'namenode', { words: /^concat[: ]/ }),
  rule('UNSUPPORTED', 'never', 'namenode', { words: /is not a valid \w+ operation|^.*No enum constant/ }),
  rule('UNSUPPORTED', 'never', 'namenode', {
    classes: /^(UnsupportedOperationException|SnapshotException|SnapshotAccessControlException)$/,
    words:
      /^Append on EC file|^Cannot (append|truncate).* (striped|lazy persist)|^The directory .* cannot be deleted since |^Modification on a read-only snapshot/,
    or: true,
  }),
  rule('WRONG_LENGTH', 'never', 'namenode', { words: /^Cannot truncate to a larger file size/ }),
  rule('INVALID_PATH', 'never', 'create', {
    classes: /^(InvalidPathException|PathComponentTooLongException)$/,
    words: /is not a valid DFS filename|^Invalid path name|^The maximum path component name limit/,
    or: true,
  }),
  rule('INVALID_ARGUMENT', 'never', 'create', {
    words:
      /^Specified block size |^Requested replication factor |^Invalid value for webhdfs parameter|Parameter \[\w+\], invalid value/,
  }),
  rule('NOT_FOUND', 'never', 'namenode', {
    classes: /^FileNotFoundException$/,
    words: /^File does not exist|^File .* (not found|does not exist)|non-existent file|^rename source .* is not found/,
    or: true,
  }),
  rule('CORRUPT', 'later', 'namenode', {
    classes: /^(BlockMissingException|ChecksumException|CorruptFileBlocksException)$/,
    words: /^Could not obtain block/,
    or: true,
  }),
  // "… and no node(s) are excluded in this operation": the datanodes live, so they are full.
  rule('NO_SPACE', 'later', 'namenode', {
    classes: /^DiskOutOfSpaceException$/,
    words: /No space left on device|There are [1-9]\d* datanode\(s\) running and no node\(s\) are excluded/,
    or: true,
  }),
  rule('UNAVAILABLE', 'later', 'namenode', {
    words: /^Failed to find datanode|could only be (replicated|written) to \d+|^All datanodes .* are bad/,
  }),
  rule('INVALID_ARGUMENT', 'never', 'namenode', {
    classes: /^(IllegalArgumentException|HadoopIllegalArgumentException|ParamException.*)$/,
  }),
  // HttpFS could not reach the namenode, or lost its reply: a mutation may have been done.
  rule('UNAVAILABLE', 'later', 'nothing', {
    classes: /^(Connect|ConnectTimeout|SocketTimeout|Socket|NoRouteToHost|UnknownHost|EOF|ClosedChannel)Exception$/,
    words: /^Call From .* failed on|^Failed on local exception|DestHost:/i,
    or: true,
  }),
]

const UNKNOWN: Verdict = { code: 'UNEXPECTED', retry: 'never', settles: 'nothing' }

/** What the exception means. Unlisted ones are `UNEXPECTED` and settle nothing. */
export function verdictOn({ exception, message }: RemoteException): Verdict {
  const names = [shortName(exception)]
  const named = /^([\w.$]+(?:Exception|Error)): (.*)/s.exec(message)
  if (named !== null) names.push(shortName(named[1]!))
  const sayings = named === null ? [message] : [message, named[2]!]
  return RULES.find((each) => fits(each, names, sayings)) ?? UNKNOWN
}

function fits({ classes, words, or }: Rule, names: readonly string[], sayings: readonly string[]): boolean {
  const byClass = classes !== undefined && names.some((name) => classes.test(name))
  const byWords = words !== undefined && sayings.some((saying) => words.test(saying))
  if (or === true) return byClass || (byWords && names.every((name) => GENERIC.test(name)))
  return (classes === undefined || byClass) && (words === undefined || byWords)
}

/** `org.apache.hadoop.security.token.SecretManager$InvalidToken` → `SecretManager$InvalidToken`. */
function shortName(className: string): string {
  return className.slice(className.lastIndexOf('.') + 1)
}
