// Makes directories that are there after a power loss, the root and those above it included.
import { basename, dirname } from 'node:path'
import type { LocalContext } from './context.js'
import { type Attempt, errnoOf, refusal } from './errno.js'
import { below } from './root.js'

/** Makes the directory and those above it; what is there already is synced once, for its maker may not have got that far. */
export async function makeDirectories(context: LocalContext, path: string, attempt: Attempt): Promise<void> {
  const { root, directories, disk } = context
  const found = await root.find(path, attempt)
  if (found !== undefined && directories.isDurable(found)) {
    const status = await disk.lstat(found)
    if (status.isDirectory()) return
  }
  await makeRoot(context, attempt)
  if (path === '') return
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    await makeOne(context, path.slice(0, slash), attempt)
  }
  await makeOne(context, path, attempt)
}

async function makeOne(context: LocalContext, path: string, attempt: Attempt): Promise<void> {
  const { root, directories, disk } = context
  const entry = await root.findEntry(path, attempt)
  if (entry === undefined) throw refusal('PARENT_NOT_FOUND', 'lost its parent directory meanwhile', attempt)
  if (await makeUnlessThere(context, entry.absolute, attempt)) {
    await directories.sync(entry.directory)
    directories.markDurable(entry.absolute)
    return
  }
  const found = await root.find(path, attempt)
  if (found === undefined) throw refusal('PARENT_NOT_FOUND', 'was deleted meanwhile', attempt)
  if (directories.isDurable(found)) return
  const status = await disk.lstat(found)
  if (!status.isDirectory()) throw refusal('NOT_A_DIRECTORY', `needs a directory where the file '${path}' is`, attempt)
  await directories.sync(dirname(found))
  directories.markDurable(found)
}

// What stands above the root belongs to somebody else: it is made where it is missing, and otherwise left alone.
async function makeRoot(context: LocalContext, attempt: Attempt): Promise<void> {
  const { root, directories, disk } = context
  const real = await root.real()
  if (real !== undefined) {
    const status = await disk.lstat(real)
    if (!status.isDirectory()) throw refusal('NOT_A_DIRECTORY', `would be below '${real}', which is a file`, attempt)
    return
  }
  const missing: string[] = []
  let above = root.directory
  while (!(await isThere(context, above))) {
    missing.unshift(basename(above))
    above = dirname(above)
  }
  for (const name of missing) {
    const directory = below(above, name)
    if (await makeUnlessThere(context, directory, attempt)) await directories.sync(above)
    above = directory
  }
  const made = await root.real()
  if (made === undefined) throw refusal('INVALID_PATH', `cannot be made: '${root.directory}' leads nowhere`, attempt)
}

async function isThere({ disk }: LocalContext, directory: string): Promise<boolean> {
  try {
    await disk.realpath(directory)
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}

async function makeUnlessThere({ disk }: LocalContext, directory: string, attempt: Attempt): Promise<boolean> {
  try {
    await disk.mkdir(directory)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
  attempt.outcome = 'unknown'
  return true
}
