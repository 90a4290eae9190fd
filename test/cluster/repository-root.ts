// Where the work tree begins, for files that tests keep between runs.
import path from 'node:path'

/** The absolute path of the directory that holds package.json. */
export const repositoryRoot: string = path.resolve(import.meta.dirname, '..', '..')
