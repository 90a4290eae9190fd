// Pins in what HttpFS differs from WebHDFS on the wire (docs/assumptions.md, H32 to H34).
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { begin, jsonOf, send } from '../assumptions/wire.js'
import { bodyOf, errorOf, WireServer } from '../assumptions/wire-server.js'
import { sharedCluster, sharedHadoopVersion } from './shared-cluster.js'

const octets = { 'Content-Type': 'application/octet-stream' }

// There is no HttpFS for 3.5.0 on Maven Central.
describe.skipIf(sharedHadoopVersion() !== '3.4.2')('HttpFS', () => {
  let httpfs: WireServer
  let namenode: WireServer

  beforeAll(async () => {
    const cluster = await sharedCluster()
    httpfs = new WireServer(new URL(cluster.httpfsHttpUrl).origin, cluster.description.user)
    namenode = new WireServer(new URL(cluster.webhdfsHttpUrl).origin, cluster.description.user)
  })

  /** A directory of the test's own. */
  async function ownDirectory(): Promise<string> {
    const directory = `/assumptions-httpfs/${randomUUID()}`
    await httpfs.ask('PUT', directory, 'MKDIRS')
    onTestFinished(async () => {
      await httpfs.ask('DELETE', directory, 'DELETE', { recursive: 'true' })
    })
    return directory
  }

  test('H32 redirects to itself with data=true, at the host that it was asked by', async () => {
    const directory = await ownDirectory()
    const { host } = new URL(httpfs.url)
    const redirect = await httpfs.ask('PUT', `${directory}/a`, 'CREATE')
    expect(redirect.status).toBe(307)
    const location = `http://${host}/webhdfs/v1${directory}/a?op=CREATE&data=true&user.name=${httpfs.user}`
    expect(redirect.headers.location).toBe(location)
    const told = await httpfs.ask('PUT', `${directory}/a`, 'CREATE', { noredirect: 'true' })
    expect(jsonOf(told)).toEqual({ Location: location })
    const byName = await httpfs.ask('PUT', `${directory}/a`, 'CREATE', {}, { headers: { Host: 'gateway.example:80' } })
    expect(byName.headers.location).toContain('http://gateway.example')
  })

  test('H32 takes a body at once with data=true, as application/octet-stream only, and says no 100', async () => {
    const directory = await ownDirectory()
    const url = httpfs.opUrl(`${directory}/a`, 'CREATE', { data: 'true' })
    const body = Buffer.from('content')
    expect(bodyOf(await send('PUT', url, { body }))).toMatchObject({ status: 400, body: '' })
    const created = await send('PUT', url, { body, headers: octets })
    expect(created).toMatchObject({ status: 201, interim: [] })
    expect(bodyOf(await httpfs.append(`${directory}/a`, '2'))).toMatchObject({ status: 200, body: '' })
    const read = await httpfs.ask('GET', `${directory}/a`, 'OPEN')
    expect(bodyOf(read)).toMatchObject({ status: 200, body: 'content2' })
  })

  test('H33 CREATE without overwrite replaces what is there: the opposite of WebHDFS', async () => {
    const directory = await ownDirectory()
    await httpfs.create(`${directory}/a`, 'one')
    expect(errorOf(await httpfs.create(`${directory}/a`, 'two'))).toMatchObject({
      status: 500,
      exception: 'FileAlreadyExistsException',
    })
    expect((await httpfs.create(`${directory}/a`, 'three', { overwrite: undefined })).status).toBe(201)
    expect(bodyOf(await httpfs.ask('GET', `${directory}/a`, 'OPEN')).body).toBe('three')
    expect((await namenode.create(`${directory}/a`, 'four', { overwrite: undefined })).status).toBe(403)
  })

  test('H33 ignores renameoptions: neither refuses nor replaces, answers false', async () => {
    const directory = await ownDirectory()
    await httpfs.create(`${directory}/a`, 'one')
    await httpfs.create(`${directory}/b`, 'two')
    for (const renameoptions of ['NONE', 'OVERWRITE']) {
      const answer = httpfs.ask('PUT', `${directory}/a`, 'RENAME', { destination: `${directory}/b`, renameoptions })
      expect(bodyOf(await answer)).toMatchObject({ status: 200, body: '{"boolean":false}' })
    }
    expect(bodyOf(await httpfs.ask('GET', `${directory}/b`, 'OPEN')).body).toBe('two')
  })

  test('H33 ignores createparent, createflag and excludedatanodes', async () => {
    const directory = await ownDirectory()
    const orphan = await httpfs.create(`${directory}/d/a`, 'x', { createparent: 'false' })
    expect(orphan.status).toBe(201)
    expect((await httpfs.create(`${directory}/b`, 'x', { createflag: 'NONSENSE' })).status).toBe(201)
    expect((await httpfs.create(`${directory}/c`, 'x', { excludedatanodes: '127.0.0.1' })).status).toBe(201)
  })

  test('H33 ignores startafter: LISTSTATUS_BATCH gives the whole directory, in either spelling', async () => {
    const directory = await ownDirectory()
    await Promise.all(['a', 'b', 'c'].map((name) => httpfs.create(`${directory}/${name}`, 'x')))
    for (const parameters of [{ startafter: 'b' }, { startAfter: 'b' }]) {
      const listing = jsonOf(await httpfs.ask('GET', directory, 'LISTSTATUS_BATCH', parameters))
      expect(listing).toMatchObject({
        DirectoryListing: {
          partialListing: {
            FileStatuses: { FileStatus: [{ pathSuffix: 'a' }, { pathSuffix: 'b' }, { pathSuffix: 'c' }] },
          },
          remainingEntries: 0,
        },
      })
    }
  })

  test('H34 errors are 500, missing files 404 or 500; often only the message tells the class', async () => {
    const directory = await ownDirectory()
    const file = `${directory}/a`
    await httpfs.create(file, 'x')
    const missing = await httpfs.ask('GET', `${directory}/none`, 'GETFILESTATUS')
    expect(errorOf(missing)).toMatchObject({ status: 404, exception: 'FileNotFoundException' })
    expect(errorOf(await httpfs.append(`${directory}/none`, 'x'))).toMatchObject({
      status: 404,
      exception: 'FileNotFoundException',
    })
    const blurred = {
      status: 500,
      exception: 'RemoteException',
      javaClassName: 'org.apache.hadoop.ipc.RemoteException',
    }
    const truncated = await httpfs.ask('POST', `${directory}/none`, 'TRUNCATE', { newlength: '0' })
    expect(errorOf(truncated)).toEqual({ ...blurred, message: `File does not exist: ${directory}/none` })
    const tooLong = await httpfs.ask('POST', file, 'TRUNCATE', { newlength: '9' })
    expect(errorOf(tooLong)).toMatchObject({ ...blurred, message: /^Cannot truncate to a larger file size/ })
    const concat = await httpfs.ask('POST', file, 'CONCAT', { sources: `${directory}/none` })
    expect(errorOf(concat)).toMatchObject(blurred)
    const unknownOp = await httpfs.ask('GET', file, 'NOSUCHOP')
    expect(errorOf(unknownOp)).toMatchObject({ status: 500, exception: 'QueryParamException' })
    const notAllowed = await httpfs.ask('PUT', `${directory}/d`, 'MKDIRS', { 'user.name': 'somebody' })
    expect(errorOf(notAllowed)).toMatchObject({ status: 500, exception: 'AccessControlException' })
    const nobody = await send('GET', `${httpfs.url}/webhdfs/v1${file}?op=GETFILESTATUS`)
    expect(nobody.status).toBe(401)
    expect(nobody.headers['content-type']).toContain('text/html')
  })

  test('H34 a lease that somebody holds shows in the message only', async () => {
    const directory = await ownDirectory()
    const file = `${directory}/a`
    await httpfs.create(file, 'x')
    const holder = begin('POST', await namenode.locate('POST', file, 'APPEND'))
    holder.request.write('y')
    await namenode.untilOpen(file)
    expect(errorOf(await httpfs.append(file, 'z'))).toMatchObject({
      status: 500,
      exception: 'RemoteException',
      message: /^Failed to APPEND_FILE .* because this file lease is currently owned by /,
    })
    expect(await httpfs.blocks(file)).toMatchObject({ fileLength: 0, isUnderConstruction: true })
    holder.request.end()
    expect((await holder.answer).status).toBe(200)
  })
})
