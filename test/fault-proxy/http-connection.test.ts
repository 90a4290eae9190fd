import { once } from 'node:events'
import { Agent, get, request } from 'node:http'
import { expect, test } from 'vitest'
import { rawClient, serve } from './proxied-server.js'
import { open, send } from './recording-server.js'

test('cut-before: the server sees nothing', async () => {
  const { server, proxy, url } = await serve()
  proxy.arm({}, { kind: 'cut-before' })
  expect(await send('PUT', `${url}/a`, 'body')).toEqual({ error: 'ECONNRESET' })
  expect(await send('PUT', `${url}/b`)).toMatchObject({ status: 200 })
  expect(server.received.map((received) => received.url)).toEqual(['/b'])
})

test('cut-after: the server has done it, the client does not know', async () => {
  const { server, proxy, url } = await serve()
  const fault = proxy.arm({}, { kind: 'cut-after' })
  expect(await send('PUT', `${url}/a`, 'body')).toEqual({ error: 'ECONNRESET' })
  expect(await (await fault.triggered).response).toMatchObject({ status: 200, body: '{"boolean":true}' })
  expect((await server.nth(1)).body().toString()).toBe('body')
})

test('swallow-reply: the connection stays, silent, until its client leaves', async () => {
  const { server, proxy, url } = await serve()
  const fault = proxy.arm({}, { kind: 'swallow-reply' })
  const client = open('PUT', `${url}/a`, 'body')
  expect(await (await fault.triggered).response).toMatchObject({ status: 200 })
  // A whole other exchange fits into the silence.
  expect(await send('PUT', `${url}/b`)).toMatchObject({ status: 200 })
  expect(await Promise.race([client.outcome, Promise.resolve('silent')])).toBe('silent')
  client.leave()
  await (await server.nth(1)).connectionEnd
})

test('delay, in either direction', async () => {
  const { server, proxy, url } = await serve()
  const request = proxy.arm({}, { kind: 'delay', direction: 'request', delayMs: 50 })
  const delayed = send('PUT', `${url}/a`, 'body')
  await request.triggered
  expect(server.received).toHaveLength(0)
  expect(await delayed).toMatchObject({ status: 200 })
  const response = proxy.arm({}, { kind: 'delay', direction: 'response', delayMs: 50 })
  const late = send('PUT', `${url}/a`, 'body')
  await response.triggered
  expect(server.received).toHaveLength(2)
  expect(await late).toMatchObject({ status: 200 })
})

test.each([0, 1, 70_000, 299_999])(
  'cut-body: the server gets %i bytes of a request and the end',
  async (afterBytes) => {
    const { server, proxy, url } = await serve()
    const fault = proxy.arm({}, { kind: 'cut-body', direction: 'request', afterBytes })
    expect(await send('PUT', `${url}/a`, 'x'.repeat(300_000))).toHaveProperty('error')
    await fault.triggered
    const received = await server.nth(1)
    expect(await received.bodyEnd).toBe('aborted')
    expect(received.body()).toHaveLength(afterBytes)
  },
)

test('cut-body: the client gets so many bytes of a response', async () => {
  const { proxy, url } = await serve((_request, response) => {
    response.end('y'.repeat(300_000))
  })
  const fault = proxy.arm({}, { kind: 'cut-body', direction: 'response', afterBytes: 100_001 })
  expect(await send('GET', url)).toEqual({ error: 'ECONNRESET after 100001 bytes' })
  await fault.triggered
})

test('cut-body counts content, not chunk frames', async () => {
  const { server, proxy, url } = await serve()
  proxy.arm({}, { kind: 'cut-body', direction: 'request', afterBytes: 7 })
  const outgoing = request(`${url}/a`, { method: 'POST', agent: false })
  outgoing.on('error', () => {})
  outgoing.write('first')
  outgoing.write('second')
  outgoing.end()
  const received = await server.nth(1)
  expect(await received.bodyEnd).toBe('aborted')
  expect(received.body().toString()).toBe('firstse')
})

test('a body that ends before the fault could act passes, and the fault says so', async () => {
  const { proxy, url } = await serve()
  const fault = proxy.arm({}, { kind: 'cut-body', direction: 'request', afterBytes: 7 })
  expect(await send('PUT', `${url}/a`, 'short')).toMatchObject({ status: 200 })
  await expect(fault.triggered).rejects.toThrow('did not strike')
})

test('half-open: the server hears nothing of a client that leaves, until the fault is cut', async () => {
  const { server, proxy, url } = await serve()
  const fault = proxy.arm({}, { kind: 'half-open', direction: 'request', afterBytes: 5 })
  const client = open('PUT', `${url}/a`, '0123456789')
  const occurrence = await fault.triggered
  const received = await server.nth(1)
  await received.bodyReaches(5)
  client.leave()
  expect(await client.outcome).toHaveProperty('error')
  expect(await send('PUT', `${url}/b`)).toMatchObject({ status: 200 })
  expect(server.openConnections()).toBe(1)
  expect(received.body().toString()).toBe('01234')
  occurrence.cut()
  expect(await received.bodyEnd).toBe('aborted')
  expect(received.body().toString()).toBe('01234')
})

