// A method of a Hadoop protocol: its messages, and what may be done when its reply is lost.
import type { MessageType } from '../protobuf/message.js'

/**
 * What a lost reply permits.
 * - `reads`: sent again; it changes nothing.
 * - `retry-cache`: sent again under its call id. The namenode marks the method AtMostOnce and answers a call that it has
 *   seen with what it answered then, also after a failover (for ten minutes: `dfs.namenode.retrycache.expirytime.millis`).
 * - `idempotent`: sent again; doing it twice is doing it once, also when the first one comes late.
 * - `never`: nobody may know whether it happened, and it may happen yet.
 */
export type AfterLostReply = 'reads' | 'retry-cache' | 'idempotent' | 'never'

/** See the head of the file. */
export interface RpcMethod<Request, Reply> {
  readonly name: string
  readonly request: MessageType<Request>
  readonly reply: MessageType<Reply>
  readonly afterLostReply: AfterLostReply
}
