// The namespace refuses with HDFS's own exception classes, so that what is tested against it meets the server's words.
import { RemoteException } from '../file-system-error.js'

/** The Java classes that the namespace answers with, and the HTTP status that WebHDFS gives each. */
const STATUS = {
  AlreadyBeingCreatedException: 403,
  FileAlreadyExistsException: 403,
  FileNotFoundException: 404,
  HadoopIllegalArgumentException: 400,
  IOException: 403,
  LeaseExpiredException: 403,
  ParentNotDirectoryException: 403,
  PathIsNotEmptyDirectoryException: 403,
  RecoveryInProgressException: 403,
} as const

/** A class of exception that the namespace itself throws. */
export type ServerExceptionClass = keyof typeof STATUS

/** The server's refusal. */
export function serverException(exception: ServerExceptionClass, message: string): RemoteException {
  return new RemoteException(exception, message, STATUS[exception])
}
