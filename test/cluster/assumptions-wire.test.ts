// Pins what docs/assumptions.md says of WebHDFS on the wire: a namenode and its datanodes, without a library between.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../assumptions/eventually.js'
import { begin, jsonOf, send } from '../assumptions/wire.js'
import { bodyOf, errorOf, WireServer } from '../assumptions/wire-server.js'
import { startFaultProxy } from '../fault-proxy/proxy.js'
import type { ClusterAddresses } from './cluster-addresses.js'
import { sharedCluster, sharedHadoopVersion } from './shared-cluster.js'

const json = 'application/json'
let cluster: ClusterAddresses
let namenode: WireServer

beforeAll(async () => {
  cluster = await sharedCluster()
  namenode = new WireServer(new URL(cluster.webhdfsHttpUrl).origin, cluster.description.user)
})

/** A directory of the test's own. */
async function ownDirectory(): Promise<string> {
  const directory = `/assumptions-wire/${randomUUID()}`
  await namenode.ask('PUT', directory, 'MKDIRS')
  onTestFinished(async () => {
    await namenode.ask('DELETE', directory, 'DELETE', { recursive: 'true' })
  })
  return directory
}

describe('answers', () => {
  test('H24 what is done or not done is a boolean in the body, always under status 200', async () => {
    const directory = await ownDirectory()
    const file = `${directory}/a`
    await namenode.create(file, '0123456789')
    const boolean = (value: boolean) => ({ status: 200, type: json, body: `{"boolean":${value}}` })
    const ask = async (value: boolean, ...call: Parameters<WireServer['ask']>) => {
      expect(bodyOf(await namenode.ask(...call)), `${call[2]} of ${call[1]}`).toEqual(boolean(value))
    }
    await ask(true, 'PUT', directory, 'MKDIRS')
    await ask(true, 'PUT', file, 'RENAME', { destination: `${directory}/b` })
    await ask(false, 'PUT', file, 'RENAME', { destination: `${directory}/b` })
    await ask(true, 'PUT', `${directory}/b`, 'SETREPLICATION', { replication: '1' })
    await ask(false, 'PUT', file, 'SETREPLICATION', { replication: '1' })
    await ask(true, 'POST', `${directory}/b`, 'TRUNCATE', { newlength: '10' })
    await ask(false, 'POST', `${directory}/b`, 'TRUNCATE', { newlength: '5' })
    await ask(true, 'DELETE', `${directory}/b`, 'DELETE')
    await ask(false, 'DELETE', `${directory}/b`, 'DELETE')
  })

  test('H24 RENAME with options, CONCAT, CREATE and APPEND have no body', async () => {
    const directory = await ownDirectory()
    const created = await namenode.create(`${directory}/a`, 'one')
    expect(bodyOf(created)).toMatchObject({ status: 201, body: '' })
    expect(created.headers.location).toBe(`hdfs://127.0.0.1:${cluster.description.namenodes[0]!.rpcPort}${directory}/a`)
    await namenode.create(`${directory}/b`, 'two')
    const renamed = namenode.ask('PUT', `${directory}/b`, 'RENAME', {
      destination: `${directory}/c`,
      renameoptions: 'NONE',
    })
    expect(bodyOf(await renamed)).toMatchObject({ status: 200, body: '' })
    const joined = namenode.ask('POST', `${directory}/a`, 'CONCAT', { sources: `${directory}/c` })
    expect(bodyOf(await joined)).toMatchObject({ status: 200, body: '' })
    expect(bodyOf(await namenode.create(`${directory}/d`, 'three'))).toMatchObject({ status: 201 })
    expect(bodyOf(await namenode.append(`${directory}/d`, 'four'))).toMatchObject({ status: 200, body: '' })
  })

  test('H25 errors are JSON: missing 404, wrong arguments 400, every other IOException 403; the class tells them apart', async () => {
    const directory = await ownDirectory()
    const file = `${directory}/a`
    await namenode.create(file, 'x')
    expect(errorOf(await namenode.ask('GET', `${directory}/none`, 'GETFILESTATUS'))).toEqual({
      status: 404,
      exception: 'FileNotFoundException',
      javaClassName: 'java.io.FileNotFoundException',
      message: `File does not exist: ${directory}/none`,
    })
    const tooLong = await namenode.ask('POST', file, 'TRUNCATE', { newlength: '2' })
    expect(errorOf(tooLong)).toMatchObject({ status: 400, exception: 'HadoopIllegalArgumentException' })
    const noSources = await namenode.ask('POST', file, 'CONCAT')
    expect(errorOf(noSources)).toMatchObject({ status: 400, exception: 'IllegalArgumentException' })
    const notThere = await namenode.ask('GET', file, 'NOSUCHOP')
    expect(errorOf(notThere)).toMatchObject({ status: 400, exception: 'IllegalArgumentException' })
    const occupied = await namenode.ask('PUT', file, 'MKDIRS')
    expect(errorOf(occupied)).toMatchObject({ status: 403, exception: 'FileAlreadyExistsException' })
    const notEmpty = await namenode.ask('DELETE', directory, 'DELETE')
    expect(errorOf(notEmpty)).toMatchObject({ status: 403, exception: 'PathIsNotEmptyDirectoryException' })
    const notAllowed = await namenode.ask('PUT', `${directory}/d`, 'MKDIRS', { 'user.name': 'somebody' })
    expect(errorOf(notAllowed)).toMatchObject({ status: 403, exception: 'AccessControlException' })
    const beyond = await namenode.ask('GET', file, 'OPEN', { offset: '2' })
    expect(errorOf(beyond)).toMatchObject({ status: 403, exception: 'IOException', message: /out of the range/ })
  })

  test('H25 a URL that is no URL is refused in HTML', async () => {
    const answer = await send('GET', `${namenode.url}/webhdfs/v1/a%zz?op=GETFILESTATUS&user.name=${namenode.user}`)
    expect(answer.status).toBe(400)
    expect(answer.headers['content-type']).toContain('text/html')
  })

  test('H26 names travel percent-encoded and come back as they were; a colon is refused', async () => {
    const directory = await ownDirectory()
    const name = "日本 %41+a&b=c#?;x'~"
    expect((await namenode.create(`${directory}/${name}`, 'content')).status).toBe(201)
    const listing = jsonOf(await namenode.ask('GET', directory, 'LISTSTATUS'))
    expect(listing).toMatchObject({ FileStatuses: { FileStatus: [{ pathSuffix: name }] } })
    const read = await send('GET', await namenode.locate('GET', `${directory}/${name}`, 'OPEN'))
    expect(read.body.toString()).toBe('content')
    const destination = `${directory}/${name}2`
    const renamed = await namenode.ask('PUT', `${directory}/${name}`, 'RENAME', { destination })
    expect(bodyOf(renamed).body).toBe('{"boolean":true}')
    expect(await namenode.length(destination)).toBe(7)
    const colon = await namenode.ask('PUT', `${directory}/a:b`, 'CREATE')
    expect(errorOf(colon)).toMatchObject({ status: 400, exception: 'InvalidPathException' })
  })
})

