// Puts a Node binary from its npm package into the cache: .tmp/node-versions/<version>/.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { nodePackageFor, thisPlatform } from './platform.js'
import { isVersion } from './versions.js'

/** A Node binary and the version that it printed. */
export interface NodeBinary {
  readonly path: string
  readonly printed: string
}

/**
 * The newest Node of `version` (`24`, `20.18`), installed below `cacheFolder` unless it is there already; to fetch a
 * newer one, delete the folder. Throws an Error where npm cannot install it or the binary is another version.
 */
export function installNode(version: string, cacheFolder: string): NodeBinary {
  const packageName = nodePackageFor(thisPlatform())
  const folder = join(cacheFolder, `${packageName}-${version}`)
  if (!existsSync(folder)) installInto(folder, `${packageName}@${version}`, cacheFolder)

  const path = join(folder, 'node_modules', packageName, 'bin', 'node')
  const printed = spawnSync(path, ['--version'], { encoding: 'utf8' })
  if (printed.error !== undefined || !isVersion(printed.stdout, version)) {
    const said = printed.error?.message ?? `${printed.stdout}${printed.stderr}`.trim()
    throw new Error(`${path} is no working Node ${version}: ${said}`)
  }
  return { path, printed: printed.stdout.trim() }
}

// Installed beside its place and then renamed, so that an interrupted installation leaves nothing that looks whole.
function installInto(folder: string, packageAndVersion: string, cacheFolder: string): void {
  mkdirSync(cacheFolder, { recursive: true })
  const unfinished = mkdtempSync(join(cacheFolder, 'unfinished-'))
  try {
    const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    const { status, error, stderr } = spawnSync(
      'npm',
      ['install', '--prefix', unfinished, ...flags, packageAndVersion],
      {
        encoding: 'utf8',
      },
    )
    if (status !== 0)
      throw new Error(`npm cannot install ${packageAndVersion}: ${error?.message ?? firstLines(stderr)}`)
    renameSync(unfinished, folder)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

// npm's code and its first sentence: `code ETARGET; notarget No matching version found for …`.
function firstLines(stderr: string): string {
  return stderr.trim().replaceAll('npm error ', '').split('\n').slice(0, 2).join('; ')
}
