// An observer answers reads with what it has heard of so far, which may be old; so may a standby with dfs.ha.allow.stale.reads. A read is
// believed where its namenode says at the same time that it is the active one. docs/decisions/observers.md.
import { RemoteException } from '../../file-system-error.js'
import { getHAServiceState, HA_STATE } from '../messages/namespace-methods.js'
import type { RpcConnection } from './connection.js'
import { payloadOf, replyOf } from './payload.js'

/** The answer of a read, if the namenode of the connection is the active one. Rejects with a StandbyException otherwise. */
export async function believedFromActive(
  connection: RpcConnection,
  { protocol, callId }: { readonly protocol: string; readonly callId: number },
  answer: Promise<Uint8Array>,
): Promise<Uint8Array> {
  const payload = payloadOf(protocol, getHAServiceState, {})
  const [bytes, state] = await Promise.all([answer, stateOf(connection.call({ callId, retryCount: 0, payload }))])
  if (state === HA_STATE.active) return bytes
  const name = Object.entries(HA_STATE).find(([, value]) => value === state)?.[0] ?? String(state)
  throw new RemoteException(
    'org.apache.hadoop.ipc.StandbyException',
    `it answers reads in state ${name}, from what it has heard of so far`,
  )
}

async function stateOf(answer: Promise<Uint8Array>): Promise<number> {
  try {
    return replyOf(getHAServiceState, await answer).state
  } catch (error) {
    // Namenodes that do not have the method (before 3.3) have no observers either.
    if (error instanceof RemoteException && /NoSuchMethod/.test(error.exception)) return HA_STATE.active
    throw error
  }
}
