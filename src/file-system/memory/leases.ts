// Who may write to a file: leases, their soft and hard limits, and recoveries that run in the background.
// Nothing here is driven by a timer: what a clock would have brought about by now is done when somebody looks.
import type { FileInode, Writer } from './inode.js'
import { cutBlocks } from './inode.js'
import { serverException } from './server-exception.js'

/** Times of HDFS. */
export interface LeaseTimes {
  /** A lease that nobody renews is taken over by the next writer after this (60 s, `HdfsConstants.LEASE_SOFTLIMIT_PERIOD`). */
  readonly softLimitMs: number
  /** … and by the namenode itself after this (20 min, `dfs.namenode.lease-hard-limit-sec`). */
  readonly hardLimitMs: number
  /** How long a recovery runs: of a lease, or of the block that a truncation cuts (measured: 1.8 to 3 s). */
  readonly recoveryMs: number
}

/** Brings a file up to the present: recoveries that are over are carried out. */
export function settle(inode: FileInode, nowMs: number, times: LeaseTimes): void {
  const since = inode.writer?.orphanedSinceMs
  if (inode.recovery === undefined && since !== undefined && nowMs >= since + times.hardLimitMs) {
    startLeaseRecovery(inode, since + times.hardLimitMs, times)
  }
  const { recovery } = inode
  if (recovery === undefined || nowMs < recovery.doneAtMs) return
  cutBlocks(inode, recovery.lengthBytes)
  inode.recovery = undefined
  inode.writer = undefined
  inode.modifiedMs = recovery.doneAtMs
}

function startLeaseRecovery(inode: FileInode, nowMs: number, times: LeaseTimes): void {
  inode.recovery = { kind: 'lease', doneAtMs: nowMs + times.recoveryMs, lengthBytes: inode.bytes.lengthBytes }
}

/**
 * Refuses unless a new writer may have the file now. A lease whose holder died more than the soft limit ago is recovered:
 * this caller is told so, a later one gets the file.
 */
export function requireFree(inode: FileInode, nowMs: number, times: LeaseTimes): void {
  settle(inode, nowMs, times)
  if (inode.recovery !== undefined) throw recoveryInProgress(inode)
  const { writer } = inode
  if (writer === undefined) return
  if (writer.orphanedSinceMs === undefined || nowMs < writer.orphanedSinceMs + times.softLimitMs) {
    throw alreadyBeingCreated(inode, writer.holder)
  }
  startLeaseRecovery(inode, nowMs, times)
  throw recoveryInProgress(inode)
}

/** Takes the file from whoever writes it. `true`: it is closed. `false`: its recovery is under way. */
export function recoverLease(inode: FileInode, nowMs: number, times: LeaseTimes): boolean {
  settle(inode, nowMs, times)
  if (inode.writer !== undefined && inode.recovery === undefined) startLeaseRecovery(inode, nowMs, times)
  return inode.writer === undefined && inode.recovery === undefined
}

/** Refuses where the writer no longer holds its file: deleted, or recovered by somebody else. */
export function requireHeld(writer: Writer): void {
  const { inode, holder } = writer
  if (inode.parent === undefined) {
    throw serverException(
      'FileNotFoundException',
      `File does not exist: (inode ${inode.id}) Holder ${holder} does not have any open files.`,
    )
  }
  if (inode.writer !== writer || inode.recovery !== undefined) {
    throw serverException(
      'LeaseExpiredException',
      `No lease on (inode ${inode.id}): holder ${holder} does not hold it.`,
    )
  }
}

function alreadyBeingCreated(inode: FileInode, holder: string): Error {
  return serverException(
    'AlreadyBeingCreatedException',
    `${inode.name} (inode ${inode.id}) is already being written by ${holder}`,
  )
}

function recoveryInProgress(inode: FileInode): Error {
  return serverException(
    'RecoveryInProgressException',
    `${inode.name} (inode ${inode.id}) is being recovered, try again later`,
  )
}
