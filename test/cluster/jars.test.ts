// Maven runs when a class path is new or a jar has gone, and not otherwise.
import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { resolveJars } from './jars.js'
import { repositoryRoot } from './repository-root.js'

/** A PATH with a `mvn` that makes two jars and notes each of its runs in `runs.txt`. */
async function fakeMaven(): Promise<{
  directory: string
  runs(): Promise<number>
  set: Parameters<typeof resolveJars>[0]
}> {
  const directory = await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-test-'))
  const set = { name: `test-${randomUUID()}`, artifacts: ['group:name:1'] }
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(directory, { recursive: true })
    const cache = path.join(repositoryRoot, '.tmp', 'cluster-jars')
    for (const name of await readdir(cache)) if (name.startsWith(set.name)) await rm(path.join(cache, name))
  })
  const runsFile = path.join(directory, 'runs.txt')
  await writeFile(runsFile, '')
  const script = `#!/bin/sh
echo run >> '${runsFile}'
: > '${directory}/a.jar'; : > '${directory}/b.jar'
for word; do case $word in -Dmdep.outputFile=*) printf %s '${directory}/a.jar:${directory}/b.jar' > "\${word#*=}";; esac; done
`
  await writeFile(path.join(directory, 'mvn'), script)
  await chmod(path.join(directory, 'mvn'), 0o755)
  vi.stubEnv('PATH', directory)
  return { directory, set, runs: async () => (await readFile(runsFile, 'utf8')).split('run').length - 1 }
}

test('a second resolution needs no Maven', async () => {
  const { directory, set, runs } = await fakeMaven()
  const jars = [path.join(directory, 'a.jar'), path.join(directory, 'b.jar')]
  expect(await resolveJars(set)).toEqual(jars)
  expect(await resolveJars(set)).toEqual(jars)
  expect(await runs()).toBe(1)
})

test('a jar that has gone is fetched again', async () => {
  const { directory, set, runs } = await fakeMaven()
  await resolveJars(set)
  await rm(path.join(directory, 'b.jar'))
  await resolveJars(set)
  expect(await runs()).toBe(2)
})

test('other artifacts are another class path', async () => {
  const { set, runs } = await fakeMaven()
  await resolveJars(set)
  await resolveJars({ ...set, artifacts: ['group:name:2'] })
  expect(await runs()).toBe(2)
})
