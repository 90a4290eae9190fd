import { once } from 'node:events'
import { Agent, get, request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { closedAtEnd, rawClient, serve, serveWebHdfs } from './proxied-server.js'
import { startFaultProxy } from './proxy.js'
import { open, send } from './recording-server.js'

describe('without a fault', () => {
  test('requests and responses pass unchanged, on one connection for several', async () => {
    const { server, proxy, url } = await serve((request, response, received) => {
      response.writeHead(200, { 'X-Seen': request.url }).write(received.body())
      response.end('!')
    })
    expect(await send('PUT', `${url}/webhdfs/v1/a%20b?op=MKDIRS`, 'x'.repeat(300_000))).toMatchObject({
      status: 200,
      body: `${'x'.repeat(300_000)}!`,
    })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (const path of ['/1', '/2']) {
      const [response] = await once(get(url + path, { agent }), 'response')
      response.resume()
      await once(response, 'end')
    }
    agent.destroy()
    expect(server.received.map((received) => received.url)).toEqual(['/webhdfs/v1/a%20b?op=MKDIRS', '/1', '/2'])
    await proxy[Symbol.asyncDispose]()
    expect(server.openConnections()).toBeLessThanOrEqual(2)
  })

  test('a client that leaves in the middle of its body ends the connection to the server', async () => {
    const { server, url } = await serve()
    const { client } = rawClient(url, 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n0123456789')
    const received = await server.nth(1)
    await received.bodyReaches(10)
    client.destroy()
    expect(await received.bodyEnd).toBe('aborted')
    await received.connectionEnd
    expect(received.body().toString()).toBe('0123456789')
  })

  test('a client that leaves while it waits for the answer ends the connection to the server', async () => {
    const { server, url } = await serve(() => {})
    const client = open('POST', `${url}/a`, 'all of it')
    const received = await server.nth(1)
    expect(await received.bodyEnd).toBe('whole')
    client.leave()
    await received.connectionEnd
  })

  test('a server that cannot be reached is a connection that ends', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    const proxy = closedAtEnd(startFaultProxy())
    const url = await proxy.routeUrl(`http://127.0.0.1:${port}`)
    expect(await send('GET', url)).toEqual({ error: 'ECONNRESET' })
  })

  test('an interim 100 Continue that nobody asked for passes', async () => {
    const { url } = await serve((_request, response) => {
      response.writeContinue()
      response.writeHead(201).end()
    })
    expect(await send('PUT', `${url}/a`, 'body')).toMatchObject({ status: 201 })
  })

  test('chunked bodies pass in both directions', async () => {
    const { server, url } = await serve((_request, response, received) => {
      response.write(received.body())
      response.end()
    })
    const outgoing = request(`${url}/a`, { method: 'POST', agent: false })
    outgoing.write('first')
    outgoing.write('second')
    outgoing.end()
    const [response] = await once(outgoing, 'response')
    expect(response.headers['transfer-encoding']).toBe('chunked')
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('firstsecond')
    expect((await server.nth(1)).body().toString()).toBe('firstsecond')
  })
})

describe('the redirect', () => {
  test('a 307 leads through the proxy to the datanode', async () => {
    const { datanode, proxy, url } = await serveWebHdfs()
    const first = await send('PUT', `${url}/webhdfs/v1/a%25b?op=CREATE`)
    if (!('status' in first)) throw new Error(first.error)
    expect(first.status).toBe(307)
    expect(first.location).not.toContain(String(datanode.port))
    expect(first.location).toMatch(/\/webhdfs\/v1\/a%25b\?op=CREATE&namenoderpcaddress=127\.0\.0\.1%3A8020$/)
    const seen = proxy.arm({ hop: 'redirected', op: 'create', path: '/a%b' }, { kind: 'observe' })
    expect(await send('PUT', first.location!, 'body')).toEqual({
      status: 201,
      location: 'hdfs://127.0.0.1:8020/a',
      body: '',
    })
    expect((await datanode.nth(1)).body().toString()).toBe('body')
    expect(await (await seen.triggered).response).toMatchObject({ status: 201 })
  })

  test('noredirect=true leads through the proxy, with a Content-Length that fits', async () => {
    const { datanode, url } = await serveWebHdfs()
    const first = await send('PUT', `${url}/webhdfs/v1/a?op=CREATE&noredirect=true`)
    if (!('status' in first)) throw new Error(first.error)
    const { Location: location } = JSON.parse(first.body) as { Location: string }
    expect(location).not.toContain(String(datanode.port))
    expect(await send('PUT', location, 'body')).toMatchObject({ status: 201 })
    expect(datanode.received).toHaveLength(1)
  })

  test('a server that redirects to itself by the Host header, as HttpFS does, is not routed twice', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(307, { Location: `http://${request.headers.host}/webhdfs/v1/a?op=CREATE&data=true` }).end()
    })
    expect(await send('PUT', `${url}/webhdfs/v1/a?op=CREATE`)).toMatchObject({
      location: `${url}/webhdfs/v1/a?op=CREATE&data=true`,
    })
  })
})

