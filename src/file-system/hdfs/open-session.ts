// Puts together what the verbs of one file system share. Nothing is sent yet.
import { randomBytes } from 'node:crypto'
import { DatanodeConnections } from './datatransfer/datanode-connections.js'
import { PipelineWatch } from './datatransfer/pipeline-watch.js'
import { Leases } from './lease/leases.js'
import type { ResolvedOptions } from './options.js'
import { Pauses } from './pauses.js'
import { NamenodeCalls } from './rpc/namenode-calls.js'
import { serverDefaultsBy } from './server-defaults.js'
import type { Session } from './session.js'

/** It must be closed by whoever opened it: uploads, pauses, calls, datanodes, in this order. */
export function openSession(options: ResolvedOptions): Session {
  const pauses = new Pauses()
  const calls = new NamenodeCalls(options, pauses)
  const clientName = `hdfs-multi-output_${randomBytes(16).toString('hex')}`
  return {
    options,
    clientName,
    calls,
    datanodes: new DatanodeConnections(options),
    pipelines: new PipelineWatch(options),
    leases: new Leases(calls, { clientName, renewalMs: options.leaseRenewalMs }),
    pauses,
    serverDefaults: serverDefaultsBy(calls),
    uploads: new Set(),
  }
}
