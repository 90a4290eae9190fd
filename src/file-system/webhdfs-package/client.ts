// The part of the npm package webhdfs (1.2.0) and of its own HTTP client (request) that the adapter touches. The package has no
// types, and it is the user's: nothing here imports it.

/** A request of the package `request`: readable, writable, and an emitter of `socket`, `response`, `complete`, `error`. */
export interface PackageRequest extends NodeJS.ReadWriteStream {
  abort(): void
  /** Connects without waiting for the first byte of content. */
  start?(): void
  /** What it asks now: at the event `redirect`, the place that it was sent to. */
  readonly uri?: { readonly href: string }
  /** Of what it sends next. */
  removeHeader?(name: string): void
}

/** What `createClient(…)` of the package webhdfs 1.2.0 gives. */
export interface WebHdfsPackageClient {
  /** Makes the URL; takes the path as it is, so it must be encoded. */
  _getOperationEndpoint(operation: string, path: string, params?: object): string
  /** Sends anything. Its callback drops class and status of errors; the events of what it returns do not. */
  _sendRequest(method: string, url: string, opts: object, callback: () => void): PackageRequest
  /** Sends OPEN, follows its redirect, and keeps nothing in memory. */
  createReadStream(path: string, opts?: object): PackageRequest
  /** Settings for every request, as given to `createClient`. */
  readonly _requestParams?: { readonly headers?: Readonly<Record<string, string>> } | undefined
}

/** Throws a `TypeError` unless it looks like a client of the package. */
export function checkClient(client: WebHdfsPackageClient): void {
  for (const name of ['_getOperationEndpoint', '_sendRequest', 'createReadStream'] as const) {
    if (typeof client?.[name] !== 'function') {
      throw new TypeError(`not a client of the package webhdfs 1.2.0: it has no ${name}()`)
    }
  }
}
