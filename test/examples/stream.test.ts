import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writtenLines } from '../cli/written-lines.js'

async function pipeInto(location: string, lines: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/stream.ts', location])
  child.stdin.end(`${lines.join('\n')}\n`)
  let told = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  const [exitCode] = (await once(child, 'close')) as [number]
  expect(exitCode).toBe(0)
  return told
}

test('a stream into a file a status; piped again, only what is new is added', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'example-stream-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const lines = ['200 GET /', '404 GET /x', '200 GET /y']
  expect(await pipeInto(`file://${folder}/access`, lines)).toContain('committed up to line 3')
  expect(await pipeInto(`file://${folder}/access`, [...lines, '404 GET /z'])).toContain('committed up to line 4')
  expect(writtenLines(join(folder, 'access'))).toEqual(
    new Map([
      ['200', ['0-0\t200 GET /', '0-2\t200 GET /y']],
      ['404', ['0-1\t404 GET /x', '0-3\t404 GET /z']],
    ]),
  )
})
