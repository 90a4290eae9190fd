// The repository against its own rules; each rule, and the proof that it catches something, is in test/tidy/.
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { checkCycles } from './tidy/cycles.js'
import { checkDocstrings } from './tidy/docstrings.js'
import { checkDocumentedScripts } from './tidy/documented-scripts.js'
import { checkFileLengths, checkFileNames } from './tidy/file-shape.js'
import { checkLayers } from './tidy/layers.js'
import { checkMachineTraces } from './tidy/machine-traces.js'
import { codeAmong, type Finding, readRepository, showFinding } from './tidy/repository.js'
import { checkUnits } from './tidy/units.js'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const files = readRepository(root)

function expectNone(findings: readonly Finding[]): void {
  expect(findings.map(showFinding)).toEqual([])
}

test('the walk finds the repository', () => {
  const paths = files.map(({ path }) => path)
  expect(paths).toEqual(expect.arrayContaining(['package.json', '.ci/run', 'src/index.ts', 'test/tidy.test.ts']))
  expect(paths.filter((path) => path.includes('node_modules/'))).toEqual([])
  expect(codeAmong(files).length).toBeGreaterThan(10)
})

test('imports point downwards', () => expectNone(checkLayers(files)))
test('no import cycle', () => expectNone(checkCycles(files)))
test('no file above 400 lines', () => expectNone(checkFileLengths(files)))
test('no file or folder that is a drawer', () => expectNone(checkFileNames(files)))
test('declared quantities say their unit', () => expectNone(checkUnits(files)))
test('every public export has a docstring', () => expectNone(checkDocstrings(files)))
test('no trace of a machine or of a registry', () => expectNone(checkMachineTraces(files, { root })))
test('the commands that the documents name exist', () => expectNone(checkDocumentedScripts(files)))