describe('the redirect', () => {
  test('H27 is a 307 without a body, or with noredirect=true the same URL as JSON under 200', async () => {
    const directory = await ownDirectory()
    const redirect = await namenode.ask('PUT', `${directory}/a`, 'CREATE', { createparent: 'false' })
    expect(bodyOf(redirect)).toMatchObject({ status: 307, body: '' })
    const { searchParams, pathname, port } = new URL(redirect.headers.location!)
    expect(cluster.description.datanodes.map(({ httpPort }) => String(httpPort))).toContain(port)
    expect(pathname).toBe(`/webhdfs/v1${directory}/a`)
    const { namenodes, user } = cluster.description
    expect(Object.fromEntries(searchParams)).toMatchObject({
      op: 'CREATE',
      'user.name': user,
      namenoderpcaddress: `127.0.0.1:${namenodes[0]!.rpcPort}`,
      createparent: 'false',
      overwrite: 'false',
    })
    const told = await namenode.ask('PUT', `${directory}/a`, 'CREATE', { createparent: 'false', noredirect: 'true' })
    expect(bodyOf(told)).toMatchObject({ status: 200, type: json })
    const { Location } = jsonOf(told) as { Location: string }
    expect(new URL(Location).searchParams.get('createparent')).toBe('false')
  })

  test('H27 CREATE is redirected whatever stands there: the datanode brings the error', async () => {
    const directory = await ownDirectory()
    await namenode.create(`${directory}/a`, 'x')
    expect(errorOf(await namenode.create(`${directory}/a`, 'y'))).toMatchObject({
      status: 403,
      exception: 'FileAlreadyExistsException',
    })
    const below = await namenode.create(`${directory}/a/b`, 'y')
    expect(errorOf(below)).toMatchObject({ status: 403, exception: 'ParentNotDirectoryException' })
    const orphan = await namenode.create(`${directory}/none/b`, 'y', { createparent: 'false' })
    const message = `Parent directory doesn't exist: ${directory}/none`
    expect(errorOf(orphan)).toMatchObject({ status: 404, exception: 'FileNotFoundException', message })
    // APPEND and OPEN of nothing are refused by the namenode itself.
    expect(errorOf(await namenode.ask('POST', `${directory}/none`, 'APPEND'))).toMatchObject({ status: 404 })
    expect(errorOf(await namenode.ask('GET', `${directory}/none`, 'OPEN'))).toMatchObject({ status: 404 })
  })

  test('H50 any datanode takes an APPEND unasked, by namenode and user, and says what is not there', async () => {
    const directory = await ownDirectory()
    const created = new URL(await namenode.locate('PUT', `${directory}/a`, 'CREATE', {}))
    await namenode.create(`${directory}/a`, 'x')
    const namenoderpcaddress = created.searchParams.get('namenoderpcaddress')!
    const query = new URLSearchParams({ op: 'APPEND', 'user.name': cluster.description.user, namenoderpcaddress })
    const places = cluster.description.datanodes.map(({ httpPort }) => {
      const place = new URL(`${created.pathname}?${query}`, created)
      place.port = String(httpPort)
      return place.href
    })
    for (const [index, place] of [...places, places[0]!].entries()) {
      expect(bodyOf(await send('POST', place, { body: Buffer.from(`${index}`) }))).toMatchObject({ status: 200 })
    }
    expect(await (await fetch(namenode.opUrl(`${directory}/a`, 'OPEN'))).text()).toBe('x012')
    await namenode.ask('PUT', `${directory}/a`, 'RENAME', { destination: `${directory}/b` })
    expect(errorOf(await send('POST', places[0]!, { body: Buffer.from('y') }))).toMatchObject({
      status: 404,
      exception: 'FileNotFoundException',
    })
  })

  test('H28 excludedatanodes takes host:transferPort; the host:httpPort of a Location excludes nothing', async () => {
    const directory = await ownDirectory()
    const { datanodes } = cluster.description
    const exclude = (addresses: readonly string[]) =>
      namenode.ask('PUT', `${directory}/a`, 'CREATE', { excludedatanodes: addresses.join(',') })
    const [first, second] = datanodes
    for (let n = 0; n < 10; n++) {
      const { location } = (await exclude([`127.0.0.1:${first!.transferPort}`])).headers
      expect(new URL(location!).port).toBe(String(second!.httpPort))
    }
    // A bare host takes out one of that host's, whichever.
    expect((await exclude(['127.0.0.1'])).status).toBe(307)
    const all = await exclude(datanodes.map(({ transferPort }) => `127.0.0.1:${transferPort}`))
    expect(errorOf(all)).toMatchObject({ status: 403, exception: 'IOException', message: /^Failed to find datanode/ })
    const none = await exclude(datanodes.map(({ httpPort }) => `127.0.0.1:${httpPort}`))
    expect(none.status).toBe(307)
  })

  test('H28 createflag=CREATE,SYNC_BLOCK is taken, an unknown flag refused', async () => {
    const directory = await ownDirectory()
    const synced = await namenode.create(`${directory}/a`, 'x', {
      createflag: 'CREATE,SYNC_BLOCK',
      createparent: 'false',
    })
    expect(synced.status).toBe(201)
    const unknown = await namenode.ask('PUT', `${directory}/b`, 'CREATE', { createflag: 'NONSENSE' })
    expect(errorOf(unknown)).toMatchObject({ status: 400, exception: 'IllegalArgumentException' })
  })
})

