import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type FaultProxy, startFaultProxy } from './proxy.js'

/** One end of a connection, with what it has read. */
class End {
  readonly socket: Socket
  readonly closed: Promise<unknown>
  #read = ''

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#read += chunk.toString()
    })
    socket.on('error', () => {})
    this.closed = once(socket, 'close')
  }

  get read(): string {
    return this.#read
  }

  async reads(text: string): Promise<void> {
    while (this.#read !== text) await once(this.socket, 'data')
  }
}

interface Pair {
  readonly client: End
  readonly server: End
}

/** A server that says nothing of its own, behind a proxy that reads no HTTP. */
async function serve(): Promise<{ proxy: FaultProxy; pair(): Promise<Pair> }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = startFaultProxy()
  const { port } = server.address() as AddressInfo
  const address = await proxy.route({ host: '127.0.0.1', port }, 'bytes')
  onTestFinished(async () => {
    server.close()
    await proxy[Symbol.asyncDispose]()
  })
  return {
    proxy,
    pair: async () => {
      const accepted = once(server, 'connection')
      const client = new End(connect(address.port, address.host))
      const [socket] = (await accepted) as [Socket]
      return { client, server: new End(socket) }
    },
  }
}

test('bytes and ends pass in both directions', async () => {
  const { pair } = await serve()
  const { client, server } = await pair()
  client.socket.write('a question')
  await server.reads('a question')
  server.socket.write('an answer')
  await client.reads('an answer')
  client.socket.end()
  await Promise.all([client.closed, server.closed])
})

test('a fault armed meets a connection that is already open', async () => {
  const { proxy, pair } = await serve()
  const { client, server } = await pair()
  client.socket.write('first')
  await server.reads('first')
  const fault = proxy.arm({}, { kind: 'cut-before' })
  client.socket.write('second')
  await fault.triggered
  await Promise.all([client.closed, server.closed])
  expect(server.read).toBe('first')
})

test('cut-after: the request arrives, its answer does not', async () => {
  const { proxy, pair } = await serve()
  const { client, server } = await pair()
  const fault = proxy.arm({}, { kind: 'cut-after' })
  client.socket.write('question')
  await server.reads('question')
  server.socket.write('answer')
  expect((await fault.triggered).request).toBeNull()
  await client.closed
  expect(client.read).toBe('')
})

test('swallow-reply: questions go on arriving, answers never do', async () => {
  const { proxy, pair } = await serve()
  const { client, server } = await pair()
  const fault = proxy.arm({}, { kind: 'swallow-reply' })
  client.socket.write('one')
  await server.reads('one')
  server.socket.write('answer')
  await fault.triggered
  client.socket.write('two')
  await server.reads('onetwo')
  client.socket.end()
  await server.closed
  expect(client.read).toBe('')
})

test('cut-body and half-open count from the moment the fault met the connection', async () => {
  const { proxy, pair } = await serve()
  const cutPair = await pair()
  cutPair.client.socket.write('before')
  await cutPair.server.reads('before')
  const cut = proxy.arm({}, { kind: 'cut-body', direction: 'request', afterBytes: 3 })
  cutPair.client.socket.write('0123456')
  await cut.triggered
  await Promise.all([cutPair.client.closed, cutPair.server.closed])
  expect(cutPair.server.read).toBe('before012')

  const { client, server } = await pair()
  const half = proxy.arm({}, { kind: 'half-open', direction: 'response', afterBytes: 3 })
  client.socket.write('question')
  await server.reads('question')
  server.socket.write('0123456')
  const occurrence = await half.triggered
  await client.reads('012')
  const again = proxy.arm({}, { kind: 'half-open', direction: 'response', afterBytes: 2 })
  client.socket.end('more')
  occurrence.release()
  const second = await again.triggered
  await client.reads('01234')
  second.release()
  await client.reads('0123456')
  await server.reads('questionmore')
})

test('delay and hold keep the order of what comes behind', async () => {
  const { proxy, pair } = await serve()
  const { client, server } = await pair()
  const delayed = proxy.arm({}, { kind: 'delay', direction: 'request', delayMs: 20 })
  client.socket.write('1')
  await delayed.triggered
  client.socket.write('2')
  await server.reads('12')
  const hold = proxy.arm({}, { kind: 'hold' })
  client.socket.write('3')
  const held = await hold.triggered
  client.socket.write('4')
  server.socket.write('meanwhile')
  await client.reads('meanwhile')
  expect(server.read).toBe('12')
  held.release()
  await server.reads('1234')
})

test('an observed connection can be stopped, released and cut at any time', async () => {
  const { proxy, pair } = await serve()
  const { client, server } = await pair()
  const seen = proxy.arm({}, { kind: 'observe' })
  client.socket.write('1')
  const occurrence = await seen.triggered
  await server.reads('1')
  occurrence.stop()
  client.socket.write('2')
  const other = await pair()
  other.client.socket.write('x')
  await other.server.reads('x')
  expect(server.read).toBe('1')
  occurrence.release()
  await server.reads('12')
  occurrence.cut()
  await Promise.all([client.closed, server.closed])
})

test('a fault for HTTP never meets plain bytes; observe and the nth connection do', async () => {
  const { proxy, pair } = await serve()
  const http = proxy.arm({ op: 'CREATE' }, { kind: 'cut-before' })
  const second = proxy.arm({ connection: 2 }, { kind: 'observe' })
  const first = await pair()
  first.client.socket.write('a')
  await first.server.reads('a')
  const other = await pair()
  other.client.socket.write('b')
  await other.server.reads('b')
  await second.triggered
  http.disarm()
  await expect(http.triggered).rejects.toThrow('disarmed')
})
