// What README.md shows is run as printed: the library's example, the configuration and the commands on it.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

// Each command is a process that compiles what it runs.
vi.setConfig({ testTimeout: 120_000 })

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'readme-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

function block(language: string, containing: string): string {
  const blocks = [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)]
  const found = blocks.find(([, name, text]) => name === language && text!.includes(containing))
  if (found === undefined) throw new Error(`README.md has no ${language} block with ${containing}`)
  return found[2]!
}

function runNode(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const options = { cwd: directory, encoding: 'utf8' } as const
  return spawnSync(process.execPath, ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), ...words], options)
}

test('the example of the library goes on where it stopped', () => {
  const code = block('ts', 'MultiOutput.open').replace(
    "'hdfs-multi-output'",
    JSON.stringify(join(root, 'src/index.ts')),
  )
  writeFileSync(join(directory, 'example.mts'), code)
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  for (let run = 0; run < 2; run++) expect(runNode('example.mts')).toMatchObject({ status: 0, stderr: '' })
  const lines = execFileSync('sh', ['-c', 'cat orders/country=de/*.jsonl'], { cwd: directory, encoding: 'utf8' })
  const rows = lines.trimEnd().split('\n')
  expect(rows.map((row) => JSON.parse(row)._id)).toEqual(['0-0', '0-2', '0-3', '0-5'])
})

test('the commands do what they say on the configuration that is shown', () => {
  writeFileSync(join(directory, 'orders.yaml'), block('yaml', 'sink:'))
  const records = ['de', 'fr', 'de'].map((country, amount) => JSON.stringify({ country, amount }))
  writeFileSync(join(directory, 'orders.jsonl'), `${[...records, 'not JSON'].join('\n')}\n`)
  const commands = block('sh', 'npx hdfs-multi-output run').trimEnd().split('\n')
  expect(commands).toHaveLength(3)
  for (const command of commands) {
    const words = command.replace('npx hdfs-multi-output ', '').split(' ')
    expect(runNode(join(root, 'src/cli/main.ts'), ...words), command).toMatchObject({ status: 0 })
  }
  const lines = execFileSync('sh', ['-c', 'cat orders/country=de/*.txt'], { cwd: directory, encoding: 'utf8' })
  expect(lines).toBe(`0-0\t${records[0]}\n0-2\t${records[2]}\n`)
  expect(execFileSync('sh', ['-c', 'cat orders/_dead/*'], { cwd: directory, encoding: 'utf8' })).toContain('not JSON')
})

test('the sources that the configuration names in a comment, and the flags that are enough', () => {
  const yaml = block('yaml', 'sink:')
  const [, stdin, kafka] = /lines: .* # or (stdin: \{\}), or (kafka: .*)/.exec(yaml)!
  for (const source of [stdin!, kafka!]) {
    writeFileSync(join(directory, 'orders.yaml'), yaml.replace(/lines: .*/, source))
    const printed = runNode(join(root, 'src/cli/main.ts'), 'run', 'orders.yaml', '--print-config')
    expect(printed, source).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining(source.slice(0, 5)),
    })
  }
  const [, flags] = /`(--files .*)` is enough/.exec(readme)!
  writeFileSync(join(directory, 'orders.jsonl'), '{"a":1}\n')
  expect(runNode(join(root, 'src/cli/main.ts'), 'run', ...flags!.split(' '))).toMatchObject({ status: 0 })
  expect(execFileSync('sh', ['-c', 'cat orders/*.txt'], { cwd: directory, encoding: 'utf8' })).toBe('{"a":1}\n')
})
