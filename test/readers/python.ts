// The Python that reads what we wrote: an environment with pinned packages, made once.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { repositoryRoot } from '../cluster/repository-root.js'

const run = promisify(execFile)

const REQUIREMENTS = path.join(import.meta.dirname, 'requirements.txt')
/** A first run downloads about 85 MB. */
const PREPARE_TIMEOUT_MS = 600_000

let known: Promise<string> | undefined

/**
 * The `python` of an environment that holds what requirements.txt names, made in `.tmp/readers/` of the repository where
 * it is missing. `PYTHON` names the Python to make it with (default `python3`). Rejects with an Error of one line where there is none, or pip fails.
 */
export function findPython(): Promise<string> {
  known ??= prepare()
  return known
}

async function prepare(): Promise<string> {
  const base = process.env.PYTHON ?? 'python3'
  const version = await versionOf(base)
  const hash = createHash('sha256')
    .update(version)
    .update(await readFile(REQUIREMENTS))
  const folder = path.join(repositoryRoot, '.tmp', 'readers', `python-${hash.digest('hex').slice(0, 16)}`)
  const python = path.join(folder, 'bin', 'python')
  if (!(await exists(python))) await install(base, folder)
  return python
}

async function versionOf(base: string): Promise<string> {
  try {
    const { stdout } = await run(base, ['-c', 'import ensurepip, sys, venv; print(sys.version)'])
    return stdout
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Error(`no ${base} to read files with: install Python 3.10 or later (Debian: python3-venv)`)
    throw new Error(`${base} cannot make environments (Debian: install python3-venv): ${lastLine(error)}`)
  }
}

// Made beside its place and then renamed: several test workers may do it at once, and one that is interrupted leaves nothing that looks whole.
async function install(base: string, folder: string): Promise<void> {
  const parent = path.dirname(folder)
  await mkdir(parent, { recursive: true })
  const unfinished = await mkdtemp(path.join(parent, 'unfinished-'))
  try {
    const limits = { timeout: PREPARE_TIMEOUT_MS }
    await run(base, ['-m', 'venv', unfinished], limits)
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS]
    await run(path.join(unfinished, 'bin', 'python'), pip, limits)
    await rename(unfinished, folder)
  } catch (error) {
    if (await exists(folder)) return
    throw new Error(`the Python packages of the tests cannot be installed: ${lastLine(error)}`)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

function lastLine(error: unknown): string {
  const { stderr = '', message } = error as { stderr?: string; message: string }
  return (stderr.trim() || message.trim()).split('\n').at(-1) ?? ''
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