test('an observed exchange can be stopped where the test likes, and cut', async () => {
  const { server, proxy, url } = await serve()
  const fault = proxy.arm({}, { kind: 'observe' })
  const outgoing = request(`${url}/a`, { method: 'PUT', agent: false, headers: { 'Content-Length': 10 } })
  const closed = new Promise((resolve) => outgoing.on('error', resolve))
  outgoing.write('01234')
  const occurrence = await fault.triggered
  const received = await server.nth(1)
  await received.bodyReaches(5)
  occurrence.stop()
  outgoing.write('567')
  expect(await send('PUT', `${url}/b`)).toMatchObject({ status: 200 })
  expect(received.body().toString()).toBe('01234')
  outgoing.destroy(new Error('left'))
  await closed
  expect(await send('PUT', `${url}/c`)).toMatchObject({ status: 200 })
  expect(server.openConnections()).toBe(1)
  occurrence.cut()
  expect(await received.bodyEnd).toBe('aborted')
  expect(received.body().toString()).toBe('01234')
})

test('half-open: released, the rest follows', async () => {
  const { server, proxy, url } = await serve()
  const fault = proxy.arm({}, { kind: 'half-open', direction: 'request', afterBytes: 5 })
  const client = open('PUT', `${url}/a`, '0123456789')
  const occurrence = await fault.triggered
  occurrence.release()
  expect(await client.outcome).toMatchObject({ status: 200 })
  expect((await server.nth(1)).body().toString()).toBe('0123456789')
  expect(await occurrence.response).toMatchObject({ status: 200 })
})

test('half-open in the response: neither the rest nor the end arrives', async () => {
  const { server, proxy, url } = await serve((_request, response) => {
    response.writeHead(200, { Connection: 'close' }).end('0123456789')
  })
  const fault = proxy.arm({}, { kind: 'half-open', direction: 'response', afterBytes: 4 })
  const { read, client } = rawClient(url, 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n')
  const occurrence = await fault.triggered
  await (await server.nth(1)).connectionEnd
  while (!read().endsWith('0123')) await once(client, 'data')
  occurrence.release()
  await once(client, 'end')
  expect(read()).toMatch(/0123456789\r\n0\r\n\r\n$/)
  client.destroy()
})

test('hold: delivered on release, to a client that still waits', async () => {
  const { server, proxy, url } = await serve()
  const fault = proxy.arm({}, { kind: 'hold' })
  const client = open('PUT', `${url}/a`, 'body')
  const occurrence = await fault.triggered
  expect(occurrence.requestWhole).toBe(true)
  expect(await send('PUT', `${url}/b`)).toMatchObject({ status: 200 })
  expect(server.received.map((received) => received.url)).toEqual(['/b'])
  occurrence.release()
  expect(await client.outcome).toMatchObject({ status: 200 })
  expect(server.received.map((received) => received.url)).toEqual(['/b', '/a'])
})

test('hold: delivered after its client has gone', async () => {
  const { server, proxy, url } = await serve()
  const fault = proxy.arm({}, { kind: 'hold' })
  const client = open('PUT', `${url}/a`, 'body')
  const occurrence = await fault.triggered
  client.leave()
  await client.outcome
  occurrence.release()
  expect(await occurrence.response).toMatchObject({ status: 200, body: '{"boolean":true}' })
  expect((await server.nth(1)).body().toString()).toBe('body')
})

test('hold: the end of a client that has gone comes behind the answer', async () => {
  const { proxy, url } = await serve((request, response) => {
    // Late enough for an end that came right behind the request to be here by now.
    setTimeout(() => response.end(request.socket.readableEnded ? 'ended' : 'open'), 50)
  })
  const fault = proxy.arm({}, { kind: 'hold' })
  const client = open('PUT', `${url}/a`, 'body')
  const occurrence = await fault.triggered
  client.leave()
  await client.outcome
  occurrence.release()
  expect(await occurrence.response).toMatchObject({ body: 'open' })
})

test('hold: delivered on a new connection where the server has dropped the old one meanwhile', async () => {
  const { server, proxy, url } = await serve()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const fault = proxy.arm({ path: '/2' }, { kind: 'hold' })
  const [first] = await once(get(`${url}/1`, { agent }), 'response')
  first.resume()
  await once(first, 'end')
  const second = once(get(`${url}/2`, { agent }), 'response')
  const occurrence = await fault.triggered
  server.dropConnections()
  await (await server.nth(1)).connectionEnd
  occurrence.release()
  const [response] = await second
  expect(response.statusCode).toBe(200)
  agent.destroy()
})

test('hold: cut instead of released, it never arrives', async () => {
  const { server, proxy, url } = await serve()
  const fault = proxy.arm({}, { kind: 'hold' })
  const client = open('PUT', `${url}/a`, 'body')
  const occurrence = await fault.triggered
  occurrence.cut()
  expect(await client.outcome).toEqual({ error: 'ECONNRESET' })
  expect(await occurrence.response).toBeNull()
  expect(await send('PUT', `${url}/b`)).toMatchObject({ status: 200 })
  expect(server.received.map((received) => received.url)).toEqual(['/b'])
})
