// What can be made to go wrong, where, and how a test learns that it did: the words of the fault proxy.
import type { HeaderList, RequestHead } from './http-message.js'

/** `request`: from client to server. `response`: from server to client. */
export type Direction = 'request' | 'response'

/**
 * What happens to one exchange: an HTTP request with its response or, on a route of plain bytes, the connection from the
 * moment the fault met it. `afterBytes` counts body bytes over HTTP (chunk frames not counted), bytes otherwise.
 *
 * - `observe`: nothing goes wrong by itself; tells when the request begins, so that a test can `stop` or `cut` it where it
 *   likes, or wait for its `response`.
 * - `delay`: the first byte in that direction waits `delayMs`, the rest follows.
 * - `cut-before`: the client is cut off, the server never sees the request.
 * - `cut-after`: the server got the whole request and answered it; the client is cut off without the answer.
 * - `swallow-reply`: as `cut-after`, but the client's connection stays open and silent.
 * - `cut-body`: both sides are cut off after exactly `afterBytes` bytes have been forwarded. The server sees the
 *   connection end (FIN) behind them.
 * - `half-open`: after exactly `afterBytes` bytes nothing passes any more in either direction, not even a FIN, whatever
 *   either side does: to the server the client is there and silent. Lasts until `release()` or `cut()`.
 * - `hold`: the request is taken from the client whole and kept; the server sees nothing of it until `release()`, which
 *   delivers it even if its client has gone meanwhile.
 */
export type Fault =
  | { readonly kind: 'observe' }
  | { readonly kind: 'delay'; readonly direction: Direction; readonly delayMs: number }
  | { readonly kind: 'cut-before' }
  | { readonly kind: 'cut-after' }
  | { readonly kind: 'swallow-reply' }
  | { readonly kind: 'cut-body'; readonly direction: Direction; readonly afterBytes: number }
  | { readonly kind: 'half-open'; readonly direction: Direction; readonly afterBytes: number }
  | { readonly kind: 'hold' }

/** Which exchanges a fault is for. What is left out matches anything; the HTTP fields never match plain bytes. */
export interface Match {
  readonly method?: string
  /** The WebHDFS operation, in any case. */
  readonly op?: string
  /** The path in HDFS, decoded. */
  readonly path?: string | RegExp
  /** `first`: what the client asked of the URL it was given. `redirected`: what it asked where it was sent to. */
  readonly hop?: 'first' | 'redirected'
  readonly where?: (request: RequestHead) => boolean
  /** The server behind the proxy, as `host:port`. */
  readonly server?: string
  /** Only the nth connection, from 1, of those that have carried an exchange which fits since the fault was armed. */
  readonly connection?: number
}

export interface Limits {
  /** So many matching exchanges pass unharmed first. Default 0. */
  readonly skip?: number
  /** Over so many exchanges the fault disarms itself. Default 1. */
  readonly times?: number
}

/** The server's final answer to an exchange, as the proxy saw it. */
export interface SeenResponse {
  readonly status: number
  readonly headers: HeaderList
  /** At most the first 64 KiB. */
  readonly body: string
}

/** One time that a fault has struck. */
export interface Occurrence {
  /** Null on a route of plain bytes. */
  readonly request: RequestHead | null
  /** Whether the proxy had the whole request by then: false for a `hold` whose client went away halfway. */
  readonly requestWhole: boolean
  /**
   * The server's answer, once the proxy has it whole, whoever is left to hear it. Null if the connection ended without
   * one. Never settles before `release()` on what is held.
   */
  readonly response: Promise<SeenResponse | null>
  /** Makes the exchange half-open from here on: see `Fault`. */
  stop(): void
  /** Lets what is held or half-open go on. Nothing happens a second time, nor for other faults. */
  release(): void
  /** Ends the exchange's connection on both sides. The server sees a FIN behind what it was sent. */
  cut(): void
}

/** A fault that was armed. */
export interface ArmedFault {
  /**
   * The first occurrence. Rejects if the fault is disarmed or the proxy closed before, or if the exchange that met it gave
   * it no chance: a body that ended before `afterBytes`, a server that never answered.
   */
  readonly triggered: Promise<Occurrence>
  /** The nth occurrence, from 1. Rejects likewise. */
  occurrence(nth: number): Promise<Occurrence>
  /** No further exchange is met. What was struck stays as it is. */
  disarm(): void
}

/** What is known of an exchange when it is looked up. */
export interface Candidate {
  readonly request: RequestHead | null
  /** Null on a route of plain bytes. */
  readonly hop: 'first' | 'redirected' | null
  readonly server: string
  /** Unique to the connection. */
  readonly connectionId: number
  /** On plain bytes: in which direction something is about to flow. Over HTTP always `request`. */
  readonly direction: Direction
}

/** The direction in which the first byte of an exchange decides about a fault on a route of plain bytes. */
export function decidingDirection(fault: Fault): Direction {
  switch (fault.kind) {
    case 'delay':
    case 'cut-body':
    case 'half-open':
      return fault.direction
    case 'observe':
    case 'cut-before':
    case 'cut-after':
    case 'swallow-reply':
    case 'hold':
      return 'request'
  }
}