describe('a datanode', () => {
  test('H29 says 100 Continue unasked and before it has asked the namenode, and closes behind its answer', async () => {
    const directory = await ownDirectory()
    const created = await namenode.create(`${directory}/a`, 'x')
    expect(created).toMatchObject({ status: 201, interim: [100] })
    expect(created.headers.connection).toBe('close')
    const location = await namenode.locate('POST', `${directory}/a`, 'APPEND')
    await namenode.ask('DELETE', `${directory}/a`, 'DELETE')
    const doomed = await send('POST', location, { body: Buffer.from('y') })
    expect(doomed).toMatchObject({ status: 404, interim: [100] })
    expect(doomed.headers.connection).toBe('close')
  })

  test.each(['Content-Length', 'chunked'])(
    'H6 closes a file at exactly what came before the end of a connection (%s)',
    async (framing) => {
      const directory = await ownDirectory()
      await using proxy = startFaultProxy()
      const through = new WireServer(await proxy.routeUrl(namenode.url), namenode.user)
      const location = await through.locate('PUT', `${directory}/a`, 'CREATE')
      const cut = proxy.arm(
        { op: 'CREATE', hop: 'redirected' },
        { kind: 'cut-body', direction: 'request', afterBytes: 300_000 },
      )
      const headers = framing === 'chunked' ? {} : { 'Content-Length': '1000000' }
      const upload = begin('PUT', location, headers)
      upload.request.write(Buffer.alloc(1_000_000, 'x'))
      await cut.triggered
      await expect(upload.answer).rejects.toThrow()
      await namenode.untilOpen(`${directory}/a`, 'closed')
      expect(await namenode.length(`${directory}/a`)).toBe(300_000)
    },
  )

  test('H30 takes a malformed chunk for the end of the body, and answers 201', async () => {
    const directory = await ownDirectory()
    const { hostname, port, pathname, search } = new URL(await namenode.locate('PUT', `${directory}/a`, 'CREATE'))
    const socket = connect(Number(port), hostname)
    onTestFinished(() => void socket.destroy())
    const heard: Buffer[] = []
    socket.on('data', (chunk: Buffer) => heard.push(chunk))
    socket.write(`PUT ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\nTransfer-Encoding: chunked\r\n\r\n`)
    socket.write('5\r\nhello\r\nnonsense\r\nworld\r\n0\r\n\r\n')
    await once(socket, 'end')
    expect(Buffer.concat(heard).toString()).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 201 Created\r\n/)
    expect(await namenode.length(`${directory}/a`)).toBe(5)
  })

  test('H31 GET_BLOCK_LOCATIONS tells that a file is open; its length counts finished blocks only', async () => {
    const directory = await ownDirectory()
    const file = `${directory}/a`
    const blockBytes = 1_048_576
    const location = await namenode.locate('PUT', file, 'CREATE', { blocksize: String(blockBytes) })
    const upload = begin('PUT', location)
    upload.request.write(Buffer.alloc(1.5 * blockBytes, 'x'))
    await namenode.untilOpen(file)
    await eventually('two blocks', async () => (await namenode.blocks(file)).locatedBlocks.length === 2)
    const open = await namenode.blocks(file)
    expect(open).toMatchObject({ fileLength: blockBytes, isUnderConstruction: true, isLastBlockComplete: false })
    expect(open.lastLocatedBlock?.block.numBytes).toBe(0)
    expect(await namenode.length(file)).toBe(blockBytes)
    upload.request.end()
    expect((await upload.answer).status).toBe(201)
    const closed = await namenode.blocks(file)
    expect(closed).toMatchObject({
      fileLength: 1.5 * blockBytes,
      isUnderConstruction: false,
      isLastBlockComplete: true,
    })
    expect(closed.locatedBlocks.map(({ block, startOffset }) => [startOffset, block.numBytes])).toEqual([
      [0, blockBytes],
      [blockBytes, blockBytes / 2],
    ])
    // isLastBlockComplete is no second way to ask: an empty file is closed and has no last block.
    await namenode.create(`${directory}/empty`, '')
    expect(await namenode.blocks(`${directory}/empty`)).toMatchObject({
      fileLength: 0,
      isUnderConstruction: false,
      isLastBlockComplete: false,
      locatedBlocks: [],
      lastLocatedBlock: null,
    })
  })

  test('H44 CONCAT takes a source of another replication; the target keeps its own', async () => {
    const directory = await ownDirectory()
    const create = { overwrite: 'false' }
    await namenode.create(`${directory}/a`, 'one', { ...create, replication: '1' })
    await namenode.create(`${directory}/b`, 'two', { ...create, replication: '2' })
    const joined = await namenode.ask('POST', `${directory}/a`, 'CONCAT', { sources: `${directory}/b` })
    expect(bodyOf(joined)).toMatchObject({ status: 200 })
    expect(await namenode.length(`${directory}/a`)).toBe(6)
  })

  test('H45 CONCAT refuses a source that is in a snapshot, also under another name, for as long as the snapshot is there; not a target', async () => {
    const directory = await ownDirectory()
    await namenode.create(`${directory}/d/target`, 'one')
    await namenode.create(`${directory}/tmp/source`, 'two')
    const allowed = await namenode.ask('PUT', directory, 'ALLOWSNAPSHOT')
    expect(bodyOf(allowed)).toMatchObject({ status: 200 })
    expect(bodyOf(await namenode.ask('PUT', directory, 'CREATESNAPSHOT', { snapshotname: 's' }))).toMatchObject({
      status: 200,
    })
    const rename = { destination: `${directory}/d/.concat-1`, renameoptions: 'NONE' }
    expect(bodyOf(await namenode.ask('PUT', `${directory}/tmp/source`, 'RENAME', rename))).toMatchObject({
      status: 200,
    })
    const concat = () =>
      namenode.ask('POST', `${directory}/d/target`, 'CONCAT', { sources: `${directory}/d/.concat-1` })
    expect(errorOf(await concat())).toMatchObject({
      exception: 'SnapshotException',
      message: /^Concat: the source file /,
    })
    expect(await namenode.length(`${directory}/d/target`)).toBe(3)
    // What was made since is in none; the target may be in one.
    await namenode.create(`${directory}/d/.concat-2`, 'three')
    const younger = await namenode.ask('POST', `${directory}/d/target`, 'CONCAT', {
      sources: `${directory}/d/.concat-2`,
    })
    expect(bodyOf(younger)).toMatchObject({ status: 200 })
    expect(bodyOf(await namenode.ask('DELETE', directory, 'DELETESNAPSHOT', { snapshotname: 's' }))).toMatchObject({
      status: 200,
    })
    expect(bodyOf(await concat())).toMatchObject({ status: 200 })
    expect(await namenode.length(`${directory}/d/target`)).toBe(11)
    await namenode.ask('PUT', directory, 'DISALLOWSNAPSHOT')
  })

  test('H47 in an erasure-coded directory APPEND is refused, and CONCAT works', async () => {
    const directory = await ownDirectory()
    const ecpolicy = 'XOR-2-1-1024k'
    expect(bodyOf(await namenode.ask('PUT', '/', 'ENABLEECPOLICY', { ecpolicy }))).toMatchObject({ status: 200 })
    expect(bodyOf(await namenode.ask('PUT', directory, 'SETECPOLICY', { ecpolicy }))).toMatchObject({ status: 200 })
    const [target, temp, source] = [`${directory}/d/part-0`, `${directory}/tmp/data-1`, `${directory}/d/.concat-1`]
    const [one, two] = ['1'.repeat(3_000_000), '2'.repeat(10)]
    expect(bodyOf(await namenode.create(target, one))).toMatchObject({ status: 201 })
    expect(errorOf(await namenode.append(target, 'x'))).toMatchObject({ message: /EC file|striped/ })
    for (let n = 0; n < 3; n++) {
      expect(bodyOf(await namenode.create(temp, two))).toMatchObject({ status: 201 })
      const rename = { destination: source, renameoptions: 'NONE' }
      expect(bodyOf(await namenode.ask('PUT', temp, 'RENAME', rename))).toMatchObject({ status: 200 })
      expect(bodyOf(await namenode.ask('POST', target, 'CONCAT', { sources: source }))).toMatchObject({ status: 200 })
    }
    expect(await namenode.length(target)).toBe(one.length + 3 * two.length)
    const { body } = await send('GET', await namenode.locate('GET', target, 'OPEN'))
    expect(body.toString() === one + two.repeat(3)).toBe(true)
  })

  test.skipIf(sharedHadoopVersion() !== '3.4.2')(
    'H19 an APPEND that fails after a CONCAT leaves the file open',
    async () => {
      const directory = await ownDirectory()
      const file = `${directory}/a`
      await namenode.create(file, 'a'.repeat(1_000))
      await namenode.create(`${directory}/b`, 'b'.repeat(1_000))
      await namenode.ask('POST', file, 'CONCAT', { sources: `${directory}/b` })
      const failed = errorOf(await namenode.append(file, 'c'.repeat(1_000)))
      expect(failed).toMatchObject({ status: 403, exception: 'IOException', message: /^All datanodes .* are bad/ })
      expect((await namenode.blocks(file)).isUnderConstruction).toBe(true)
    },
  )

  test('H19 an APPEND that stays within the last checksum chunk after a CONCAT works on every version: a small probe shows nothing', async () => {
    const directory = await ownDirectory()
    const file = `${directory}/a`
    await namenode.create(file, 'a'.repeat(1_000))
    await namenode.create(`${directory}/b`, 'b'.repeat(1_000))
    await namenode.ask('POST', file, 'CONCAT', { sources: `${directory}/b` })
    expect((await namenode.append(file, 'c'.repeat(20))).status).toBe(200)
    const read = await send('GET', await namenode.locate('GET', file, 'OPEN'))
    expect(read.body.toString()).toMatch(/^a{1000}b{1000}c{20}$/)
  })
})
