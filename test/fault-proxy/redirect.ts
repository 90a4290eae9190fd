// Keeps the datanode's part of a WebHDFS call inside the proxy: the namenode names a datanode in the Location of a 307
// or, asked with `noredirect=true`, in a JSON body. HttpFS sends the client to itself in the same two ways.
import type { RequestHead, ResponseHead } from './http-message.js'
import { headerOf } from './http-message.js'

/** Gives the URL that leads to the same place through the proxy. */
export type RouteUrl = (url: string) => Promise<string>

export function isRedirect(head: ResponseHead): boolean {
  return head.status >= 300 && head.status < 400 && isHttp(headerOf(head.headers, 'location'))
}

/** The head with its Location led through the proxy. */
export async function rewriteLocationHeader(head: ResponseHead, route: RouteUrl): Promise<ResponseHead> {
  const headers = await Promise.all(
    head.headers.map(async ([name, value]): Promise<readonly [string, string]> => {
      return name.toLowerCase() === 'location' && isHttp(value) ? [name, await route(value)] : [name, value]
    }),
  )
  return { ...head, headers }
}

/** Whether the body may hold the Location: the client asked for it and the server says JSON. */
export function mayNameLocation(request: RequestHead, head: ResponseHead): boolean {
  const json = headerOf(head.headers, 'content-type')?.includes('json') === true
  return head.status === 200 && json && request.query.get('noredirect')?.toLowerCase() === 'true'
}

/** The response with the Location in its body led through the proxy, and a Content-Length that fits. */
export async function rewriteLocationBody(
  head: ResponseHead,
  body: Buffer,
  route: RouteUrl,
): Promise<{ readonly head: ResponseHead; readonly body: Buffer }> {
  const rewritten = await rewriteBody(body, route)
  const headers = head.headers.filter(([name]) => !/^(content-length|transfer-encoding)$/i.test(name))
  return { head: { ...head, headers: [...headers, ['Content-Length', String(rewritten.length)]] }, body: rewritten }
}

async function rewriteBody(body: Buffer, route: RouteUrl): Promise<Buffer> {
  const answer: unknown = JSON.parse(body.toString('utf8'))
  if (typeof answer !== 'object' || answer === null || !('Location' in answer)) return body
  const location = answer.Location
  if (typeof location !== 'string' || !isHttp(location)) return body
  return Buffer.from(JSON.stringify({ ...answer, Location: await route(location) }))
}

/** A datanode's 201 has a Location too: `hdfs://…`, the file itself. That one leads nowhere else. */
function isHttp(url: string | undefined): boolean {
  return url?.startsWith('http://') === true
}
