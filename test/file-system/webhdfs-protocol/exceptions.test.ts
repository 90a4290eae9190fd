// The table of exceptions against replies that Hadoop 3.4.2 really gave, by WebHDFS and by HttpFS.
import { describe, expect, test } from 'vitest'
import { RemoteException } from '../../../src/file-system/file-system-error.js'
import { type Verdict, verdictOn } from '../../../src/file-system/webhdfs-protocol/exceptions.js'

function verdict(exception: string, message: string): Verdict {
  return verdictOn(new RemoteException(exception, message, 403))
}

const real: readonly (readonly [exception: string, message: string, code: string, settles: string])[] = [
  ['FileAlreadyExistsException', '/w/a for client 127.0.0.1 already exists', 'ALREADY_EXISTS', 'create'],
  ['FileAlreadyExistsException', '/w already exists as a directory', 'ALREADY_EXISTS', 'create'],
  ['ParentNotDirectoryException', '/w/a (is not a directory)', 'NOT_A_DIRECTORY', 'create'],
  ['FileNotFoundException', "Parent directory doesn't exist: /w/x", 'PARENT_NOT_FOUND', 'create'],
  ['FileNotFoundException', 'File /w/nope not found.', 'NOT_FOUND', 'namenode'],
  [
    'FileNotFoundException',
    'Failed to append to non-existent file /h/nope for client 127.0.0.1',
    'NOT_FOUND',
    'namenode',
  ],
  [
    'FileAlreadyExistsException',
    'Cannot append to directory /w; already exists as a directory.',
    'IS_DIRECTORY',
    'namenode',
  ],
  ['RemoteException', 'Cannot append to directory /h; already exists as a directory.', 'IS_DIRECTORY', 'namenode'],
  ['AccessControlException', '/h/a (is not a directory)', 'NOT_A_DIRECTORY', 'create'],
  [
    'AccessControlException',
    'Permission denied: user=eve, access=EXECUTE, inode="/wn/priv":root:supergroup:drwx------',
    'PERMISSION',
    'create',
  ],
  ['AuthorizationException', 'User: eve is not allowed to impersonate bob', 'PERMISSION', 'create'],
  ['AuthenticationException', 'java.io.EOFException', 'AUTHENTICATION', 'create'],
  [
    'SecurityException',
    "Failed to obtain user group information: org.apache.hadoop.security.token.SecretManager$InvalidToken: token (token for etl: HDFS_DELEGATION_TOKEN owner=etl) can't be found in cache",
    'AUTHENTICATION',
    'create',
  ],
  ['FileAlreadyExistsException', 'rename destination /w/a already exists', 'ALREADY_EXISTS', 'create'],
  ['IOException', 'Source /w/r and destination /w/dir must both be directories', 'ALREADY_EXISTS', 'namenode'],
  ['FileNotFoundException', 'rename source /w/nope is not found.', 'NOT_FOUND', 'namenode'],
  ['FileNotFoundException', 'rename destination parent /w/nodir/b2 not found.', 'PARENT_NOT_FOUND', 'create'],
  [
    'IOException',
    'Rename destination /w/dir/x is a directory or file under source /w/dir',
    'INVALID_ARGUMENT',
    'namenode',
  ],
  ['PathIsNotEmptyDirectoryException', "`/w/dir is non empty': Directory is not empty", 'NOT_EMPTY', 'namenode'],
  ['FileAlreadyExistsException', 'Path is not a directory: /w/a', 'NOT_A_DIRECTORY', 'create'],
  [
    'HadoopIllegalArgumentException',
    'Cannot truncate to a larger file size. Current size: 10, truncate size: 100.',
    'WRONG_LENGTH',
    'namenode',
  ],
  [
    'RemoteException',
    'Cannot truncate to a larger file size. Current size: 10, truncate size: 100.',
    'WRONG_LENGTH',
    'namenode',
  ],
  ['RemoteException', 'File does not exist: /h/nope', 'NOT_FOUND', 'namenode'],
  ['RemoteException', 'Path is not a file: /h', 'IS_DIRECTORY', 'namenode'],
  ['FileNotFoundException', 'Path is not a file: /w', 'IS_DIRECTORY', 'namenode'],
  [
    'RecoveryInProgressException',
    'Failed to APPEND_FILE /w/a for DFSClient_NONMAPREDUCE_1_100 on 127.0.0.1 because another recovery is in progress by DFSClient_2',
    'LEASE_HELD',
    'namenode',
  ],
  [
    'RemoteException',
    'Failed to APPEND_FILE /h/a for DFSClient_NONMAPREDUCE_1_21 on 127.0.0.1 because DFSClient_NONMAPREDUCE_1_21 is already the current lease holder.',
    'LEASE_HELD',
    'namenode',
  ],
  [
    'AlreadyBeingCreatedException',
    'Failed to TRUNCATE_FILE /w/a for DFSClient_-7 on 127.0.0.1 because /w/a is being truncated.',
    'LEASE_HELD',
    'namenode',
  ],
  [
    'AlreadyBeingCreatedException',
    'Failed to CREATE_FILE /w/a for DFSClient_-7 on 127.0.0.1 because this file lease is currently owned by DFSClient_8 on 127.0.0.1',
    'LEASE_HELD',
    'create',
  ],
  [
    'HadoopIllegalArgumentException',
    'concat: source file /w/e is invalid or empty or underConstruction',
    'INVALID_ARGUMENT',
    'namenode',
  ],
  [
    'RemoteException',
    'concat: the src file /h/c1 is the same with the target file /h/c1',
    'INVALID_ARGUMENT',
    'namenode',
  ],
  [
    'HadoopIllegalArgumentException',
    'concat: at least two of the source files are the same',
    'INVALID_ARGUMENT',
    'namenode',
  ],
  ['HadoopIllegalArgumentException', 'concat: target file /w/t is under construction', 'LEASE_HELD', 'namenode'],
  [
    'NSQuotaExceededException',
    'The NameSpace quota (directories and files) of directory /wn/quota is exceeded: quota=2 file count=3',
    'QUOTA',
    'create',
  ],
  [
    'DSQuotaExceededException',
    'The DiskSpace quota of /wn/sq is exceeded: quota = 1000 B = 1000 B but diskspace consumed = 134217728 B = 128 MB',
    'QUOTA',
    'namenode',
  ],
  [
    'RemoteException',
    'The maximum path component name limit of xxx in directory /hn is exceeded: limit=255 length=256',
    'INVALID_PATH',
    'create',
  ],
  ['InvalidPathException', 'Invalid path name /w/12:30', 'INVALID_PATH', 'create'],
  [
    'IllegalArgumentException',
    'Pathname /h/12:30 from /h/12:30 is not a valid DFS filename.',
    'INVALID_PATH',
    'create',
  ],
  [
    'IOException',
    'Specified block size 10 is less than configured minimum value dfs.namenode.fs-limits.min-block-size=1024',
    'INVALID_ARGUMENT',
    'create',
  ],
  [
    'RemoteException',
    'Requested replication factor of 600 exceeds maximum of 512 for /hn/bs3, clientName=127.0.0.1',
    'INVALID_ARGUMENT',
    'create',
  ],
  [
    'IllegalArgumentException',
    'Invalid value for webhdfs parameter "op": NOPE is not a valid GET operation.',
    'UNSUPPORTED',
    'namenode',
  ],
  [
    'QueryParamException',
    'java.lang.IllegalArgumentException: No enum constant org.apache.hadoop.fs.http.client.HttpFSFileSystem.Operation.NOPE',
    'UNSUPPORTED',
    'namenode',
  ],
  [
    'IOException',
    'Failed to find datanode, suggest to check cluster health. excludeDatanodes=null',
    'UNAVAILABLE',
    'namenode',
  ],
  [
    'StandbyException',
    'Operation category READ is not supported in state standby. Visit https://s.apache.org/sbnn-error',
    'STANDBY',
    'namenode',
  ],
  [
    'RemoteException',
    'Operation category WRITE is not supported in state standby. Visit https://s.apache.org/sbnn-error',
    'STANDBY',
    'namenode',
  ],
  ['SafeModeException', 'Cannot delete /x. Name node is in safe mode.', 'SAFE_MODE', 'namenode'],
  ['SafeModeException', 'Cannot create file/x. Name node is in safe mode.', 'SAFE_MODE', 'create'],
  [
    'RetriableException',
    'org.apache.hadoop.hdfs.server.namenode.SafeModeException: Cannot delete /x. Name node is in safe mode.',
    'SAFE_MODE',
    'namenode',
  ],
  ['RetriableException', 'Namenode is in startup mode', 'UNAVAILABLE', 'namenode'],
  [
    'FileNotFoundException',
    'File does not exist: /x (inode 16400) Holder DFSClient_1 does not have any open files.',
    'NOT_FOUND',
    'nothing',
  ],
  [
    'ConnectException',
    'Call From host/127.0.0.1 to localhost:8020 failed on connection exception',
    'UNAVAILABLE',
    'nothing',
  ],
  ['NullPointerException', '', 'UNEXPECTED', 'nothing'],
  ['IOException', 'something that nobody has seen', 'UNEXPECTED', 'nothing'],
]

test.each(real)('%s: %s', (exception, message, code, settles) => {
  expect(verdict(exception, message)).toMatchObject({ code, settles })
  const qualified = verdict(`org.apache.hadoop.fs.${exception}`, message)
  expect(qualified, 'with its package').toMatchObject({ code, settles })
})

describe('a path in the message decides nothing', () => {
  test.each([
    '/safe mode/x',
    '/StandbyException: is not supported in state standby',
    '/x (is not a directory)/y',
    '/snapshot/concat: /Permission denied',
    '/Failed to CREATE_FILE because',
    '/No space left on device',
  ])('%s', (path) => {
    expect(verdict('FileNotFoundException', `File does not exist: ${path}`)).toMatchObject({ code: 'NOT_FOUND' })
    expect(verdict('FileAlreadyExistsException', `${path} for client 127.0.0.1 already exists`)).toMatchObject({
      code: 'ALREADY_EXISTS',
    })
  })
})
