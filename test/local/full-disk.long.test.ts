// A disk that is full in the middle of a commit, on a real small disk: nothing is lost, and once there is room it goes on.
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COMPILE_MS_MAX, type CompiledProgram, compileWritingProgram } from '../writer/compiled-program.js'
import { scratchLocation } from './location-files.js'

const mayMount = spawnSync('unshare', ['--map-root-user', '--mount', 'true']).status === 0
const RUN_MS_MAX = 120_000

interface Report {
  /** How often each step ended how. */
  readonly seen: Readonly<Record<string, number>>
  readonly until: string
  readonly complaints: readonly string[]
}

let program: CompiledProgram
beforeAll(async () => {
  program = await compileWritingProgram()
}, COMPILE_MS_MAX)
afterAll(() => program.remove())

test.skipIf(!mayMount)(
  'a full disk in the middle of a commit (needs user namespaces)',
  { timeout: RUN_MS_MAX },
  async () => {
    const directory = await scratchLocation()
    const mount = 'mount -t tmpfs -o size=16m small "$0" && exec "$@"'
    const script = program.script.replace('writing-program', 'full-disk-program')
    const parameters = ['--map-root-user', '--mount', 'sh', '-c', mount, directory, process.execPath, script, directory]
    const { stdout } = await promisify(execFile)('unshare', parameters, { timeout: RUN_MS_MAX })
    const { seen, until, complaints } = JSON.parse(stdout) as Report
    console.log(JSON.stringify(seen, undefined, 1))
    expect(complaints).toEqual([])
    expect(Number(until)).toBeGreaterThanOrEqual(40 * 300)
    const steps = Object.keys(seen)
    // Some attempts fail for want of room, later ones do not, and every failure says why.
    expect(steps).toEqual(
      expect.arrayContaining(['commit: COMMIT_FAILED NO_SPACE', 'commit: done', 'abort with room: done']),
    )
    expect(steps.filter((step) => step.startsWith('abort with room:'))).toEqual(['abort with room: done'])
    for (const step of steps) expect(step).toMatch(/: (done|NO_SPACE|(COMMIT_FAILED|ABORTED) (NO_SPACE|ABORTED))$/)
  },
)
