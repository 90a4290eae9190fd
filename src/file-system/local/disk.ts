// What of the operating system the local adapter uses: a seam through which tests make it fail.
import type * as nodeFileSystem from 'node:fs/promises'

/** The calls of `node:fs/promises` that the adapter makes, all others it leaves alone. */
export type Disk = Pick<
  typeof nodeFileSystem,
  'link' | 'lstat' | 'mkdir' | 'open' | 'readdir' | 'realpath' | 'rename' | 'rm' | 'rmdir' | 'unlink'
>
