// The one error class of the test cluster: its message is a clear line for a person, fit to be printed without a stack.

/** A cluster could not be started or controlled. `message` says what is wrong and what to do about it. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError'
}
