// What the adapter is measured against: the same requests by node:http and nothing else. No limits, no checks of what
// comes back, no failover; only that each answer is the success it should be, so that a broken run does not look quick.
import http, { type Agent, type ClientRequest, type IncomingMessage } from 'node:http'

/** Where and as whom. */
export interface BareTarget {
  /** `http://host:port/webhdfs/v1` */
  readonly baseUrl: string
  readonly user: string
  readonly agent: Agent
}

/** The redirect, then an upload in chunks under back-pressure. */
export async function bareUpload(target: BareTarget, path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const location = await redirect(target, 'PUT', path, 'CREATE&overwrite=false&createparent=false')
  const request = http.request(location, { method: 'PUT', headers: { 'Content-Type': 'application/octet-stream' } })
  const answer = answerTo(request)
  for (const chunk of chunks) {
    if (!request.write(chunk)) await new Promise((resolve) => request.once('drain', resolve))
  }
  request.end()
  await expectStatus(await answer, 201)
}

/** GETFILESTATUS; gives the length. */
export async function bareStat(target: BareTarget, path: string): Promise<number> {
  const body = await text(await ask(target, 'GET', path, 'GETFILESTATUS'), 200)
  return (JSON.parse(body) as { FileStatus: { length: number } }).FileStatus.length
}

/** The redirect, then an append of known length. */
export async function bareAppend(target: BareTarget, path: string, content: Uint8Array): Promise<void> {
  const location = await redirect(target, 'POST', path, 'APPEND')
  const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': content.byteLength }
  const request = http.request(location, { method: 'POST', headers })
  const answer = answerTo(request)
  request.end(content)
  await expectStatus(await answer, 200)
}

/** HDFS's own checksum of a file, to compare two files by. */
export async function checksum(target: BareTarget, path: string): Promise<string> {
  const body = await text(await ask(target, 'GET', path, 'GETFILECHECKSUM&noredirect=true'), 200)
  const { Location } = JSON.parse(body) as { Location: string }
  const answer = await text(await answerTo(http.get(Location)), 200)
  return (JSON.parse(answer) as { FileChecksum: { bytes: string } }).FileChecksum.bytes
}

async function redirect(target: BareTarget, method: string, path: string, query: string): Promise<string> {
  const body = await text(await ask(target, method, path, `${query}&noredirect=true`), 200)
  return (JSON.parse(body) as { Location: string }).Location
}

function ask(
  { baseUrl, user, agent }: BareTarget,
  method: string,
  path: string,
  query: string,
): Promise<IncomingMessage> {
  const request = http.request(`${baseUrl}${path}?op=${query}&user.name=${user}`, { method, agent })
  request.end()
  return answerTo(request)
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    request.once('error', reject)
  })
}

async function text(answer: IncomingMessage, status: number): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString()
  if (answer.statusCode !== status) throw new Error(`status ${answer.statusCode} instead of ${status}: ${body}`)
  return body
}

async function expectStatus(answer: IncomingMessage, status: number): Promise<void> {
  await text(answer, status)
}
