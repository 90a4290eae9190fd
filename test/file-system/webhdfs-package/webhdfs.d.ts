// The npm package webhdfs has no types. These are of the two functions that the tests call.
declare module 'webhdfs' {
  type WebHdfsPackageClient = import('../../../src/file-system/webhdfs-package/client.js').WebHdfsPackageClient
  type Done = (error: Error | null | undefined, result?: unknown) => void

  /** The methods that the adapter does without, for tests that show why. */
  interface Client extends WebHdfsPackageClient {
    writeFile(path: string, data: string | Buffer, done: Done): NodeJS.EventEmitter
    mkdir(path: string, done: Done): void
    rename(path: string, destination: string, done: Done): void
    unlink(path: string, done: Done): void
    stat(path: string, done: Done): void
    exists(path: string, done: (found: boolean) => void): void
    readFile(path: string, done: Done): void
  }

  const webhdfs: { createClient(options: object, requestParameters?: object): Client }
  export default webhdfs
}
