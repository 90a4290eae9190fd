// `npm run test:node-versions [-- 24 26]`: the unit tests on the Node versions that are supported, one after another.
import { spawnSync } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installNode } from './install.js'
import { versionsFrom } from './versions.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')

/** True if the unit tests pass on this version; what they print goes through. */
function passOn(version: string): boolean {
  const { path, printed } = installNode(version, join(root, '.tmp', 'node-versions'))
  console.log(`\n== unit tests on Node ${printed}`)
  // First on the PATH too, so that a test that starts `node` gets the same one.
  const PATH = `${dirname(path)}${delimiter}${process.env.PATH ?? ''}`
  const { status, error } = spawnSync(path, [vitest, 'run', '--project', 'unit'], {
    cwd: root,
    env: { ...process.env, PATH },
    stdio: 'inherit',
  })
  if (error !== undefined) throw error
  return status === 0
}

function main(): number {
  const outcomes: string[] = []
  let exitCode = 0
  try {
    for (const version of versionsFrom(process.argv.slice(2))) {
      const passed = passOn(version)
      outcomes.push(`Node ${version}: ${passed ? 'passed' : 'FAILED'}`)
      if (!passed) exitCode = 1
    }
  } catch (error) {
    outcomes.push(`test:node-versions: ${error instanceof Error ? error.message : String(error)}`)
    exitCode = 2
  }
  console.log(outcomes.join('\n'))
  return exitCode
}

process.exitCode = main()
