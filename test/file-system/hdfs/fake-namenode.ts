// A namenode (or datanode RPC port) that says what a test has it say.
import { createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import {
  requestHeader,
  rpcRequestHeader,
  rpcResponseHeader,
} from '../../../src/file-system/hdfs/messages/rpc-messages.js'
import { delimited } from '../../../src/file-system/hdfs/protobuf/message.js'
import { WireReader } from '../../../src/file-system/hdfs/protobuf/wire-reader.js'
import { FrameSplitter } from '../../../src/file-system/hdfs/rpc/frames.js'
import type { RpcMethod } from '../../../src/file-system/hdfs/rpc/method.js'

/** What a connection begins with, in bytes. */
const PREAMBLE_BYTES = 7

/** A call as it arrived. */
export interface ArrivedCall {
  readonly callId: number
  readonly retryCount: number
  readonly method: string
  /** The request, without its length. */
  readonly request: Uint8Array
  /** Sends bytes as they are, beside all protocol. */
  readonly socket: Socket
}

/** What is answered: a reply's bytes, an exception, or nothing. */
export type Answer =
  | Uint8Array
  | { readonly exception: string; readonly message: string; readonly fatal?: true }
  | undefined

export interface FakeServer {
  readonly host: string
  readonly port: number
  /** Connections that are open at the moment. */
  readonly sockets: ReadonlySet<Socket>
}

/** Listens on loopback until the test is over. */
export async function fakeServer(onConnection: (socket: Socket) => void): Promise<FakeServer> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a listener without a port')
  return { host: '127.0.0.1', port: address.port, sockets }
}

/** Speaks Hadoop IPC. */
export function fakeNamenode(answer: (call: ArrivedCall) => Answer): Promise<FakeServer> {
  return fakeServer((socket) => {
    const splitter = new FrameSplitter(2 ** 24)
    let preamble = PREAMBLE_BYTES
    socket.on('data', (chunk: Buffer) => {
      const skipped = Math.min(preamble, chunk.byteLength)
      preamble -= skipped
      for (const frame of splitter.take(chunk.subarray(skipped))) answerFrame(frame, socket, answer)
    })
  })
}

/** The reply of a method, as bytes. */
export function replyTo<Reply>(method: Pick<RpcMethod<unknown, Reply>, 'reply'>, reply: NoInfer<Reply>): Uint8Array {
  return method.reply.encode(reply)
}

function answerFrame(frame: Uint8Array, socket: Socket, answer: (call: ArrivedCall) => Answer): void {
  const reader = new WireReader(frame)
  const { callId, retryCount = 0 } = rpcRequestHeader.decode(reader.bytes())
  if (callId < 0) return
  const { methodName: method } = requestHeader.decode(reader.bytes())
  const given = answer({ callId, retryCount, method, request: reader.bytes(), socket })
  if (given !== undefined) socket.write(answerOf(callId, given))
}

/** A whole frame. */
export function answerOf(callId: number, given: Exclude<Answer, undefined>): Buffer {
  const id = callId >>> 0
  const parts =
    given instanceof Uint8Array
      ? [delimited(rpcResponseHeader, { callId: id, status: 0 }), behindLength(given)]
      : [
          delimited(rpcResponseHeader, {
            callId: id,
            status: given.fatal === true ? 2 : 1,
            exceptionClassName: given.exception,
            errorMsg: given.message,
          }),
        ]
  const body = Buffer.concat(parts)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.byteLength)
  return Buffer.concat([length, body])
}

function behindLength(bytes: Uint8Array): Buffer {
  const length: number[] = []
  let rest = bytes.byteLength
  for (; rest > 0x7f; rest >>= 7) length.push((rest & 0x7f) | 0x80)
  return Buffer.concat([Buffer.from([...length, rest]), bytes])
}
