#!/usr/bin/env node
// The command `hdfs-multi-output`. Its subcommands come with the pipeline; so far it only says who it is.
import { readFileSync } from 'node:fs'

const exitDone = 0
const exitWrongUsage = 2

const usage = `usage: hdfs-multi-output --version | --help

This version has no subcommands yet.`

function main(names: readonly string[]): number {
  const [name] = names
  if (names.length === 1 && name === '--version') {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
    console.log((JSON.parse(manifest) as { version: string }).version)
    return exitDone
  }
  if (names.length === 1 && name === '--help') {
    console.log(usage)
    return exitDone
  }
  console.error(name === undefined ? usage : `hdfs-multi-output: unknown: ${names.join(' ')}\n${usage}`)
  return exitWrongUsage
}

process.exitCode = main(process.argv.slice(2))
