// `npm run demo`: orders into one file per country on this machine's disk, the writer killed in the middle and started again,
// and then the proof that every order is there once. Needs nothing but Node; what it wrote stays, in a temp folder.
import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { bytesText } from '../src/cli/table.js'
import { type CommandEnd, command } from './command.js'
import { makeOrders } from './orders.js'
import { filesBelow, tree } from './tree.js'

const ORDERS = 300_000
const COMMIT_RECORDS = 25_000
/** Of twelve. */
const COMMITS_BEFORE_KILL = 4

const startedMs = Date.now()
const folder = mkdtempSync(join(tmpdir(), 'hdfs-multi-output-demo-'))
const input = join(folder, 'orders.jsonl')
const location = join(folder, 'orders')
const shown = (words: readonly string[]): string => words.map((word) => relativeToFolder(word)).join(' ')

await main()

async function main(): Promise<void> {
  step(`${count(ORDERS)} orders from 16 countries, unevenly spread`)
  const made = await makeOrders(input, ORDERS)
  tell(`${input}: ${bytesText(made.bytes)}`)

  const run = ['run', '--files', input, '--location', location, '--job', 'orders', '--field', 'country']
  const how = ['--format', 'text', '--prefix-id', '--commit-records-max', String(COMMIT_RECORDS)]
  step('Write them, a file for each country, and kill the writer with SIGKILL in the middle')
  tell(`$ hdfs-multi-output ${shown([...run, ...how])}`)
  await runAndKill([...run, ...how])

  step('Start it again: the same command')
  tell(`$ hdfs-multi-output ${shown([...run, ...how])}`)
  await runToEnd([...run, ...how])

  step('Compare the files with the log')
  tell(`$ hdfs-multi-output verify ${relativeToFolder(location)}`)
  const verified = await command(['verify', location])
  tell(verified.stdout.trimEnd())
  if (verified.exitCode !== 0) fail('verify found something', verified)

  step('Count for ourselves, knowing nothing of any log')
  countOrders()

  step(`What was written: ${location}`)
  console.log(tree(location, ['_multi_output']).join('\n'))
  console.log(`\nDone in ${((Date.now() - startedMs) / 1000).toFixed(1)} s. All of it stays in ${folder}`)
}

async function runAndKill(words: readonly string[]): Promise<void> {
  let commits = 0
  let committed = 0
  const end = await command([...words, '--json'], ({ event, records }, kill) => {
    if (event !== 'commit') return
    commits += 1
    committed += records ?? 0
    if (commits === COMMITS_BEFORE_KILL) kill()
  })
  if (end.exitCode !== null) fail('the writer was to be killed, but it ended', end)
  const bytes = dataFiles().reduce((sum, file) => sum + statSync(file).size, 0)
  tell(`killed after ${commits} commits: ${count(committed)} orders are committed; the files hold ${bytesText(bytes)},`)
  tell('and whatever of that belongs to no commit the next run will cut')
}

async function runToEnd(words: readonly string[]): Promise<void> {
  let committed = 0
  const end = await command([...words, '--json'], ({ event, committedRecords }) => {
    if (event === 'ended') committed = committedRecords ?? 0
  })
  if (end.exitCode !== 0) fail('the second run failed', end)
  tell('it cut what was not committed, put in its place what was, and went on behind it:')
  tell(`${count(committed)} orders more, to the end`)
}

function countOrders(): void {
  const seen = new Uint8Array(ORDERS)
  let misplaced = 0
  for (const file of dataFiles()) {
    for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
      const { order, country } = JSON.parse(line.slice(line.indexOf('\t') + 1)) as { order: number; country: string }
      seen[order]! += 1
      if (!file.includes(`${sep}country=${country}${sep}`)) misplaced += 1
    }
  }
  const missing = seen.filter((times) => times === 0).length
  const repeated = seen.filter((times) => times > 1).length
  tell(`${count(ORDERS)} orders: ${missing} missing, ${repeated} repeated, ${misplaced} in a wrong file`)
  if (missing + repeated + misplaced > 0) fail('orders are not all there once')
}

function dataFiles(): string[] {
  return filesBelow(location).filter((file) => file.includes(`${sep}country=`))
}

function step(title: string): void {
  console.log(`\n▸ ${title}`)
}

function tell(text: string): void {
  console.log(text.replaceAll(/^/gm, '  '))
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}

function relativeToFolder(path: string): string {
  return path.startsWith(folder) ? relative(folder, path) : path
}

function fail(message: string, end?: CommandEnd): never {
  console.error(
    `\ndemo: ${message}${end === undefined ? '' : ` (exit code ${end.exitCode})\n${end.stdout}${end.stderr}`}`,
  )
  process.exit(1)
}
