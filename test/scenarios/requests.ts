// The requests that a script can name: each is a kind of request of HDFS, told by its path.
import type { Step } from '../../src/testing/simulation/fault.js'
import { namedFile } from '../crash/data-names.js'

type Shape = Pick<Step, 'request' | 'path'>

/** Whether a request is the one that is meant, by name. */
const requests: Readonly<Record<string, (step: Shape) => boolean>> = {
  /** The rename that decides. */
  record: ({ request, path }) => request === 'RENAME' && path.includes('/record-'),
  /** The rename that makes a location a job's. */
  job: ({ request, path }) => request === 'RENAME' && path.startsWith('_multi_output/tmp/'),
  /** Writing the record's temp. */
  'record-temp': ({ request, path }) => request.startsWith('CREATE') && path.includes('/record-'),
  /** A file that is read: the log's records, and copies. */
  read: ({ request }) => request.startsWith('OPEN'),
  list: ({ request }) => request.startsWith('LISTSTATUS'),
  stat: ({ request }) => request === 'GETFILESTATUS',
  touch: ({ request }) => request === 'SETTIMES',
  mkdirs: ({ request }) => request === 'MKDIRS',
  /** Writing the temp of a new file. */
  'new-file': ({ request, path }) => request.startsWith('CREATE') && path.includes('/data-'),
  /** The rename that publishes a new file, or a copy. */
  publish: ({ request, path }) => request === 'RENAME' && /\/(?:data|copy|manifest)-/.test(path),
  /** Putting a temp behind a data file, or behind another temp. */
  concat: ({ request }) => request.startsWith('CONCAT'),
  /** The rename of a temp to where CONCAT takes it. */
  beside: ({ request, path }) => request === 'RENAME' && path.includes('/data-'),
  append: ({ request, path }) => request === 'APPEND' && isDataFile(path),
  'append-to-temp': ({ request, path }) => request === 'APPEND' && path.includes('/data-'),
  /** The rename that takes a data file away from whoever knows its name. */
  fence: ({ request, path }) => request === 'RENAME' && isDataFile(path),
  truncate: ({ request }) => request.startsWith('TRUNCATE'),
  copy: ({ request, path }) => request.startsWith('CREATE') && path.includes('/copy-'),
  /** Deleting a data file. */
  delete: ({ request, path }) => request.startsWith('DELETE') && isDataFile(path),
  /** Deleting a temp, or the temps of an epoch. */
  'delete-temp': ({ request, path }) => request.startsWith('DELETE') && path.includes('/tmp/'),
}

function isDataFile(path: string): boolean {
  return namedFile(path) !== undefined
}

/** Whether the step is of the request that a script names. Throws where it names none. */
export function isRequest(name: string, step: Shape): boolean {
  const fits = requests[name]
  if (fits === undefined) throw new TypeError(`no request is called '${name}': ${Object.keys(requests).join(', ')}`)
  return fits(step)
}