describe('matching', () => {
  test('by method, op, path and hop; what does not match passes', async () => {
    const { proxy, url } = await serveWebHdfs()
    const fault = proxy.arm({ method: 'POST', op: 'APPEND', path: /^\/b/, hop: 'redirected' }, { kind: 'cut-before' })
    const location = async (method: string, path: string, op: string): Promise<string> => {
      const first = await send(method, `${url}/webhdfs/v1${path}?op=${op}`)
      if (!('status' in first)) throw new Error(first.error)
      return first.location!
    }
    expect(await send('POST', await location('POST', '/a', 'APPEND'))).toMatchObject({ status: 201 })
    expect(await send('PUT', await location('PUT', '/b', 'APPEND'))).toMatchObject({ status: 201 })
    expect(await send('POST', await location('POST', '/b', 'CREATE'))).toMatchObject({ status: 201 })
    expect(await send('POST', await location('POST', '/b', 'APPEND'))).toEqual({ error: 'ECONNRESET' })
    expect((await fault.triggered).request).toMatchObject({ path: '/b', op: 'APPEND' })
    expect(await send('POST', await location('POST', '/b', 'APPEND'))).toMatchObject({ status: 201 })
  })

  test('skip, times and disarm', async () => {
    const { proxy, url } = await serve()
    const fault = proxy.arm({}, { kind: 'cut-before' }, { skip: 1, times: 2 })
    const outcomes: boolean[] = []
    for (let n = 0; n < 4; n++) outcomes.push('status' in (await send('GET', url)))
    expect(outcomes).toEqual([true, false, false, true])
    await fault.occurrence(2)
    const never = proxy.arm({}, { kind: 'cut-before' })
    never.disarm()
    expect(await send('GET', url)).toMatchObject({ status: 200 })
    await expect(never.triggered).rejects.toThrow('was disarmed before it met an exchange')
  })

  test('the nth connection', async () => {
    const { proxy, url } = await serve()
    proxy.arm({ connection: 2 }, { kind: 'cut-before' })
    const outcomes: boolean[] = []
    for (let n = 0; n < 3; n++) outcomes.push('status' in (await send('GET', url)))
    expect(outcomes).toEqual([true, false, true])
  })

  test('by any property of the request, and by server', async () => {
    const { server, proxy, url } = await serve()
    const named = `${server.host}:${server.port}`
    proxy.arm({ server: 'elsewhere:1' }, { kind: 'cut-before' })
    proxy.arm({ server: named, where: ({ query }) => query.get('destination') === '/b' }, { kind: 'cut-before' })
    expect(await send('PUT', `${url}/webhdfs/v1/a?op=RENAME&destination=/c`)).toMatchObject({ status: 200 })
    expect(await send('PUT', `${url}/webhdfs/v1/a?op=RENAME&destination=/b`)).toEqual({ error: 'ECONNRESET' })
  })
})

describe('the end of the proxy', () => {
  test('leaves no socket, whatever it was holding, and rejects what never happened', async () => {
    const { server, proxy, url } = await serve(() => {})
    const never = proxy.arm({ op: 'NEVER' }, { kind: 'observe' })
    const half = proxy.arm({ path: '/half' }, { kind: 'half-open', direction: 'request', afterBytes: 2 })
    const hold = proxy.arm({ path: '/hold' }, { kind: 'hold' })
    const slow = proxy.arm({ path: '/slow' }, { kind: 'delay', direction: 'request', delayMs: 3_600_000 })
    const clients = ['/half', '/hold', '/slow', '/unanswered'].map((path) => open('PUT', url + path, 'body'))
    await Promise.all([half.triggered, hold.triggered, slow.triggered, server.nth(2)])
    const connectionEnds = server.received.map(({ connectionEnd }) => connectionEnd)
    await proxy[Symbol.asyncDispose]()
    expect(await Promise.all(clients.map(({ outcome }) => outcome))).toEqual(Array(4).fill({ error: 'ECONNRESET' }))
    await Promise.all(connectionEnds)
    expect(server.openConnections()).toBe(0)
    await expect(never.triggered).rejects.toThrow('was disarmed')
    expect(await send('GET', url)).toEqual({ error: 'ECONNREFUSED' })
  })

  test('says when it could not read the traffic', async () => {
    const { proxy, url } = await serve()
    const { client } = rawClient(url, 'PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n')
    await once(client, 'close')
    await expect(proxy[Symbol.asyncDispose]()).rejects.toThrow('cannot read')
  })
})
