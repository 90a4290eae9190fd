// What the verbs of one file system share.
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import type { DatanodeConnections } from './datatransfer/datanode-connections.js'
import type { PipelineWatch } from './datatransfer/pipeline-watch.js'
import type { Leases } from './lease/leases.js'
import type { FsServerDefaults } from './messages/file-messages.js'
import type { ResolvedOptions } from './options.js'
import type { Pauses } from './pauses.js'
import type { NamenodeCalls } from './rpc/namenode-calls.js'

/** See the head of the file. */
export interface Session {
  readonly options: ResolvedOptions
  /** Under which all leases are held: `hdfs-multi-output_<128 random bits>`. */
  readonly clientName: string
  readonly calls: NamenodeCalls
  readonly datanodes: DatanodeConnections
  readonly pipelines: PipelineWatch
  readonly leases: Leases
  readonly pauses: Pauses
  /** What the namenode says; asked once. */
  readonly serverDefaults: (attempt: Attempt) => Promise<FsServerDefaults>
  /** Uploads that are under way, to be ended with the file system. */
  readonly uploads: Set<{ abort(): Promise<void> }>
}
